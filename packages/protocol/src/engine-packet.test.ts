import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Base64 } from "./base64.ts";
import {
  decodeTextPacket,
  ENGINE_PACKET_TYPES,
  encodeBinaryAsText,
  encodePacketAsText,
  encodeTextPacket,
} from "./engine-packet.ts";

const base64: Base64 = {
  encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  decode: (text) => new Uint8Array(Buffer.from(text, "base64")),
};

const ERROR = { type: "error", data: "parser error" };

describe("engine packets of revision 4", () => {
  // EIO §2
  it.each([
    ["open", "0"],
    ["close", "1"],
    ["ping", "2"],
    ["pong", "3"],
    ["message", "4"],
    ["upgrade", "5"],
    ["noop", "6"],
  ] as const)(
    "writes %s without text as the digit %s alone, and reads it without a data key",
    (type, digit) => {
      expect(encodeTextPacket(type)).toBe(digit);
      expect(encodeTextPacket(type, "")).toBe(digit);
      expect(decodeTextPacket(digit, base64)).toStrictEqual({ type });
    },
  );

  // EIO §50, §51, §52
  it.each([
    ["message", "tick", "4tick"],
    ["message", "naïve ☕", "4naïve ☕"],
    ["ping", "probe", "2probe"],
    ["pong", "probe", "3probe"],
  ] as const)("writes and reads %s %s as %s", (type, data, text) => {
    expect(encodeTextPacket(type, data)).toBe(text);
    expect(decodeTextPacket(text, base64)).toStrictEqual({ type, data });
  });

  it("writes and reads binary on a text channel as b and base64, without a digit", () => {
    const bytes = Uint8Array.of(0xca, 0xfe, 0x00);
    expect(encodeBinaryAsText(bytes, base64)).toBe("byv4A");
    expect(encodePacketAsText({ type: "message", data: bytes }, base64)).toBe("byv4A");
    expect(decodeTextPacket("byv4A", base64)).toStrictEqual({ type: "message", data: bytes });
  });

  it("reads an empty b as an empty binary message", () => {
    expect(decodeTextPacket("b", base64)).toStrictEqual({ type: "message", data: new Uint8Array(0) });
  });

  it("sends only the window of a view", () => {
    const view = Uint8Array.of(1, 0xca, 0xfe, 0x00, 2).subarray(1, 4);
    expect(encodeBinaryAsText(view, base64)).toBe("byv4A");
  });

  it.each(["", "7", "9", "/", ":", "x", "é", " 4", "B", "-1", "\u0664"])(
    "reads %j as the error packet",
    (text) => {
      expect(decodeTextPacket(text, base64)).toStrictEqual(ERROR);
    },
  );

  it("gives every error packet its own object", () => {
    expect(decodeTextPacket("x", base64)).not.toBe(decodeTextPacket("x", base64));
  });

  it("decodes what it encoded, for every type and text", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ENGINE_PACKET_TYPES), fc.string({ unit: "binary" }), (type, data) => {
        const decoded = decodeTextPacket(encodeTextPacket(type, data), base64);
        expect(decoded).toStrictEqual(data === "" ? { type } : { type, data });
      }),
    );
  });

  it("decodes what it encoded, for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        expect(decodeTextPacket(encodeBinaryAsText(data, base64), base64)).toStrictEqual({
          type: "message",
          data,
        });
      }),
    );
  });

  it("answers any text with a packet", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const { type } = decodeTextPacket(text, base64);
        expect(type === "error" || ENGINE_PACKET_TYPES.includes(type)).toBe(true);
      }),
    );
  });
});
