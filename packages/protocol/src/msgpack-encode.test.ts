import { describe, expect, it } from "vitest";
import { encodeMessagePack } from "./msgpack-encode.ts";

function hexOf(value: unknown, form: "legacy" | "standard" = "legacy"): string {
  return Buffer.from(encodeMessagePack(value, form)).toString("hex");
}

describe("encoding of MessagePack", () => {
  it.each<[number, string]>([
    [0, "00"],
    [127, "7f"],
    [128, "cc80"],
    [255, "ccff"],
    [256, "cd0100"],
    [65535, "cdffff"],
    [65536, "ce00010000"],
    [2 ** 32 - 1, "ceffffffff"],
    [2 ** 32, "cf0000000100000000"],
    [Number.MAX_SAFE_INTEGER, "cf001fffffffffffff"],
    [2 ** 63, "cf8000000000000000"],
    [2 ** 64, "cb43f0000000000000"],
    [-1, "ff"],
    [-32, "e0"],
    [-33, "d0df"],
    [-128, "d080"],
    [-129, "d1ff7f"],
    [-32768, "d18000"],
    [-32769, "d2ffff7fff"],
    [-(2 ** 31), "d280000000"],
    [-(2 ** 31) - 1, "d3ffffffff7fffffff"],
    [-(2 ** 63), "d38000000000000000"],
    [1.5, "cb3ff8000000000000"],
    [Number.POSITIVE_INFINITY, "cb7ff0000000000000"],
  ])("writes %d in the shortest form", (value, hex) => {
    expect(hexOf(value)).toBe(hex);
  });

  it.each([
    [0, "a0"],
    [31, "bf"],
    [32, "d920"],
    [255, "d9ff"],
    [256, "da0100"],
    [65535, "daffff"],
    [65536, "db00010000"],
  ])("begins a string of %i bytes with %s", (length, head) => {
    const bytes = encodeMessagePack("x".repeat(length), "legacy");
    expect(Buffer.from(bytes.subarray(0, head.length / 2)).toString("hex")).toBe(head);
    expect(bytes.byteLength).toBe(head.length / 2 + length);
  });

  it.each([
    [0, "c400"],
    [255, "c4ff"],
    [256, "c50100"],
    [65535, "c5ffff"],
    [65536, "c600010000"],
  ])("begins %i bytes with %s", (length, head) => {
    expect(hexOf(new Uint8Array(length)).startsWith(head)).toBe(true);
  });

  it.each([
    [15, "9f", "8f"],
    [16, "dc0010", "de0010"],
    [65535, "dcffff", "deffff"],
    [65536, "dd00010000", "df00010000"],
  ])("begins arrays and maps of %i with %s and %s", (count, array, map) => {
    const items = new Array(count).fill(0);
    expect(hexOf(items).startsWith(array)).toBe(true);
    expect(hexOf(Object.fromEntries(items.entries())).startsWith(map)).toBe(true);
  });

  it("writes every kind of binary as its exact bytes", () => {
    const { buffer } = Uint8Array.of(0, 1, 2, 3);
    expect(hexOf([Buffer.from([1]), new Uint8Array(buffer, 1, 2), buffer, new Uint16Array(buffer, 2)])).toBe(
      "94c40101c4020102c40400010203c4020203",
    );
  });

  it("writes dates and undefined in the legacy form for clients and servers", () => {
    expect(hexOf(new Date(1_500))).toBe("d70000000000000005dc");
    expect(hexOf(new Date(-1))).toBe("d700ffffffffffffffff");
    expect(hexOf([undefined, { a: undefined }])).toBe("92d4000081a161d40000");
  });

  it("writes dates and undefined in the standard form for nodes", () => {
    expect(hexOf(new Date(1_000), "standard")).toBe("d6ff00000001");
    expect(hexOf(new Date(1_500), "standard")).toBe("d7ff7735940000000001");
    expect(hexOf(new Date(-1), "standard")).toBe("c70cff3b8b87c0ffffffffffffffff");
    expect(hexOf([undefined, { a: undefined, b: 1 }], "standard")).toBe("92c081a16201");
  });

  it("writes an invalid date as nil", () => {
    expect(hexOf(new Date(Number.NaN))).toBe("c0");
  });

  it("leaves functions out and applies toJSON once", () => {
    expect(hexOf({ a: () => 1, b: 2 })).toBe("81a16202");
    const self = {
      b: 2,
      toJSON(): unknown {
        return this;
      },
    };
    expect(hexOf(self)).toBe("81a16202");
    expect(hexOf([{ toJSON: () => "x" }, { toJSON: () => new Uint8Array(1) }])).toBe("92a178c40100");
  });

  it("writes characters outside ASCII, long and short", () => {
    expect(hexOf("☕")).toBe("a3e29895");
    expect(hexOf("\ud800")).toBe("a3efbfbd");
    expect(
      Buffer.from(encodeMessagePack("é".repeat(500), "legacy"))
        .subarray(3)
        .toString(),
    ).toBe("é".repeat(500));
  });

  it("refuses bigints, circular data, and more than 512 levels", () => {
    const circular: unknown[] = [];
    circular.push(circular);
    expect(() => encodeMessagePack(5n, "legacy")).toThrow("could not encode the bigint 5");
    expect(() => encodeMessagePack(circular, "legacy")).toThrow(RangeError);
    const nest = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
    expect(encodeMessagePack(nest(512), "legacy")).toHaveLength(512);
    expect(() => encodeMessagePack(nest(513), "legacy")).toThrow("deeper than 512");
  });
});
