import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NegotiatedDeflate } from "./deflate-negotiation.ts";
import { Deflater } from "./deflater.ts";
import { Inflater } from "./inflater.ts";

function negotiated(threshold: number): NegotiatedDeflate {
  return {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
    threshold,
    zlib: { level: 1 },
  };
}

const JSON_TEXT = JSON.stringify(
  Array.from({ length: 40 }, (_, id) => ({ id, name: `user ${id}`, online: true })),
);

describe("Deflater", () => {
  it("leaves what is below the threshold as it is, and deflates from it on", () => {
    const deflater = new Deflater(negotiated(100), 15, false);
    expect(deflater.deflate("x".repeat(99))).toBeUndefined();
    expect(deflater.deflate("x".repeat(100))?.length).toBeLessThan(100);
    expect(deflater.deflate("ü".repeat(50))?.length).toBeLessThan(100);
  });

  it("leaves what would grow as it is", () => {
    const noise = Buffer.from(Array.from({ length: 500 }, (_, i) => (i * i * 7919 + (i >> 3) * 31) & 0xff));
    const random = new Deflater(negotiated(0), 15, false).deflate(noise);
    expect(random === undefined || random.length < 500).toBe(true);
    expect(new Deflater(negotiated(0), 15, false).deflate("a")).toBeUndefined();
  });

  it("deflates an empty message to a single zero byte (RFC 7692 §7.2.3.6)", () => {
    expect(new Deflater(negotiated(0), 15, false).deflate("")).toEqual(Buffer.from([0]));
  });

  it.each([8, 9, 10, 12, 15])("with %i window bits is inflated by a window of that size", (bits) => {
    for (const takesContextOver of [false, true]) {
      const deflater = new Deflater(negotiated(0), bits, takesContextOver);
      const inflater = new Inflater(takesContextOver ? bits : undefined);
      for (const size of [1, 50, 200, 256, 257, 1000, 5000, 100_000]) {
        const text = JSON_TEXT.repeat(1 + size / JSON_TEXT.length).slice(0, size);
        const deflated = deflater.deflate(text);
        if (deflated === undefined) continue;
        const result = inflater.inflate(deflated, 200_000);
        expect(result.kind === "inflated" && result.bytes.toString() === text).toBe(true);
      }
    }
  });

  it("refers back to earlier messages with context takeover, and only then", () => {
    const sizeOfSecond = (takesContextOver: boolean): number => {
      const deflater = new Deflater(negotiated(0), 15, takesContextOver);
      deflater.deflate(JSON_TEXT);
      return deflater.deflate(JSON_TEXT)?.length ?? 0;
    };
    expect(sizeOfSecond(true)).toBeLessThan(sizeOfSecond(false) / 2);
  });

  it("shares frames without context takeover, and with a small window only what fits into it", () => {
    expect(new Deflater(negotiated(0), 15, false).sharesAlways).toBe(true);
    expect(new Deflater(negotiated(0), 15, true).shares("x")).toBe(false);
    const small = new Deflater(negotiated(0), 9, false);
    expect(small.sharesAlways).toBe(false);
    expect(small.shares("x".repeat(512))).toBe(true);
    expect(small.shares("x".repeat(513))).toBe(false);
  });

  it("gives back any sequence of messages", () => {
    const message = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.uint8Array({ maxLength: 2000 }),
    );
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 20 }),
        fc.integer({ min: 8, max: 15 }),
        fc.boolean(),
        (messages, bits, takesContextOver) => {
          const deflater = new Deflater(negotiated(0), bits, takesContextOver);
          const inflater = new Inflater(takesContextOver ? bits : undefined);
          for (const content of messages) {
            const deflated = deflater.deflate(content);
            if (deflated === undefined) continue;
            const result = inflater.inflate(deflated, 100_000);
            expect(result.kind === "inflated" && result.bytes.equals(Buffer.from(content))).toBe(true);
          }
        },
      ),
    );
  });
});
