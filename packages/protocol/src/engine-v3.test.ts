import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Base64 } from "./base64.ts";
import { ENGINE_PACKET_TYPES, type OutgoingEnginePacket } from "./engine-packet.ts";
import {
  decodeV3BinaryPacket,
  decodeV3BinaryPayload,
  decodeV3TextPacket,
  decodeV3TextPayload,
  encodeV3BinaryPacket,
  encodeV3BinaryPayload,
  encodeV3PacketAsText,
  encodeV3Payload,
  encodeV3TextPayload,
} from "./engine-v3.ts";

const base64: Base64 = {
  encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  decode: (text) => new Uint8Array(Buffer.from(text, "base64")),
};

const ERROR = { type: "error", data: "parser error" };
const BINARY = Uint8Array.of(0xca, 0xfe, 0x00);

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

function message(data: string | Uint8Array): OutgoingEnginePacket {
  return { type: "message", data };
}

const type = fc.constantFrom(...ENGINE_PACKET_TYPES);
const anyText = fc.string({ unit: "binary", minLength: 1 });
const scalarText = fc.string({ unit: "grapheme", minLength: 1 });

function packetOf(text: fc.Arbitrary<string>): fc.Arbitrary<OutgoingEnginePacket> {
  return fc.oneof(
    fc.record({ type }),
    fc.record({ type, data: text }),
    fc.record({ type, data: fc.uint8Array() }),
  );
}

describe("single packets of revision 3", () => {
  // EIO §55
  it("writes and reads binary with its type byte", () => {
    expect(encodeV3BinaryPacket("message", BINARY)).toStrictEqual(bytesOf("04 ca fe 00"));
    expect(decodeV3BinaryPacket(bytesOf("04 ca fe 00"))).toStrictEqual(message(BINARY));
  });

  // EIO §55
  it("writes and reads binary on a text channel with its digit", () => {
    expect(encodeV3PacketAsText(message(BINARY), base64)).toBe("b4yv4A");
    expect(decodeV3TextPacket("b4yv4A", base64)).toStrictEqual(message(BINARY));
  });

  it("writes and reads text as revision 4 does", () => {
    expect(encodeV3PacketAsText(message("up"), base64)).toBe("4up");
    expect(encodeV3PacketAsText({ type: "ping" }, base64)).toBe("2");
    expect(decodeV3TextPacket("4up", base64)).toStrictEqual(message("up"));
    expect(decodeV3TextPacket("2", base64)).toStrictEqual({ type: "ping" });
  });

  it.each(["", "z", "7", "b", "b7AAAA", "bb4"])("reads the text %j as the error packet", (text) => {
    expect(decodeV3TextPacket(text, base64)).toStrictEqual(ERROR);
  });

  it.each(["", "07", "34", "ff 00"])("ignores the bytes [%s], whose type is not listed", (hex) => {
    expect(decodeV3BinaryPacket(bytesOf(hex))).toBeUndefined();
  });
});

describe("text payloads of revision 3", () => {
  // EIO §54
  it.each([
    [[message("tick"), message("naïve ☕")], "5:4tick8:4naïve ☕"],
    [[message("😀")], "3:4😀"],
    [[message("☕"), message(BINARY)], "2:4☕6:b4yv4A"],
    [[message("hello")], "6:4hello"],
    [[message(BINARY)], "6:b4yv4A"],
    [[{ type: "ping" }], "1:2"],
    [[{ type: "pong" }], "1:3"],
    [[{ type: "close" }], "1:1"],
    [[{ type: "noop" }], "1:6"],
    [[{ type: "noop" }, { type: "close" }], "1:61:1"],
    [[message("0")], "2:40"],
  ] as const)("writes and reads %j as %j", (packets, body) => {
    expect(encodeV3TextPayload(packets, base64)).toBe(body);
    expect(decodeV3TextPayload(body, base64)).toStrictEqual([...packets]);
  });

  it("writes the 122 bytes of the worked handshake", () => {
    const data =
      '{"sid":"q3NfT0aZrW8kLx2DAAAB","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
    const body = encodeV3TextPayload([{ type: "open", data }], base64);
    expect(body).toBe(`118:0${data}`);
    expect(body).toHaveLength(122);
  });

  it("writes no packets as 0: and reads that as none", () => {
    expect(encodeV3TextPayload([], base64)).toBe("0:");
    expect(decodeV3TextPayload("0:", base64)).toStrictEqual([]);
    expect(decodeV3TextPayload("0:1:20:", base64)).toStrictEqual([{ type: "ping" }]);
  });

  // EIO §54
  it.each([
    ["", []],
    ["abc", []],
    ["5:4a", []],
    ["1:z", []],
    ["2:4a3", [message("a")]],
    [":4a", []],
    ["-1:4", []],
    ["1.0:4", []],
    ["1e1:4", []],
    [" 1:4", []],
    ["12", []],
    [`${"9".repeat(400)}:4`, []],
    ["2:4a3:4b", [message("a")]],
  ] as const)("ends %j with an error packet", (body, before) => {
    expect(decodeV3TextPayload(body, base64)).toStrictEqual([...before, ERROR]);
  });

  it("accepts leading zeros of a length", () => {
    expect(decodeV3TextPayload("005:4tick", base64)).toStrictEqual([message("tick")]);
  });

  it("CVE-2020-36048: decodes a body of 300,000 packets in time linear in its length", () => {
    expect(decodeV3TextPayload("1:4".repeat(300_000), base64)).toHaveLength(300_000);
    expect(decodeV3TextPayload("9".repeat(1_000_000), base64)).toStrictEqual([ERROR]);
    expect(decodeV3TextPayload("0:".repeat(500_000), base64)).toStrictEqual([]);
  });

  it("decodes what it encoded", () => {
    fc.assert(
      fc.property(fc.array(packetOf(anyText)), (packets) => {
        expect(decodeV3TextPayload(encodeV3TextPayload(packets, base64), base64)).toEqual(packets);
      }),
    );
  });
});

describe("binary payloads of revision 3", () => {
  // EIO §54
  it("writes and reads the worked example", () => {
    const packets = [message("☕"), message(BINARY)];
    const body = bytesOf("00 04 ff 34 e2 98 95 01 04 ff 04 ca fe 00");
    expect(encodeV3BinaryPayload(packets)).toStrictEqual(body);
    expect(decodeV3BinaryPayload(body, base64)).toStrictEqual(packets);
  });

  // EIO §54
  it("reads the binary that a client posts", () => {
    expect(decodeV3BinaryPayload(bytesOf("01 04 ff 04 ca fe 00"), base64)).toStrictEqual([message(BINARY)]);
  });

  // EIO §54
  it("writes a length of 123 digit by digit", () => {
    const body = encodeV3BinaryPayload([message("x".repeat(122))]);
    expect(body.subarray(0, 6)).toStrictEqual(bytesOf("00 01 02 03 ff 34"));
  });

  it("is used only when binary is supported and present", () => {
    expect(encodeV3Payload([message("a")], true, base64)).toBe("2:4a");
    expect(encodeV3Payload([message(BINARY)], false, base64)).toBe("6:b4yv4A");
    expect(encodeV3Payload([message(BINARY)], true, base64)).toStrictEqual(bytesOf("01 04 ff 04 ca fe 00"));
    expect(encodeV3Payload([], true, base64)).toBe("0:");
  });

  it.each([
    ["an empty body", "", []],
    ["an unknown kind", "02 01 ff 34", []],
    ["a length without digits", "00 ff 34", []],
    ["an ASCII digit", "00 31 ff 34", []],
    ["a length without end", "00 01", []],
    ["a body shorter than its length", "00 02 ff 34", []],
    ["an empty text packet", "00 00 ff", []],
    ["an unknown type digit", "00 01 ff 7a", []],
    ["text that is not UTF-8", "00 02 ff 34 ff", []],
    ["a kind without a length behind a packet", "00 02 ff 34 61 01", [message("a")]],
  ] as const)("ends %s with an error packet", (_name, hex, before) => {
    expect(decodeV3BinaryPayload(bytesOf(hex), base64)).toStrictEqual([...before, ERROR]);
  });

  it("ignores a binary packet of an unlisted type and reads on", () => {
    expect(decodeV3BinaryPayload(bytesOf("01 02 ff 09 00 00 02 ff 34 61"), base64)).toStrictEqual([
      message("a"),
    ]);
  });

  it("accepts 310 digits of length and refuses 311", () => {
    const record = (digits: number) =>
      Uint8Array.of(0, ...new Array(digits - 1).fill(0), 2, 0xff, 0x34, 0x61);
    expect(decodeV3BinaryPayload(record(310), base64)).toStrictEqual([message("a")]);
    expect(decodeV3BinaryPayload(record(311), base64)).toStrictEqual([ERROR]);
  });

  it("forgives surrogates in both directions, as U+FFFD", () => {
    expect(encodeV3BinaryPayload([message("\ud800")])).toStrictEqual(bytesOf("00 04 ff 34 ef bf bd"));
    expect(decodeV3BinaryPayload(bytesOf("00 04 ff 34 ed a0 80"), base64)).toStrictEqual([message("\ufffd")]);
  });

  it("leaves the body as it was", () => {
    const body = Buffer.from(bytesOf("00 04 ff 34 ed a0 80"));
    decodeV3BinaryPayload(body, base64);
    expect(body.toString("hex")).toBe("0004ff34eda080");
  });

  it("keeps a byte order mark that the text begins with", () => {
    expect(decodeV3BinaryPayload(bytesOf("00 05 ff 34 ef bb bf 61"), base64)).toStrictEqual([
      message("\ufeffa"),
    ]);
    expect(decodeV3BinaryPayload(bytesOf("00 04 ff ef bb bf 34"), base64)).toStrictEqual([ERROR]);
  });

  it("CVE-2020-36048: decodes a body of 250,000 packets in time linear in its length", () => {
    const body = new Uint8Array(1_000_000);
    for (let index = 0; index < body.length; index += 4) body.set([1, 1, 0xff, 4], index);
    expect(decodeV3BinaryPayload(body, base64)).toHaveLength(250_000);
    expect(decodeV3BinaryPayload(new Uint8Array(1_000_000), base64)).toStrictEqual([ERROR]);
  });

  it("decodes what it encoded", () => {
    fc.assert(
      fc.property(fc.array(packetOf(scalarText), { minLength: 1 }), (packets) => {
        expect(decodeV3BinaryPayload(encodeV3BinaryPayload(packets), base64)).toEqual(packets);
      }),
    );
  });

  it("answers any bytes with packets of which only the last may be an error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 12 }), (bytes) => {
        const types = decodeV3BinaryPayload(bytes, base64).map((packet) => packet.type);
        expect(types.slice(0, -1)).not.toContain("error");
      }),
    );
  });
});
