import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Offsets } from "./offsets.ts";

const offsets = new Offsets(1_700_000_000_000);

describe("offsets", () => {
  it("lead back to the number that they were made of", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (seq) => {
        expect(offsets.parse(offsets.format(seq))).toBe(seq);
      }),
    );
  });

  it("server.md §16.5: consist of characters that need no escape in JSON or a URL", () => {
    expect(offsets.format(12_345)).toMatch(/^[0-9A-Za-z._-]+$/);
  });

  it.each([
    "",
    "text",
    "5",
    ".5",
    "loyw3v28.",
    "loyw3v28.-1",
    "loyw3v28.05",
    "loyw3v28. 5",
    "loyw3v28.5.1",
    "loyw3v28.NaN",
  ])("do not take %j for one of their own", (text) => {
    expect(offsets.format(5)).toBe("loyw3v28.5");
    expect(offsets.parse(text)).toBeUndefined();
  });

  it("of another history are none", () => {
    expect(offsets.parse(new Offsets(1_700_000_000_001).format(5))).toBeUndefined();
  });
});
