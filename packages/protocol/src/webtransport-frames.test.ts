import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Base64 } from "./base64.ts";
import { ENGINE_PACKET_TYPES, type EnginePacket, type OutgoingEnginePacket } from "./engine-packet.ts";
import { encodeFrame, encodeFrameHeader, FrameDecoder } from "./webtransport-frames.ts";

const base64: Base64 = {
  encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  decode: (text) => new Uint8Array(Buffer.from(text, "base64")),
};

const ERROR = { type: "error", data: "parser error" };
const NO_LIMIT = Number.POSITIVE_INFINITY;

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

function decode(bytes: Uint8Array, maxPayloadBytes = NO_LIMIT): EnginePacket[] {
  return new FrameDecoder({ maxPayloadBytes, base64 }).push(bytes);
}

describe("frames of WebTransport", () => {
  // EIO §53
  it.each([
    [{ type: "open" }, "01 30"],
    [{ type: "message", data: "hi" }, "03 34 68 69"],
    [{ type: "message", data: "☕" }, "04 34 e2 98 95"],
    [{ type: "message", data: Uint8Array.of(0xca, 0xfe, 0) }, "83 ca fe 00"],
    [{ type: "ping" }, "01 32"],
    [{ type: "pong" }, "01 33"],
    [{ type: "ping", data: "probe" }, "06 32 70 72 6f 62 65"],
    [{ type: "pong", data: "probe" }, "06 33 70 72 6f 62 65"],
    [{ type: "upgrade" }, "01 35"],
  ] as const)("writes and reads %j as [%s]", (packet, hex) => {
    expect(encodeFrame(packet)).toStrictEqual(bytesOf(hex));
    expect(decode(bytesOf(hex))).toStrictEqual([packet]);
  });

  // EIO §53
  it.each([
    [124, "7d"],
    [125, "7e 00 7e"],
    [65534, "7e ff ff"],
    [65535, "7f 00 00 00 00 00 01 00 00"],
  ])("begins a text message of %i characters with [%s]", (length, hex) => {
    const packet: OutgoingEnginePacket = { type: "message", data: "x".repeat(length) };
    const frame = encodeFrame(packet) ?? new Uint8Array();
    const header = bytesOf(hex);
    expect(frame.subarray(0, header.byteLength)).toStrictEqual(header);
    expect(frame.byteLength).toBe(header.byteLength + length + 1);
    expect(decode(frame)).toStrictEqual([packet]);
  });

  it("writes the open packet of an upgrade and the handshake with their lengths", () => {
    const upgrade = encodeFrame({ type: "open", data: '{"sid":"q3NfT0aZrW8kLx2DAAAB"}' });
    expect(upgrade?.[0]).toBe(0x1f);
    const open = encodeFrame({
      type: "open",
      data: '{"sid":"q3NfT0aZrW8kLx2DAAAB","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}',
    });
    expect(open?.[0]).toBe(0x6b);
  });

  it.each([
    [1, "81"],
    [125, "fd"],
    [126, "fe 00 7e"],
    [65535, "fe ff ff"],
    [65536, "ff 00 00 00 00 00 01 00 00"],
    [Number.MAX_SAFE_INTEGER, "ff 00 1f ff ff ff ff ff ff"],
  ])("writes the header of %i binary bytes as [%s]", (length, hex) => {
    expect(encodeFrameHeader(length, true)).toStrictEqual(bytesOf(hex));
  });

  it("has no frame for empty binary", () => {
    expect(encodeFrame({ type: "message", data: new Uint8Array(0) })).toBeUndefined();
  });

  it.each(["00", "80", "7e 00 00", "ff 00 00 00 00 00 00 00 00"])("refuses the length 0 of [%s]", (hex) => {
    expect(decode(bytesOf(hex))).toStrictEqual([ERROR]);
  });

  it("accepts exactly the limit and refuses one byte more, before its payload has arrived", () => {
    const atLimit = encodeFrame({ type: "message", data: new Uint8Array(1000) }) ?? new Uint8Array();
    expect(decode(atLimit, 1000)).toHaveLength(1);
    expect(decode(encodeFrameHeader(1000, true), 1000)).toStrictEqual([]);
    expect(decode(encodeFrameHeader(1001, true), 1000)).toStrictEqual([ERROR]);
  });

  it("refuses lengths above 2^53 - 1 even without a limit", () => {
    expect(decode(bytesOf("7f 00 1f ff ff ff ff ff ff"))).toStrictEqual([]);
    expect(decode(bytesOf("7f 00 20 00 00 00 00 00 00"))).toStrictEqual([ERROR]);
    expect(decode(bytesOf("7f ff ff ff ff ff ff ff ff"))).toStrictEqual([ERROR]);
  });

  it("accepts lengths that are not minimal", () => {
    expect(decode(bytesOf("7e 00 02 34 61"))).toStrictEqual([{ type: "message", data: "a" }]);
    expect(decode(bytesOf("7f 00 00 00 00 00 00 00 02 34 61"))).toStrictEqual([
      { type: "message", data: "a" },
    ]);
  });

  it("reads base64 that was sent as text", () => {
    expect(decode(bytesOf("05 62 79 76 34 41"))).toStrictEqual([
      { type: "message", data: Uint8Array.of(0xca, 0xfe, 0) },
    ]);
  });

  it("ignores everything behind the first mistake", () => {
    const decoder = new FrameDecoder({ maxPayloadBytes: NO_LIMIT, base64 });
    expect(decoder.push(bytesOf("02 34 61 01 7a 02 34 62"))).toStrictEqual([
      { type: "message", data: "a" },
      ERROR,
    ]);
    expect(decoder.push(bytesOf("02 34 63"))).toStrictEqual([]);
  });

  it("hands out binary that does not share the chunk's memory", () => {
    for (const chunk of [bytesOf("82 01 02"), Buffer.from([0x82, 1, 2])]) {
      const [packet] = decode(chunk);
      chunk.fill(0xff);
      expect(packet?.data).toStrictEqual(Uint8Array.of(1, 2));
    }
  });

  it("takes a large message byte by byte in linear time, holding no more than twice what arrived", () => {
    const decoder = new FrameDecoder({ maxPayloadBytes: 1e6, base64 });
    const data = new Uint8Array(100_000).fill(7);
    const frame = encodeFrame({ type: "message", data }) ?? new Uint8Array();
    const packets: EnginePacket[] = [];
    for (let index = 0; index < frame.byteLength; index++) {
      packets.push(...decoder.push(frame.subarray(index, index + 1)));
    }
    expect(packets).toStrictEqual([{ type: "message", data }]);
  });

  it("decodes what was encoded, however the stream is cut", () => {
    const type = fc.constantFrom(...ENGINE_PACKET_TYPES);
    const packet: fc.Arbitrary<OutgoingEnginePacket> = fc.oneof(
      fc.record({ type }),
      fc.record({ type, data: fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }) }),
      fc.record({
        type: fc.constant("message" as const),
        data: fc.uint8Array({ minLength: 1, maxLength: 300 }),
      }),
    );
    fc.assert(
      fc.property(fc.array(packet), fc.array(fc.integer({ min: 1, max: 40 })), (packets, cuts) => {
        const stream = Buffer.concat(packets.map((each) => encodeFrame(each) ?? new Uint8Array()));
        const decoder = new FrameDecoder({ maxPayloadBytes: NO_LIMIT, base64 });
        const decoded: EnginePacket[] = [];
        let offset = 0;
        for (const size of [...cuts, stream.byteLength]) {
          decoded.push(...decoder.push(stream.subarray(offset, offset + size)));
          offset += size;
        }
        expect(decoded).toEqual(packets);
      }),
    );
  });
});
