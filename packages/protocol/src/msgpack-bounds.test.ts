import { decode, encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MsgpackBounds, scanMsgpack } from "./msgpack-bounds.ts";

const MAX_LEVELS = 4;

function scan(hex: string): string {
  return summarize(scanMsgpack(bytesOf(hex), MAX_LEVELS));
}

function summarize(bounds: MsgpackBounds | undefined): string {
  if (bounds === undefined) return "broken";
  return bounds.hasBinary ? "whole, with binary" : "whole";
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

/** One value of every form that MessagePack has, the empty ones included. */
const forms: readonly (readonly [form: string, hex: string])[] = [
  ["fixint", "7f"],
  ["negative fixint", "e0"],
  ["fixmap", "81 a1 61 00"],
  ["fixarray", "92 00 00"],
  ["fixstr", "a2 61 61"],
  ["nil", "c0"],
  ["false", "c2"],
  ["true", "c3"],
  ["ext 8", "c7 02 05 00 00"],
  ["ext 16", "c8 0002 05 00 00"],
  ["ext 32", "c9 00000002 05 00 00"],
  ["float 32", "ca 00000000"],
  ["float 64", "cb 0000000000000000"],
  ["uint 8", "cc 00"],
  ["uint 16", "cd 0000"],
  ["uint 32", "ce 00000000"],
  ["uint 64", "cf 0000000000000000"],
  ["int 8", "d0 00"],
  ["int 16", "d1 0000"],
  ["int 32", "d2 00000000"],
  ["int 64", "d3 0000000000000000"],
  ["fixext 1", "d4 05 00"],
  ["fixext 2", "d5 05 0000"],
  ["fixext 4", "d6 05 00000000"],
  ["fixext 8", "d7 05 0000000000000000"],
  ["fixext 16", "d8 05 00000000000000000000000000000000"],
  ["str 8", "d9 01 61"],
  ["str 16", "da 0001 61"],
  ["str 32", "db 00000001 61"],
  ["array 16", "dc 0001 00"],
  ["array 32", "dd 00000001 00"],
  ["map 16", "de 0001 a1 61 00"],
  ["map 32", "df 00000001 a1 61 00"],
];

const binaryForms: readonly (readonly [form: string, hex: string])[] = [
  ["bin 8", "c4 01 00"],
  ["bin 16", "c5 0001 00"],
  ["bin 32", "c6 00000001 00"],
];

describe("scanMsgpack", () => {
  it.each(forms)("finds a whole value of the form %s", (_form, hex) => {
    expect(scan(hex)).toBe("whole");
  });

  it.each(binaryForms)("says that a value of the form %s is binary, however deep", (_form, hex) => {
    expect(scan(hex)).toBe("whole, with binary");
    expect(scan(`92 81 a1 61 ${hex} c0`)).toBe("whole, with binary");
  });

  it.each([...forms, ...binaryForms])(
    "refuses every beginning of the form %s, and bytes behind it",
    (_form, hex) => {
      const whole = bytesOf(hex);
      for (let length = 0; length < whole.length; length++) {
        expect(scanMsgpack(whole.subarray(0, length), MAX_LEVELS), `${length} bytes`).toBeUndefined();
      }
      expect(scan(`${hex} c0`)).toBe("broken");
    },
  );

  it("finds the texts that begin with a byte order mark, but for short ones", () => {
    const marked = (length: string): string => `${length} efbbbf ${"61".repeat(32 - 3)}`;
    expect(scanMsgpack(bytesOf(`91 ${marked("d920")}`), MAX_LEVELS)?.markedTexts).toEqual([1]);
    expect(
      scanMsgpack(bytesOf(`92 ${marked("da0020")} ${marked("db00000020")}`), MAX_LEVELS)?.markedTexts,
    ).toEqual([1, 36]);
    expect(scanMsgpack(bytesOf("92 a3 efbbbf c4 03 efbbbf"), MAX_LEVELS)?.markedTexts).toEqual([]);
  });

  it("refuses the one byte that begins nothing", () => {
    expect(scan("c1")).toBe("broken");
  });

  it("refuses a list that is longer than its message before anything is allocated", () => {
    expect(scan("dd ffffffff 00")).toBe("broken");
    expect(scan("df 7fffffff a1 61 00")).toBe("broken");
    expect(scan("db ffffffff 61")).toBe("broken");
    // Each list alone would fit.
    expect(scan("93 93 93 00 00 00")).toBe("broken");
  });

  it("takes as many levels as it is told, and no more, empty containers counting", () => {
    expect(scan("91 91 91 90")).toBe("whole");
    expect(scan("91 91 91 91 00")).toBe("whole");
    expect(scan("91 91 91 91 90")).toBe("broken");
    expect(scan("81 a1 61 91 81 a1 61 91 80")).toBe("broken");
    expect(scan("94 90 90 90 90")).toBe("whole");
  });

  it("finds whole whatever the codec writes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.uint8Array(), (value, bytes) => {
        expect(summarize(scanMsgpack(encode(value), 10))).toBe("whole");
        expect(summarize(scanMsgpack(encode([value, bytes]), 10))).toBe("whole, with binary");
      }),
    );
  });

  it("finds broken whatever the codec cannot read to its end", () => {
    const heads = fc.constantFrom(0x81, 0x92, 0xa1, 0xc1, 0xc4, 0xc7, 0xd4, 0xd9, 0xdc, 0xde, 0x00);
    fc.assert(
      fc.property(fc.array(fc.oneof(heads, fc.nat(255)), { maxLength: 40 }), (list) => {
        const bytes = Uint8Array.from(list);
        if (scanMsgpack(bytes, 40) === undefined) expect(() => decode(bytes)).toThrow();
        else expect(tryDecode(bytes)).not.toBeInstanceOf(RangeError);
      }),
      { numRuns: 2000 },
    );
  });
});

/** The error of a decoding, which for whole values can only be about a key or a timestamp. */
function tryDecode(bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch (error) {
    return error;
  }
}
