import { describe, expect, it } from "vitest";
import { ByteAccumulator } from "./byte-accumulator.ts";

describe("ByteAccumulator", () => {
  it("joins pieces of every size in order", () => {
    const whole = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
    for (const step of [1, 7, 1000, 99_999, 100_000]) {
      const accumulator = new ByteAccumulator(whole.length);
      for (let at = 0; at < whole.length; at += step) {
        accumulator.append(whole, at, Math.min(at + step, whole.length), whole.length);
      }
      expect(accumulator.length).toBe(whole.length);
      expect(accumulator.take().equals(whole)).toBe(true);
    }
  });

  it("holds no more than 16 KiB for a header that promises a gigabyte", () => {
    const accumulator = new ByteAccumulator(2 ** 30);
    accumulator.append(Buffer.from([1, 2, 3]), 0, 3, 2 ** 30);
    expect(accumulator.take().buffer.byteLength).toBeLessThanOrEqual(16_384);
  });

  it("holds at most twice what it was given when the total is unknown", () => {
    const accumulator = new ByteAccumulator(1);
    const byte = Buffer.from([7]);
    for (let i = 0; i < 10_000; i++) accumulator.append(byte, 0, 1, 0);
    const joined = accumulator.take();
    expect(joined.every((value) => value === 7)).toBe(true);
    expect(joined.length).toBe(10_000);
    expect(joined.buffer.byteLength).toBeLessThanOrEqual(20_000);
  });

  it("takes empty pieces", () => {
    const accumulator = new ByteAccumulator(0);
    accumulator.append(Buffer.alloc(0), 0, 0, 0);
    expect(accumulator.take().length).toBe(0);
  });
});
