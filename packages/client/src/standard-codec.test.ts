import { SocketDecoder } from "@tautline/protocol/socket-decoder";
import { encodeSocketPacket, type SocketPacket } from "@tautline/protocol/socket-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { standardParser } from "./standard-codec.ts";

const encodePacket = (packet: SocketPacket) => new standardParser.Encoder().encode(packet);

/** What the protocol package makes of the same packet. */
function encodeByProtocol(packet: SocketPacket): unknown[] {
  const encoded = encodeSocketPacket(packet);
  return typeof encoded === "string" ? [encoded] : [encoded.text, ...encoded.attachments];
}

/** What a decoder says to chunks: packets, and the error that ends them. */
function decodeAll(chunks: readonly unknown[]): unknown[] {
  const decoder = new standardParser.Decoder();
  const results: unknown[] = [];
  decoder.on("decoded", (packet: SocketPacket) => results.push(packet));
  try {
    for (const chunk of chunks) decoder.add(chunk);
  } catch (error) {
    results.push(Object(error).message);
  }
  return results;
}

function decodeAllByProtocol(chunks: readonly unknown[]): unknown[] {
  const decoder = new SocketDecoder();
  const results: unknown[] = [];
  for (const chunk of chunks) {
    const result = decoder.push(chunk);
    if (result.type === "pending") continue;
    results.push(result.type === "error" ? result.message : result);
    if (result.type === "error") break;
  }
  return results;
}

const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, undefined, true, 1.5, new Date(0), Number.NaN),
    fc.string(),
    fc.uint8Array({ maxLength: 5 }),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 3 }), tie("tree"), { maxKeys: 3 }),
  ),
}));

const nsp = fc.constantFrom("/", "/a", "/a/b?c=d");
const id = fc.option(fc.nat(), { nil: undefined });

describe("the standard codec", () => {
  it("writes what the protocol package writes", () => {
    const data = fc.array(tree, { maxLength: 4 }).map((args) => ["event", ...args]);
    fc.assert(
      fc.property(fc.constantFrom(2 as const, 3 as const), nsp, id, data, (type, space, number, args) => {
        const packet = { type, nsp: space, data: args, id: number };
        expect(encodePacket(packet)).toEqual(encodeByProtocol(packet));
      }),
    );
  });

  it("reads back what it wrote", () => {
    const json = fc.array(fc.jsonValue(), { maxLength: 4 });
    fc.assert(
      fc.property(nsp, id, json, fc.uint8Array(), (space, number, args, bytes) => {
        const packet = { type: 2, nsp: space, data: ["e", ...args, bytes], id: number } as const;
        const decoded = decodeAll(encodePacket(packet));
        expect(JSON.stringify(decoded)).toBe(JSON.stringify([packet]));
      }),
    );
  });

  it("says the same as the protocol package to whatever arrives", () => {
    const head = fc.stringMatching(/^[0-7]?(\d{1,2}-)?(\/[a-b]{0,2},?)?\d{0,3}$/);
    const payload = fc.oneof(
      fc.constantFrom(
        "",
        "{}",
        "[]",
        '"x"',
        "[1]",
        '["e"]',
        '["connect"]',
        "{",
        "null",
        '["e",{"_placeholder":true,"num":0}]',
      ),
      fc.json({ maxDepth: 2 }),
      fc.constantFrom(
        '["e",{"_placeholder":true,"num":9}]',
        '["e",{"_placeholder":true,"num":"0"}]',
        '["e",{"_placeholder":true}]',
      ),
    );
    const text = fc.tuple(head, payload).map((parts) => parts.join(""));
    const chunk = fc.oneof(
      { weight: 3, arbitrary: text },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 3 }) },
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 4 }), (chunks) => {
        expect(decodeAll(chunks)).toEqual(decodeAllByProtocol(chunks));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ["no attachments, which would be waited for in vain", "50-[1]", "Illegal attachments"],
    ["more than ten attachments", '511-["e"]', "too many attachments"],
    ["an unknown type", '9["e"]', "unknown packet type 9"],
    ["an empty text", "", "unknown packet type NaN"],
    ["a reserved name", '2["disconnect"]', "invalid payload"],
    ["a name that is an object", "2[{}]", "invalid payload"],
    ["JSON that is cut", '2["e"', "invalid payload"],
  ])("refuses %s", (_what, text, message) => {
    expect(() => new standardParser.Decoder().add(text)).toThrow(message);
  });

  it("survives JSON that nests deeper than any stack", () => {
    const deep = `2["e",${"[".repeat(100_000)}${"]".repeat(100_000)}]`;
    expect(decodeAll([deep])).toHaveLength(1);
    const withBinary = `51-["e",{"_placeholder":true,"num":0},${"[".repeat(100_000)}${"]".repeat(100_000)}]`;
    expect(decodeAll([withBinary, new Uint8Array(1)])).toHaveLength(1);
  });

  it("keeps names like __proto__ to themselves", () => {
    const [packet] = decodeAll(['51-["e",{"__proto__":{"_placeholder":true,"num":0}}]', Uint8Array.of(1)]);
    expect(Object.keys(Object(packet).data[1])).toEqual(["__proto__"]);
    expect(Object(Object.prototype)._placeholder).toBeUndefined();
  });

  it("finds binary that toJSON returns, and leaves the data alone", () => {
    const inner = Uint8Array.of(7);
    const data = ["e", { toJSON: () => ({ inner }) }];
    expect(encodePacket({ type: 2, nsp: "/", data })).toEqual([
      '51-["e",{"inner":{"_placeholder":true,"num":0}}]',
      inner,
    ]);
    expect(encodePacket({ type: 2, nsp: "/", data: ["e", Buffer.from("x")] })).toHaveLength(2);
  });

  it("throws for circular data", () => {
    const data: unknown[] = ["e"];
    data.push(data);
    expect(() => encodePacket({ type: 2, nsp: "/", data })).toThrow();
  });
});
