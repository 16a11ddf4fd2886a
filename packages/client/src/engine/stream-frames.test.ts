import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createStreamDecoder, encodeStreamFrame } from "./stream-frames.ts";

function decodeAll(bytes: Uint8Array, cuts: readonly number[]): { contents: unknown[]; isBroken: boolean } {
  const contents: unknown[] = [];
  let isBroken = false;
  const decode = createStreamDecoder(
    (content) => contents.push(content),
    () => {
      isBroken = true;
    },
  );
  let start = 0;
  for (const end of [...[...cuts].sort((a, b) => a - b), bytes.length]) {
    if (!isBroken) decode(bytes.subarray(start, end));
    start = Math.max(start, end);
  }
  return { contents, isBroken };
}

describe("stream frames", () => {
  it.each([
    [1, "01"],
    [125, "7d"],
    [126, "7e007e"],
    [65_535, "7effff"],
    [65_536, "7f0000000000010000"],
  ])("have the header of EIO §11.2 for %i bytes", (length, header) => {
    const [bytes] = encodeStreamFrame("x".repeat(length));
    expect(Buffer.from(bytes).toString("hex")).toBe(header);
    const [binary] = encodeStreamFrame(new Uint8Array(length));
    expect(Number(binary[0])).toBe(Number(bytes[0]) + 0x80);
  });

  it("come back whole however the stream is cut", () => {
    const content = fc.oneof(
      fc.string({ minLength: 1, unit: "grapheme" }),
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
    );
    fc.assert(
      fc.property(fc.array(content, { maxLength: 8 }), fc.array(fc.nat(1000)), (contents, cuts) => {
        const bytes = Uint8Array.from(Buffer.concat(contents.flatMap(encodeStreamFrame)));
        const ends = cuts.map((cut) => Math.min(cut, bytes.length));
        expect(decodeAll(bytes, ends)).toEqual({ contents, isBroken: false });
      }),
    );
  });

  it("join a large frame in linear time, byte by byte", () => {
    const bytes = Buffer.concat(encodeStreamFrame(new Uint8Array(100_000)));
    const cuts = Array.from({ length: bytes.length }, (_, index) => index);
    expect(decodeAll(bytes, cuts).contents).toHaveLength(1);
  });

  it("are broken by an empty frame, and by a length beyond all numbers", () => {
    expect(decodeAll(Uint8Array.of(1, 0x34, 0), [])).toEqual({ contents: ["4"], isBroken: true });
    expect(decodeAll(Uint8Array.of(0x7f, 255, 255, 255, 255, 255, 255, 255, 255), []).isBroken).toBe(true);
  });

  it("never throw on garbage", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void decodeAll(bytes, [])));
  });
});
