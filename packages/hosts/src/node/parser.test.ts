import * as upstream from "engine.io-parser";
import { describe, expect, it } from "vitest";
import * as parser from "./parser.ts";

const encode = (packet: parser.RawPacket, supportsBinary = true) => {
  let encoded: unknown;
  parser.encodePacket(packet, supportsBinary, (value) => {
    encoded = value;
  });
  return encoded;
};

describe("the codec of EIO §49", () => {
  it("encodes and decodes packets", () => {
    expect(encode({ type: "message", data: "tick" })).toBe("4tick");
    expect(encode({ type: "message", data: 42 })).toBe("442");
    expect(encode({ type: "ping", data: "probe" })).toBe("2probe");
    const bytes = Uint8Array.of(0xca, 0xfe, 0);
    expect(encode({ type: "message", data: bytes })).toBe(bytes);
    expect(encode({ type: "message", data: bytes }, false)).toBe("byv4A");
    expect(parser.decodePacket("4")).toEqual({ type: "message" });
    expect(parser.decodePacket("z")).toEqual({ type: "error", data: "parser error" });
    expect(parser.decodePacket(bytes)).toEqual({ type: "message", data: Buffer.from(bytes) });
    expect(parser.decodePacket("byv4A", "arraybuffer")).toEqual({ type: "message", data: bytes.buffer });
    expect(parser.decodePacket(undefined)).toEqual({ type: "error", data: "parser error" });
  });

  it("exposes no more than the bytes of a view (EIO §62.5)", () => {
    const view = new Uint8Array(Uint8Array.of(0, 1, 2, 3).buffer, 1, 2);
    const { data } = parser.decodePacket(view, "arraybuffer");
    expect(data).toEqual(Uint8Array.of(1, 2).buffer);
  });

  it("encodes and decodes payloads", () => {
    const packets = [{ type: "noop" }, { type: "message", data: "a" }] as const;
    parser.encodePayload(packets, (payload) => {
      expect(payload).toBe("6\x1e4a");
      expect(parser.decodePayload(payload)).toEqual(packets);
    });
  });

  it("streams packets as upstream's streams do, both ways", async () => {
    const packets = [
      { type: "open" },
      { type: "message", data: "x".repeat(70_000) },
      { type: "message", data: Buffer.of(1, 2, 3) },
    ] as const;
    const pass = async (encoder: TransformStream, decoder: TransformStream) => {
      const writer = encoder.writable.getWriter();
      void Promise.all(packets.map((packet) => writer.write(packet))).then(() => writer.close());
      const received: unknown[] = [];
      const reader = encoder.readable.pipeThrough(decoder).getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) received.push(next.value);
      return received;
    };
    const theirs = () => upstream.createPacketDecoderStream(1e6, "nodebuffer") as TransformStream;
    expect(await pass(parser.createPacketEncoderStream() as TransformStream, theirs())).toEqual(packets);
    expect(
      await pass(
        upstream.createPacketEncoderStream() as TransformStream,
        parser.createPacketDecoderStream(1e6) as TransformStream,
      ),
    ).toEqual(packets);
  });

  it("ends a stream at a packet over the limit", async () => {
    const decoder = parser.createPacketDecoderStream(3);
    const writer = decoder.writable.getWriter();
    void writer.write(Uint8Array.of(4, 0x34, 1, 2, 3));
    expect((await decoder.readable.getReader().read()).value).toMatchObject({ type: "error" });
  });
});
