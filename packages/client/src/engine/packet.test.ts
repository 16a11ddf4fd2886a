import type { Base64 } from "@tautline/protocol/base64";
import { decodeTextPacket, ENGINE_PACKET_TYPES, encodePacketAsText } from "@tautline/protocol/engine-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { areEncodable, decodeText, encodeFrame, encodeText, readBlobs, toPacketData } from "./packet.ts";

const base64: Base64 = {
  encode: (bytes) => Buffer.from(bytes).toString("base64"),
  decode: (text) => Uint8Array.from(Buffer.from(text, "base64")),
};

const type = fc.constantFrom(...ENGINE_PACKET_TYPES);

describe("engine packets of the client", () => {
  it("are written and read as by the protocol package", () => {
    fc.assert(
      fc.property(type, fc.option(fc.string({ unit: "binary" }), { nil: undefined }), (name, data) => {
        const text = encodeText({ type: name, data }, base64);
        expect(text).toBe(encodePacketAsText({ type: name, data }, base64));
        expect(decodeText(text, base64)).toEqual(decodeTextPacket(text, base64));
      }),
    );
  });

  it("read any text as the protocol package does", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.tuple(fc.constantFrom(..."0123456789b /:\0"), fc.string()).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, (received) => {
        expect(decodeText(received, base64)).toEqual(decodeTextPacket(received, base64));
      }),
    );
    expect(decodeText("", base64)).toEqual({ type: "error", data: "parser error" });
  });

  it("carry binary as it is where that can be, and as base64 elsewhere", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        expect(encodeFrame({ type: "message", data }, true, base64)).toBe(data);
        const text = String(encodeFrame({ type: "message", data }, false, base64));
        expect(text).toBe(`b${base64.encode(data)}`);
        expect(decodeText(text, base64)).toEqual({ type: "message", data });
      }),
    );
  });

  it("take what a program writes: text, bytes of every class, and whatever can be said in words", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const blob = new Blob(["x"]);
    expect([bytes.buffer, new DataView(bytes.buffer, 1, 1), "x", 7, "", null].map(toPacketData)).toEqual([
      bytes,
      Uint8Array.of(2),
      "x",
      "7",
      undefined,
      undefined,
    ]);
    expect(toPacketData(blob)).toBe(blob);
  });

  it("read Blobs in order, when there are any", async () => {
    const packets = ["a", new Blob(["bc"]), Uint8Array.of(1)].map(
      (data) => ({ type: "message", data }) as const,
    );
    expect([areEncodable(packets), areEncodable(packets.slice(0, 1))]).toEqual([false, true]);
    const read = await readBlobs(packets);
    expect(read.map(({ data }) => data)).toEqual(["a", Uint8Array.of(98, 99), Uint8Array.of(1)]);
  });
});
