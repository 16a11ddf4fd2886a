import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Base64 } from "./base64.ts";
import { ENGINE_PACKET_TYPES, type OutgoingEnginePacket } from "./engine-packet.ts";
import { decodePayload, encodePayload, joinPayload, RECORD_SEPARATOR } from "./engine-payload.ts";

const base64: Base64 = {
  encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  decode: (text) => new Uint8Array(Buffer.from(text, "base64")),
};

const ERROR = { type: "error", data: "parser error" };
const BINARY = Uint8Array.of(0xca, 0xfe, 0x00);

describe("payloads of revision 4", () => {
  // EIO §50
  it("writes the three packets of the worked example in 23 bytes", () => {
    const payload = encodePayload(
      [
        { type: "message", data: "tick" },
        { type: "message", data: BINARY },
        { type: "message", data: "naïve ☕" },
      ],
      base64,
    );
    expect(Buffer.from(payload).toString("hex")).toBe("347469636b1e62797634411e346e61c3af766520e29895");
  });

  // EIO §50
  it.each([
    [[{ type: "noop" }], "6"],
    [[{ type: "close" }], "1"],
    [[{ type: "noop" }, { type: "close" }], "6\x1e1"],
    [[{ type: "ping" }], "2"],
    [[{ type: "pong" }], "3"],
    [
      [
        { type: "message", data: "up" },
        { type: "message", data: BINARY },
      ],
      "4up\x1ebyv4A",
    ],
    [[{ type: "message", data: "bye" }], "4bye"],
  ] as const)("writes and reads %j as %j", (packets, payload) => {
    expect(encodePayload(packets, base64)).toBe(payload);
    expect(decodePayload(payload, base64)).toStrictEqual([...packets]);
  });

  // EIO §58
  it("reads a body of two socket events", () => {
    expect(decodePayload('42["quote","ABC"]\x1e420["quote","DEF"]', base64)).toStrictEqual([
      { type: "message", data: '2["quote","ABC"]' },
      { type: "message", data: '20["quote","DEF"]' },
    ]);
  });

  it("puts the initial packet behind the open packet", () => {
    expect(joinPayload(['0{"sid":"a"}', "4welcome"])).toBe('0{"sid":"a"}\x1e4welcome');
  });

  // EIO §50
  it("delivers what stands before a malformed packet and nothing behind it", () => {
    expect(decodePayload("4a\x1exyz\x1e4b", base64)).toStrictEqual([{ type: "message", data: "a" }, ERROR]);
  });

  it.each(["", "\x1e", "\x1e4a", "z"])("reads %j as one error packet", (body) => {
    expect(decodePayload(body, base64)).toStrictEqual([ERROR]);
  });

  it("takes a trailing separator for an empty packet, which is an error", () => {
    expect(decodePayload("4a\x1e", base64)).toStrictEqual([{ type: "message", data: "a" }, ERROR]);
  });

  it("does not escape a separator inside text", () => {
    expect(encodePayload([{ type: "message", data: "a\x1e4b" }], base64)).toBe("4a\x1e4b");
  });

  it("CVE-2020-36048: decodes a body of 500,000 packets in time linear in its length", () => {
    const packets = decodePayload(`${"4\x1e".repeat(500_000)}4`, base64);
    expect(packets).toHaveLength(500_001);
  });

  it("CVE-2020-36048: leaves a long run of separators at the first of them", () => {
    expect(decodePayload(RECORD_SEPARATOR.repeat(1_000_000), base64)).toStrictEqual([ERROR]);
  });

  it("decodes what it encoded", () => {
    const text = fc.string({ unit: "binary" }).map((value) => value.replaceAll(RECORD_SEPARATOR, ""));
    const packet: fc.Arbitrary<OutgoingEnginePacket> = fc.oneof(
      fc.record({
        type: fc.constantFrom(...ENGINE_PACKET_TYPES),
        data: text.filter((value) => value !== ""),
      }),
      fc.record({ type: fc.constantFrom(...ENGINE_PACKET_TYPES) }),
      fc.record({ type: fc.constant("message" as const), data: fc.uint8Array() }),
    );
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1 }), (packets) => {
        expect(decodePayload(encodePayload(packets, base64), base64)).toEqual(packets);
      }),
    );
  });
});
