import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isNestingWithin } from "./json-nesting.ts";

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe("the limit on nesting", () => {
  it("accepts exactly the limit and refuses one level more", () => {
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
    ] as const) {
      const nested = (levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`;
      expect(isNestingWithin(nested(512), 0, 512)).toBe(true);
      expect(isNestingWithin(nested(513), 0, 512)).toBe(false);
    }
  });

  it("counts levels, not brackets", () => {
    expect(isNestingWithin(`[${"[],".repeat(10_000)}[]]`, 0, 512)).toBe(true);
    expect(isNestingWithin(`[${"{},".repeat(10_000)}{}]`, 0, 2)).toBe(true);
  });

  it("ignores brackets inside strings, behind escapes too", () => {
    expect(isNestingWithin(JSON.stringify(["[{".repeat(5_000), '\\"['.repeat(5_000)]), 0, 512)).toBe(true);
    expect(isNestingWithin(`["\\\\",${"[".repeat(600)}${"]".repeat(600)}]`, 0, 512)).toBe(false);
  });

  it("begins where it is told", () => {
    const text = `${"[".repeat(600)}[]${" ".repeat(2000)}`;
    expect(isNestingWithin(text, 600, 512)).toBe(true);
    expect(isNestingWithin(text, 0, 512)).toBe(false);
  });

  it("ends on texts that are not JSON", () => {
    for (const text of [
      '"'.repeat(5001),
      "\\".repeat(5000),
      "]".repeat(5000),
      `${"[".repeat(600)}"\\`.padEnd(3000, "x"),
    ]) {
      expect(typeof isNestingWithin(text, 0, 512)).toBe("boolean");
    }
  });

  it("agrees with the depth of the parsed value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 1, max: 6 }), (value, limit) => {
        expect(isNestingWithin(JSON.stringify(value), 0, limit)).toBe(depthOf(value) <= limit);
      }),
    );
  });
});
