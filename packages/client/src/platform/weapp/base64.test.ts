import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arithmeticBase64 } from "./base64.ts";

describe("arithmeticBase64", () => {
  it("encodes and decodes as Node does", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(arithmeticBase64.encode(bytes)).toBe(text);
        expect(arithmeticBase64.decode(text)).toEqual(bytes);
      }),
    );
  });

  it("encodes the view's own window", () => {
    expect(arithmeticBase64.encode(Uint8Array.of(9, 1, 2).subarray(1))).toBe("AQI=");
  });

  it.each([["AQ"], ["AQ="], ["A Q\n=="], ["%A%Q%"]])("takes %j for one byte", (text) => {
    expect(arithmeticBase64.decode(text)).toEqual(Uint8Array.of(1));
  });

  it.each([[""], ["A"], ["%%%"], ["===="]])("takes %j for nothing", (text) => {
    expect(arithmeticBase64.decode(text)).toHaveLength(0);
  });
});
