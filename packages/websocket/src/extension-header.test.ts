import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatExtension, isToken, parseExtensions } from "./extension-header.ts";

describe("parseExtensions", () => {
  it("reads names, parameters and values, in order", () => {
    expect(parseExtensions('a, b;x ; y=1;z="2"\t,a')).toEqual([
      { name: "a", parameters: [] },
      {
        name: "b",
        parameters: [
          ["x", true],
          ["y", "1"],
          ["z", "2"],
        ],
      },
      { name: "a", parameters: [] },
    ]);
  });

  it("keeps names such as __proto__ apart from its own machinery", () => {
    const offers = parseExtensions("__proto__; constructor=1; __proto__, toString");
    expect(offers?.map(({ name }) => name)).toEqual(["__proto__", "toString"]);
    expect(offers?.[0]?.parameters).toEqual([
      ["constructor", "1"],
      ["__proto__", true],
    ]);
  });

  it("undoes quoting", () => {
    expect(parseExtensions('a; b="1\\5"')?.[0]?.parameters).toEqual([["b", "15"]]);
  });

  it.each([
    "",
    " ",
    ",",
    "a,",
    ",a",
    "a,,b",
    ";a",
    "a;",
    "a;;b",
    "a;=1",
    "a;b=",
    'a;b="',
    'a;b="\\',
    'a;b=""',
    'a;b="1 2"',
    'a;b="1"2',
    "a b",
    "a;b c",
    "a;b=1 2",
    "a=1",
    "ä",
    "a\u0000",
    "a;b=ü",
    "(a)",
    "a/b",
  ])("refuses %j", (header) => {
    expect(parseExtensions(header)).toBeUndefined();
  });

  it("reads back whatever it can write", () => {
    const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
    const offer = fc.record({
      name: token,
      parameters: fc.array(fc.tuple(token, fc.oneof(token, fc.constant(true as const))), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(offer, { minLength: 1, maxLength: 4 }), (offers) => {
        expect(parseExtensions(offers.map(formatExtension).join(", "))).toEqual(offers);
      }),
    );
  });

  it("never throws", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab,;="\\ \t1ü'.split("")), maxLength: 60 }),
        (header) => {
          parseExtensions(header);
        },
      ),
    );
  });
});

describe("isToken", () => {
  it("takes the characters of RFC 9110 §5.6.2 and no others", () => {
    const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));
    const expected = "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~";
    expect(all.filter(isToken).join("")).toBe(expected);
    expect(isToken("")).toBe(false);
  });
});
