import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAsciiRange, MaskKeys, maskBytes } from "./mask.ts";

function plainMask(bytes: Uint8Array, start: number, end: number, key: number): Uint8Array {
  const keyBytes = [key & 0xff, (key >> 8) & 0xff, (key >> 16) & 0xff, (key >> 24) & 0xff];
  return bytes.map((byte, i) => (i < start || i >= end ? byte : byte ^ (keyBytes[(i - start) % 4] ?? 0)));
}

describe("maskBytes", () => {
  it("agrees with the definition for every length to 300 and every alignment", () => {
    const memory = new Uint8Array(400).map((_, i) => (i * 31) & 0xff);
    for (let offset = 0; offset < 8; offset++) {
      for (let length = 0; length <= 300; length++) {
        const bytes = memory.slice().subarray(offset, offset + length + 6);
        const expected = plainMask(bytes, 3, 3 + length, 0x8f33_21fa | 0);
        maskBytes(bytes, 3, 3 + length, 0x8f33_21fa | 0);
        if (!Buffer.from(bytes).equals(Buffer.from(expected)))
          expect.fail(`offset ${offset} length ${length}`);
      }
    }
  });

  it("undoes itself and reports ASCII exactly when every result is", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 500 }),
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.nat(7),
        (content, key, offset) => {
          const bytes = new Uint8Array(offset + content.length).subarray(offset);
          bytes.set(content);
          maskBytes(bytes, 0, bytes.length, key);
          const isAscii = maskBytes(bytes, 0, bytes.length, key);
          expect(Buffer.from(bytes).equals(Buffer.from(content))).toBe(true);
          expect(isAscii).toBe(content.every((byte) => byte < 0x80));
        },
      ),
    );
  });

  it("sees a single byte above ASCII wherever it stands", () => {
    for (const length of [1, 5, 95, 96, 97, 200]) {
      for (let at = 0; at < length; at++) {
        const bytes = Buffer.alloc(length, 0x61);
        bytes[at] = 0x80;
        expect(maskBytes(bytes, 0, length, 0)).toBe(false);
        expect(isAsciiRange(bytes, 0, length)).toBe(false);
      }
    }
  });
});

describe("MaskKeys", () => {
  it("hands out keys that do not repeat, beyond the size of its pool", () => {
    const keys = new MaskKeys();
    const seen = new Set(Array.from({ length: 1000 }, () => keys.next()));
    expect(seen.size).toBeGreaterThan(990);
  });
});
