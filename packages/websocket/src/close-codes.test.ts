import { describe, expect, it } from "vitest";
import { encodeClose, isWireCloseCode } from "./close-codes.ts";
import { UsageError } from "./errors.ts";

describe("close codes (SEC §5)", () => {
  it("accepts 1000–1003, 1007–1014 and 3000–4999, and refuses all others", () => {
    const accepted = [];
    for (let code = 0; code <= 65_535; code++) if (isWireCloseCode(code)) accepted.push(code);
    const expected = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
    expect(accepted).toEqual([...expected, ...Array.from({ length: 2000 }, (_, i) => 3000 + i)]);
  });
});

describe("encodeClose", () => {
  it("writes nothing without a code", () => {
    expect(encodeClose(undefined, "").length).toBe(0);
  });

  it("writes the code and then the reason in UTF-8", () => {
    expect(encodeClose(1000, "ü").toString("hex")).toBe("03e8c3bc");
  });

  it("takes a reason of 123 bytes and refuses one of 124", () => {
    expect(encodeClose(1000, "x".repeat(123)).length).toBe(125);
    expect(() => encodeClose(1000, "x".repeat(124))).toThrow(UsageError);
    expect(() => encodeClose(1000, `${"x".repeat(122)}ü`)).toThrow("close reason of 124 bytes exceeds 123");
  });

  it.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 1000.5, Number.NaN])(
    "refuses to send the code %d",
    (code) => {
      expect(() => encodeClose(code, "")).toThrow(UsageError);
    },
  );

  it("refuses a reason without a code", () => {
    expect(() => encodeClose(undefined, "why")).toThrow(UsageError);
  });
});
