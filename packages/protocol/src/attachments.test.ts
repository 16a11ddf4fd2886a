import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { deconstruct, hasBinary, isBinary, isBlob, MAX_NESTING, reconstruct } from "./attachments.ts";

const BYTES = Uint8Array.of(1, 2, 3);

function nest(levels: number, leaf: unknown): unknown {
  let data = leaf;
  for (let level = 0; level < levels; level++) data = level % 2 === 0 ? [data] : { a: data };
  return data;
}

class Point {
  readonly x = 1;
  readonly bytes = BYTES;
}

describe("detection of binary", () => {
  it.each<[string, unknown]>([
    ["an ArrayBuffer", new ArrayBuffer(2)],
    ["a Uint8Array", BYTES],
    ["a Buffer", Buffer.from("a")],
    ["a Float64Array", new Float64Array(1)],
    ["a DataView", new DataView(new ArrayBuffer(2))],
    ["a Blob", new Blob(["a"])],
    ["a File", new File(["a"], "a.txt")],
    ["an ArrayBuffer of another realm", runInNewContext("new ArrayBuffer(2)")],
    ["a Uint8Array of another realm", runInNewContext("new Uint8Array(2)")],
    ["an empty view", new Uint8Array(0)],
  ])("finds %s, alone and nested", (_name, value) => {
    expect(isBinary(value)).toBe(true);
    expect(hasBinary(["e", { a: [{ b: value }] }])).toBe(true);
    expect(deconstruct(["e", value]).attachments).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ["primitives", [1, "a", true, null, undefined, 5n, Symbol("s")]],
    ["plain data", ["e", { a: [1, { b: "c" }] }]],
    ["a Date", [new Date(0)]],
    ["a Map of binary", [new Map([["a", BYTES]])]],
    ["a function", [() => BYTES]],
    ["an object that merely calls itself a Blob", [{ [Symbol.toStringTag]: "Blob" }]],
    ["inherited members", [Object.create({ bytes: BYTES })]],
    ["an object without a prototype", [Object.assign(Object.create(null), { a: 1 })]],
  ])("finds nothing in %s", (_name, value) => {
    expect(hasBinary(value)).toBe(false);
  });

  it("finds binary in instances and in objects without a prototype", () => {
    expect(hasBinary([new Point()])).toBe(true);
    expect(hasBinary([Object.assign(Object.create(null), { bytes: BYTES })])).toBe(true);
  });

  it("tells blobs from bytes", () => {
    expect(isBlob(new Blob([]))).toBe(true);
    expect(isBlob(BYTES)).toBe(false);
  });

  it("searches what toJSON returns, and not the object that has it", () => {
    expect(hasBinary([{ toJSON: () => ({ a: BYTES }) }])).toBe(true);
    expect(hasBinary([{ toJSON: () => BYTES }])).toBe(true);
    expect(hasBinary([{ toJSON: () => [BYTES] }])).toBe(true);
    expect(hasBinary([{ a: BYTES, toJSON: () => "a" }])).toBe(false);
    expect(hasBinary([{ toJSON: () => null }])).toBe(false);
  });
});

describe("extraction of attachments", () => {
  it("numbers them depth first, arrays by index and members in their order", () => {
    const [a, b, c, d] = [1, 2, 3, 4].map((value) => Uint8Array.of(value));
    const { data, attachments } = deconstruct(["e", { x: a, y: [b, { z: c }] }, d]);
    expect(JSON.stringify(data)).toBe(
      '["e",{"x":{"_placeholder":true,"num":0},"y":[{"_placeholder":true,"num":1},{"z":{"_placeholder":true,"num":2}}]},{"_placeholder":true,"num":3}]',
    );
    expect(attachments).toStrictEqual([a, b, c, d]);
  });

  it("sends a buffer that occurs twice twice", () => {
    const { data, attachments } = deconstruct([BYTES, BYTES]);
    expect(JSON.stringify(data)).toBe('[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]');
    expect(attachments).toStrictEqual([BYTES, BYTES]);
  });

  it("takes only the window of a view, whatever its element type", () => {
    const buffer = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7).buffer;
    const { attachments } = deconstruct([
      new Uint8Array(buffer, 4, 2),
      new Uint16Array(buffer, 2, 1),
      new DataView(buffer, 7),
      buffer,
    ]);
    expect(attachments.map((each) => (each instanceof Uint8Array ? [...each] : each))).toStrictEqual([
      [4, 5],
      [2, 3],
      [7],
      [0, 1, 2, 3, 4, 5, 6, 7],
    ]);
  });

  it("hands on a blob as it is", () => {
    const blob = new Blob(["a"]);
    expect(deconstruct([blob]).attachments[0]).toBe(blob);
  });

  it("leaves the program's data as it was", () => {
    const inner = Object.freeze({ bytes: BYTES, list: Object.freeze([BYTES, 1]) });
    const args = Object.freeze(["e", inner]);
    deconstruct(args);
    expect(args).toStrictEqual(["e", { bytes: BYTES, list: [BYTES, 1] }]);
  });

  it("keeps dates, boxed values and inner toJSON as JSON.stringify sees them", () => {
    const date = new Date(0);
    const boxed = Object("text");
    const { data } = deconstruct([BYTES, date, boxed, { toJSON: () => "j" }]);
    expect(JSON.stringify(data)).toBe(
      '[{"_placeholder":true,"num":0},"1970-01-01T00:00:00.000Z","text","j"]',
    );
  });

  it("applies toJSON where it holds binary, once", () => {
    const { data, attachments } = deconstruct([
      { toJSON: () => BYTES },
      { toJSON: () => ({ a: BYTES, toJSON: () => "never" }) },
    ]);
    expect(JSON.stringify(data)).toBe('[{"_placeholder":true,"num":0},{"a":{"_placeholder":true,"num":1}}]');
    expect(attachments).toStrictEqual([BYTES, BYTES]);
  });

  it("keeps a member called __proto__ a member", () => {
    const polluting: unknown = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}');
    const { data } = deconstruct([BYTES, { polluting, bytes: BYTES }]);
    expect(JSON.stringify(data)).toBe(
      '[{"_placeholder":true,"num":0},{"polluting":{"__proto__":{"polluted":true},"constructor":1},"bytes":{"_placeholder":true,"num":1}}]',
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("works to 512 levels and refuses more, with binary and without", () => {
    expect(hasBinary(nest(MAX_NESTING, 1))).toBe(false);
    expect(hasBinary(nest(MAX_NESTING, BYTES))).toBe(true);
    expect(deconstruct(nest(MAX_NESTING, BYTES)).attachments).toHaveLength(1);
    expect(() => hasBinary(nest(MAX_NESTING + 1, 1))).toThrow("nested deeper than 512 levels");
    expect(() => deconstruct(nest(MAX_NESTING + 1, BYTES))).toThrow(RangeError);
  });

  it("refuses circular data instead of overflowing the stack", () => {
    const circular: Record<string, unknown> = {};
    circular.again = [circular, circular];
    expect(() => hasBinary(circular)).toThrow("circular");
    circular.bytes = BYTES;
    expect(() => deconstruct(circular)).toThrow("circular");
  });
});

describe("reconstruction", () => {
  const placeholder = (num: unknown) => ({ _placeholder: true, num });

  it("puts every attachment in its place", () => {
    const data = ["e", placeholder(1), { a: [placeholder(0)] }];
    expect(reconstruct(data, ["zero", "one"])).toBe(true);
    expect(data).toStrictEqual(["e", "one", { a: ["zero"] }]);
  });

  it.each([-1, 1, 0.5, 1e9, Number.NaN, "0", "length", "__proto__", null, undefined, true, {}])(
    "CVE-2022-2421: refuses the placeholder number %j",
    (num) => {
      expect(reconstruct(["e", placeholder(num)], [BYTES])).toBe(false);
    },
  );

  it("takes only _placeholder === true for a placeholder", () => {
    const data = ["e", { _placeholder: 1, num: 0 }, { _placeholder: "true", num: 0 }, { num: 0 }];
    expect(reconstruct(data, [BYTES])).toBe(true);
    expect(data).toStrictEqual([
      "e",
      { _placeholder: 1, num: 0 },
      { _placeholder: "true", num: 0 },
      { num: 0 },
    ]);
  });

  it("fills a member called __proto__ without touching a prototype", () => {
    const data: unknown[] = JSON.parse('["e",{"__proto__":{"_placeholder":true,"num":0}}]');
    expect(reconstruct(data, [BYTES])).toBe(true);
    expect(Object.getPrototypeOf(data[1])).toBe(Object.prototype);
    expect(Object.entries(data[1] ?? {})).toStrictEqual([["__proto__", BYTES]]);
  });

  it("accepts data without placeholders, and no data", () => {
    expect(reconstruct(["e"], [BYTES])).toBe(true);
    expect(reconstruct(undefined, [BYTES])).toBe(true);
  });
});
