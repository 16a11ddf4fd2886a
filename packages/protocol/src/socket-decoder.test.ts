import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DecodeResult, SocketDecoder } from "./socket-decoder.ts";
import { encodeSocketPacket, type SocketPacket } from "./socket-packet.ts";

const PENDING = { type: "pending" };
const BYTES = Uint8Array.of(0xca, 0xfe);

function decode(...chunks: unknown[]): DecodeResult | undefined {
  const decoder = new SocketDecoder();
  return chunks.map((chunk) => decoder.push(chunk)).at(-1);
}

function error(message: string): DecodeResult {
  return { type: "error", message };
}

function nestedEvent(levels: number): string {
  return `2["a",${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}]`;
}

describe("decoding of plain packets", () => {
  // EIO §58–61, without the engine's digit
  it.each<[string, SocketPacket]>([
    ["0", { type: 0, nsp: "/" }],
    ['0{"token":"t0k"}', { type: 0, nsp: "/", data: { token: "t0k" } }],
    ['0/orders,{"token":"t0k"}', { type: 0, nsp: "/orders", data: { token: "t0k" } }],
    ["0/orders", { type: 0, nsp: "/orders" }],
    ["0/orders?token=t0k,", { type: 0, nsp: "/orders?token=t0k" }],
    ["1", { type: 1, nsp: "/" }],
    ["1/orders,", { type: 1, nsp: "/orders" }],
    ['2["quote",{"sym":"ABC","px":1.5}]', { type: 2, nsp: "/", data: ["quote", { sym: "ABC", px: 1.5 }] }],
    ['20["quote","DEF"]', { type: 2, nsp: "/", data: ["quote", "DEF"], id: 0 }],
    ['212["x"]', { type: 2, nsp: "/", data: ["x"], id: 12 }],
    ['2/orders,0["place",{"qty":3}]', { type: 2, nsp: "/orders", data: ["place", { qty: 3 }], id: 0 }],
    ['3/orders,0["accepted",17]', { type: 3, nsp: "/orders", data: ["accepted", 17], id: 0 }],
    ["31[]", { type: 3, nsp: "/", data: [], id: 1 }],
    [
      '4/nope,{"message":"Invalid namespace"}',
      { type: 4, nsp: "/nope", data: { message: "Invalid namespace" } },
    ],
    ['4/vault,"token expired"', { type: 4, nsp: "/vault", data: "token expired" }],
    ["2[7]", { type: 2, nsp: "/", data: [7] }],
    ['2["error"]', { type: 2, nsp: "/", data: ["error"] }],
  ])("reads %s", (text, packet) => {
    expect(decode(text)).toStrictEqual({ data: undefined, id: undefined, ...packet });
  });

  it("leaves what looks like a placeholder in a packet without binary alone", () => {
    const packet = decode('2["a",{"_placeholder":true,"num":0}]');
    expect(packet).toMatchObject({ data: ["a", { _placeholder: true, num: 0 }] });
  });

  it.each([
    ["2", 2],
    ["31", 3],
    ["4", 4],
  ])("checks no shape where nothing follows: %s", (text, type) => {
    expect(decode(text)).toMatchObject({ type, data: undefined });
  });

  it.each([
    ["", "NaN"],
    [" ", "NaN"],
    ["a", "NaN"],
    ["-1", "NaN"],
    ["\u0662", "NaN"],
    ["7", "7"],
    ["9[]", "9"],
  ])("refuses the type of %j", (text, shown) => {
    expect(decode(text)).toStrictEqual(error(`unknown packet type ${shown}`));
  });

  it.each([
    '2["x"',
    "2{}",
    "2[]",
    "2[null]",
    "2x",
    "2null",
    '2"x"',
    "2-1[]",
    '2/a,b["x"]',
    "0null",
    "0[]",
    '0"x"',
    "0/a,[]",
    "1{}",
    "1/a,null",
    "3{}",
    "31 ",
    "4[]",
    "45null",
  ])("refuses the payload of %s", (text) => {
    expect(decode(text)).toStrictEqual(error("invalid payload"));
  });

  it.each(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])(
    "refuses the reserved event name %s",
    (name) => {
      expect(decode(`2${JSON.stringify([name])}`)).toStrictEqual(error("invalid payload"));
      expect(decode(`51-${JSON.stringify([name])}`)).toStrictEqual(error("invalid payload"));
    },
  );

  it.each(["null", "true", "{}", '{"toString":"x"}', "[]"])(
    "CVE-2023-32695: refuses the event name %s, which is neither string nor number",
    (name) => {
      expect(decode(`2[${name}]`)).toStrictEqual(error("invalid payload"));
      expect(decode(`51-[${name},{"_placeholder":true,"num":0}]`, BYTES)).toStrictEqual(
        error("got binary data when not reconstructing a packet"),
      );
    },
  );

  it("reads ids to 2^53 - 1 and refuses larger ones", () => {
    expect(decode(`2${Number.MAX_SAFE_INTEGER}["x"]`)).toMatchObject({ id: Number.MAX_SAFE_INTEGER });
    expect(decode('29007199254740992["x"]')).toStrictEqual(error("invalid payload"));
    expect(decode(`3${"9".repeat(400)}[]`)).toStrictEqual(error("invalid payload"));
  });

  it("reads JSON nested 512 levels deep and refuses 513, the outer array being the first", () => {
    expect(decode(nestedEvent(512))).toMatchObject({ type: 2 });
    expect(decode(nestedEvent(513))).toStrictEqual(error("invalid payload"));
    expect(decode(`0${'{"a":'.repeat(513)}1${"}".repeat(513)}`)).toStrictEqual(error("invalid payload"));
    expect(decode(`51-["a",${"[".repeat(512)}${"]".repeat(512)}]`)).toStrictEqual(error("invalid payload"));
  });

  it("answers a million brackets without parsing them", () => {
    expect(decode(`2${"[".repeat(1_000_000)}`)).toStrictEqual(error("invalid payload"));
  });

  it("keeps keys like __proto__ as members of their own", () => {
    const packet = decode(
      '2["a",{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}]',
    );
    expect(JSON.stringify(packet)).toContain('{"__proto__":{"polluted":true},"constructor"');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("takes names like __proto__ for namespaces and events like any other", () => {
    expect(decode('2/__proto__,["__proto__"]')).toMatchObject({ nsp: "/__proto__", data: ["__proto__"] });
  });

  it("CVE-2020-36049: decodes a packet of ten million characters in time linear in its length", () => {
    const packet = decode(`2["big","${"x".repeat(10_000_000)}"]`);
    expect(packet).toMatchObject({ type: 2 });
    expect(decode(`2${"1".repeat(1_000_000)}`)).toStrictEqual(error("invalid payload"));
    expect(decode(`5${"1".repeat(1_000_000)}`)).toStrictEqual(error("Illegal attachments"));
    expect(decode(`0/${"a".repeat(1_000_000)}`)).toMatchObject({ type: 0 });
  });

  it("applies the reviver, and takes its exception for an invalid payload", () => {
    const reviver = (_key: string, value: unknown) => {
      if (value === "boom") throw new Error("boom");
      return typeof value === "string" && value.endsWith("n") ? BigInt(value.slice(0, -1)) : value;
    };
    const decoder = new SocketDecoder({ reviver });
    expect(decoder.push('2["a","5n"]')).toMatchObject({ data: ["a", 5n] });
    expect(decoder.push('2["a","boom"]')).toStrictEqual(error("invalid payload"));
  });

  it.each<[unknown, string]>([
    [42, "42"],
    [null, "null"],
    [undefined, "undefined"],
    [true, "true"],
    [{}, "[object Object]"],
    [Object.create(null), "[object Object]"],
    [Symbol("s"), "Symbol(s)"],
  ])("refuses a chunk that is neither text nor binary: %s", (chunk, shown) => {
    expect(decode(chunk)).toStrictEqual(error(`Unknown type: ${shown}`));
  });
});

describe("decoding of packets with attachments", () => {
  const head = '52-4["upload","a.bin",{"_placeholder":true,"num":0},{"thumb":{"_placeholder":true,"num":1}}]';

  it("waits for all attachments and returns an event", () => {
    const decoder = new SocketDecoder();
    expect(decoder.push(head)).toStrictEqual(PENDING);
    expect(decoder.push(BYTES)).toStrictEqual(PENDING);
    expect(decoder.push(Uint8Array.of(0, 1, 2))).toStrictEqual({
      type: 2,
      nsp: "/",
      id: 4,
      data: ["upload", "a.bin", BYTES, { thumb: Uint8Array.of(0, 1, 2) }],
    });
    expect(decoder.push('2["next"]')).toMatchObject({ data: ["next"] });
  });

  it("returns a binary ack as an ack", () => {
    expect(decode('61-4[{"_placeholder":true,"num":0}]', Uint8Array.of(10))).toStrictEqual({
      type: 3,
      nsp: "/",
      id: 4,
      data: [Uint8Array.of(10)],
    });
  });

  it("reads the namespace and the id behind the count", () => {
    expect(decode('51-/orders,0["doc",{"_placeholder":true,"num":0}]', Uint8Array.of(5))).toStrictEqual({
      type: 2,
      nsp: "/orders",
      id: 0,
      data: ["doc", Uint8Array.of(5)],
    });
  });

  it("puts chunks in place as the platform delivered them", () => {
    for (const chunk of [
      Buffer.from("a"),
      new ArrayBuffer(1),
      new Blob(["a"]),
      new DataView(new ArrayBuffer(1)),
    ]) {
      const packet = decode('51-["a",{"_placeholder":true,"num":0}]', chunk);
      if (packet?.type !== 2 || !Array.isArray(packet.data)) expect.unreachable();
      else expect(packet.data[1]).toBe(chunk);
    }
  });

  it.each([
    "5",
    "5-[]",
    "5a-[]",
    "51",
    '51["a"]',
    '5-1-["a"]',
    '51.5-["a"]',
    '5+1-["a"]',
    '5 1-["a"]',
    "6/a,-[]",
  ])("refuses the count of %s", (text) => {
    expect(decode(text)).toStrictEqual(error("Illegal attachments"));
  });

  it("CVE-2026-69185: refuses zero attachments and is ready for the next packet", () => {
    const decoder = new SocketDecoder();
    expect(decoder.push('50-["a"]')).toStrictEqual(error("Illegal attachments"));
    expect(decoder.push("600-[]")).toStrictEqual(error("Illegal attachments"));
    expect(decoder.push('2["b"]')).toMatchObject({ data: ["b"] });
  });

  it("CVE-2026-33151: accepts ten announced attachments and refuses eleven", () => {
    expect(decode('510-["x"]')).toStrictEqual(PENDING);
    expect(decode('511-["x"]')).toStrictEqual(error("too many attachments"));
    expect(decode(`5${"9".repeat(400)}-["x"]`)).toStrictEqual(error("too many attachments"));
  });

  it("CVE-2026-33151: holds to the limit that it was given", () => {
    const decoder = new SocketDecoder({ maxAttachments: 2 });
    expect(decoder.push('53-["x"]')).toStrictEqual(error("too many attachments"));
    expect(decoder.push('52-["x"]')).toStrictEqual(PENDING);
  });

  it.each(["1", "-1", "0.5", '"0"', '"length"', '"__proto__"', "null", "1e99"])(
    "CVE-2022-2421: refuses the placeholder number %s",
    (num) => {
      expect(decode(`51-["a",{"_placeholder":true,"num":${num}}]`, BYTES)).toStrictEqual(
        error("illegal attachments"),
      );
      expect(decode('51-["a",{"_placeholder":true}]', BYTES)).toStrictEqual(error("illegal attachments"));
    },
  );

  it("puts one attachment in ten places and refuses eleven, which would multiply it for whoever relays it", () => {
    const places = (count: number) => `51-["a"${',{"_placeholder":true,"num":0}'.repeat(count)}]`;
    expect(decode(places(10), BYTES)).toMatchObject({ data: ["a", ...new Array(10).fill(BYTES)] });
    expect(decode(places(11), BYTES)).toStrictEqual(error("illegal attachments"));
  });

  it("refuses text in the midst of a packet, and forgets that packet", () => {
    const decoder = new SocketDecoder();
    decoder.push(head);
    expect(decoder.push('2["a"]')).toStrictEqual(error("got plaintext data when reconstructing a packet"));
    expect(decoder.push('2["a"]')).toMatchObject({ data: ["a"] });
  });

  it("refuses binary that no packet announced", () => {
    expect(decode(BYTES)).toStrictEqual(error("got binary data when not reconstructing a packet"));
    expect(decode('51-["a"]', BYTES, BYTES)).toStrictEqual(
      error("got binary data when not reconstructing a packet"),
    );
  });

  it("forgets a partial packet on reset", () => {
    const decoder = new SocketDecoder();
    decoder.push(head);
    decoder.reset();
    expect(decoder.push(BYTES)).toStrictEqual(error("got binary data when not reconstructing a packet"));
  });

  it("does not call the reviver for attachments", () => {
    const seen: unknown[] = [];
    const decoder = new SocketDecoder({ reviver: (_key, value) => seen.push(value) && value });
    decoder.push('51-["a",{"_placeholder":true,"num":0}]');
    decoder.push(BYTES);
    expect(seen).not.toContain(BYTES);
  });
});

describe("what was encoded", () => {
  const nsp = fc.oneof(fc.constant("/"), fc.stringMatching(/^\/[a-z0-9?=_-]{1,10}$/));
  const id = fc.option(fc.nat({ max: Number.MAX_SAFE_INTEGER }), { nil: undefined });
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue({ noUnicodeString: false }),
      fc.uint8Array({ maxLength: 4 }),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie("value"), { maxKeys: 3 }),
    ),
  }));
  const name = fc.oneof(
    fc.string({ unit: "binary" }).filter((text) => !/^(connect|disconnect|newL|removeL)/.test(text)),
    fc.integer(),
  );

  /** Both ways of `data` as text, so that members called `__proto__` and bytes compare as well. */
  function show(data: unknown): string {
    return JSON.stringify(data, (_key, member) =>
      member instanceof Uint8Array ? `bytes ${member}` : member,
    );
  }

  it("is decoded to itself, attachments and all", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(2 as const, 3 as const),
        nsp,
        id,
        name,
        fc.array(value),
        (type, nsp, id, name, args) => {
          const packet: SocketPacket = { type, nsp, id, data: [name, ...args] };
          const encoded = encodeSocketPacket(packet);
          const chunks = typeof encoded === "string" ? [encoded] : [encoded.text, ...encoded.attachments];
          const decoder = new SocketDecoder({ maxAttachments: Number.POSITIVE_INFINITY });
          const results = chunks.map((chunk) => decoder.push(chunk));
          expect(results.slice(0, -1)).toStrictEqual(results.slice(0, -1).map(() => PENDING));
          expect(show(results.at(-1))).toBe(show({ type, nsp, data: packet.data, id }));
        },
      ),
    );
  });

  it("is decoded to itself for the packets that carry no arguments", () => {
    const data = fc.option(fc.dictionary(fc.string(), fc.jsonValue()), { nil: undefined });
    fc.assert(
      fc.property(fc.constantFrom(0 as const, 4 as const), nsp, data, (type, nsp, data) => {
        const encoded = encodeSocketPacket({ type, nsp, data });
        expect(JSON.stringify(decode(encoded))).toBe(JSON.stringify({ type, nsp, data }));
      }),
    );
  });

  it("may be anything: every sequence of chunks is answered by values", () => {
    const chunk = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.stringMatching(/^[0-6]{1,2}-?(\/[a-z]*,)?[0-9]?[[\]{}",a:0-9]{0,12}$/),
      fc.uint8Array(),
      fc.anything(),
    );
    fc.assert(
      fc.property(fc.array(chunk), (chunks) => {
        const decoder = new SocketDecoder();
        for (const each of chunks) expect(decoder.push(each)).toHaveProperty("type");
      }),
    );
  });
});
