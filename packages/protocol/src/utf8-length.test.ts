import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { utf8Length } from "./utf8-length.ts";

describe("the length of UTF-8", () => {
  it("is that of what an encoder writes, lone surrogates included", () => {
    expect(["", "a", "é", "☕", "😀", "\ud800", "\udc00a"].map(utf8Length)).toStrictEqual([
      0, 1, 2, 3, 4, 3, 4,
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const text = String.fromCharCode(...units);
        expect(utf8Length(text)).toBe(Buffer.byteLength(text));
      }),
    );
  });
});
