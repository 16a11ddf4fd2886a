import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeText } from "./text.ts";

function decode(bytes: Buffer): string | undefined {
  return decodeText(bytes, 0, bytes.length, false);
}

/** RFC 3629: what is not UTF-8, with the name of the rule that it breaks. */
const MALFORMED: readonly (readonly [string, string])[] = [
  ["a lone continuation byte", "80"],
  ["a lead byte at the end", "c3"],
  ["a lead byte before ASCII", "c341"],
  ["three bytes cut to two", "e282"],
  ["four bytes cut to three", "f09f98"],
  ["an overlong slash", "c0af"],
  ["an overlong null", "c080"],
  ["an overlong of three bytes", "e0809f"],
  ["an overlong of four bytes", "f0808080"],
  ["a high surrogate", "eda080"],
  ["a low surrogate", "edbfbf"],
  ["beyond U+10FFFF", "f4908080"],
  ["a five-byte sequence", "f888808080"],
  ["0xfe", "fe"],
  ["0xff", "ff"],
  ["text of Autobahn 6.3.1", "cebae1bdb9cf83cebcceb5eda080656469746564"],
];

describe("decodeText", () => {
  it.each(MALFORMED)("refuses %s, short and within a long text", (_, hex) => {
    const bytes = Buffer.from(hex, "hex");
    expect(decode(bytes)).toBeUndefined();
    expect(decode(Buffer.concat([Buffer.from("ü".repeat(300)), bytes]))).toBeUndefined();
    expect(decode(Buffer.concat([bytes, Buffer.from("a".repeat(300))]))).toBeUndefined();
  });

  it.each(["", "a", "ü", "\u0000", "\ufeffmark", "\ufffd", "\uffff", "\u{10ffff}", "κόσμε", "😀漢字"])(
    "decodes %j, short and long",
    (text) => {
      expect(decode(Buffer.from(text))).toBe(text);
      expect(decode(Buffer.from(text.repeat(300)))).toBe(text.repeat(300));
    },
  );

  it("decodes a part of a buffer", () => {
    const bytes = Buffer.from("xxüberxx");
    expect(decodeText(bytes, 2, 7, false)).toBe("über");
    expect(decodeText(bytes, 0, 2, true)).toBe("xx");
  });

  it("gives back any text, and refuses any bytes that Node's own check refuses", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        expect(decode(Buffer.from(text))).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(decode(Buffer.from(bytes)) !== undefined).toBe(isUtf8(bytes));
      }),
    );
  });
});
