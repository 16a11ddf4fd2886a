// Ours against upstream's published parser, and against upstream's standard codec: what either encodes, the other
// decodes, and what both encode is the same bytes.

import { createRequire } from "node:module";
import fc from "fast-check";
import * as upstreamStandard from "socket.io-parser";
import { describe, expect, it } from "vitest";
import * as msgpack from "./msgpack-parser.ts";
import type { SocketPacket } from "./socket-packet.ts";
import * as standard from "./standard-parser.ts";

interface AnyDecoder {
  on(event: string, listener: (packet: Packet) => void): unknown;
  add(message: unknown): unknown;
}

// Its own declarations are wrong: they give `encode` one ArrayBuffer, and no listener of a decoder a packet.
const upstreamMsgpack: {
  readonly Encoder: new () => { encode(packet: unknown): unknown[] };
  readonly Decoder: new () => AnyDecoder;
} = createRequire(import.meta.url)("socket.io-msgpack-parser");

function decodeAll(decoder: AnyDecoder, messages: readonly unknown[]): Packet[] {
  const packets: Packet[] = [];
  decoder.on("decoded", (packet: Packet) => packets.push(packet));
  for (const message of messages) decoder.add(message);
  return packets;
}

interface Packet {
  readonly type?: unknown;
  readonly nsp?: unknown;
  readonly data?: unknown;
  readonly id?: unknown;
}

function hexOf(messages: readonly unknown[]): string[] {
  return messages.map((message) => Buffer.from(Object(message)).toString("hex"));
}

function toBuffers(messages: readonly unknown[]): Buffer[] {
  return messages.map((message) => Buffer.from(Object(message)));
}

/** The members of a packet that the protocol knows. */
function known({ type, nsp, data, id }: Packet): Packet {
  return { type, nsp, data, id };
}

// What both sides write alike: no binary but Buffers, and no text with half a surrogate pair.
const wellFormed = fc.string({ unit: "grapheme", maxLength: 300 });
const key = wellFormed.filter((name) => name !== "__proto__" && name !== "toJSON");
const leaf = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -40, max: 300 }),
  fc.integer(),
  fc.double().filter((number) => !Number.isInteger(number) || Number.isSafeInteger(number)),
  fc.constantFrom(
    0,
    -0,
    2 ** 32,
    2 ** 32 - 1,
    -(2 ** 31),
    -(2 ** 31) - 1,
    65_535,
    65_536,
    128,
    255,
    256,
    -32,
    -33,
  ),
  wellFormed,
  fc.constantFrom("x".repeat(31), "x".repeat(32), "x".repeat(255), "x".repeat(256), "é☕😀".repeat(8000)),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "small", withCrossShrink: true }, leaf, tie("list"), tie("object")),
  list: fc.array(tie("value"), { maxLength: 20 }),
  object: fc.dictionary(key, tie("value"), { maxKeys: 20 }),
}));
const packet: fc.Arbitrary<SocketPacket> = fc.oneof(
  fc.record({
    type: fc.constant(2 as const),
    nsp: fc.constantFrom("/", "/orders", "/é"),
    data: fc.array(value, { maxLength: 4 }).map((args) => ["e", ...args]),
    ...{ id: fc.option(fc.nat(), { nil: undefined }), options: fc.constant({ compress: true }) },
  }),
  fc.record({
    type: fc.constant(3 as const),
    data: fc.array(value, { maxLength: 4 }),
    id: fc.nat(),
    nsp: fc.constant("/"),
  }),
  fc.record({ type: fc.constant(0 as const), data: fc.constant(undefined), nsp: fc.constant("/") }),
  fc.record({ type: fc.constant(1 as const), nsp: fc.constant("/a") }),
);

describe("our MessagePack and socket.io-msgpack-parser", () => {
  const ours = new msgpack.Encoder();
  const theirs = new upstreamMsgpack.Encoder();

  it("write the same bytes, and read the same of them", () => {
    fc.assert(
      fc.property(packet, (sent) => {
        const messages = ours.encode(sent);
        expect(hexOf(messages)).toEqual(hexOf(theirs.encode(sent)));
        const buffers = toBuffers(messages);
        const [byOurs] = decodeAll(new msgpack.Decoder(), buffers);
        const [byTheirs] = decodeAll(new upstreamMsgpack.Decoder(), buffers);
        expect(byOurs).toEqual(known(byTheirs ?? {}));
      }),
      { numRuns: 500 },
    );
  });

  it("agree on objects that say how they are encoded", () => {
    const data = [
      "e",
      { at: { toJSON: () => new Date(5) }, skip() {} },
      new Map([[1, 2]]),
      new (class A {
        x = 1;
      })(),
      Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } }),
    ];
    expect(hexOf(ours.encode({ type: 2, nsp: "/", data }))).toEqual(
      hexOf(theirs.encode({ type: 2, nsp: "/", data })),
    );
  });

  it("ours reads binary of every class that theirs writes", () => {
    const data = ["e", Uint8Array.of(1), new ArrayBuffer(8), Buffer.of(2)];
    const [read] = decodeAll(new msgpack.Decoder(), theirs.encode({ type: 2, nsp: "/", data }));
    expect(read?.data).toEqual(["e", Uint8Array.of(1).buffer, new ArrayBuffer(8), Buffer.of(2)]);
  });

  it("A22: theirs reads binary of every class that ours writes, with the bytes of its own window", () => {
    const data = ["e", Uint8Array.of(0, 1, 2).subarray(1), new ArrayBuffer(8), Uint16Array.of(2)];
    const messages = toBuffers(ours.encode({ type: 2, nsp: "/", data }));
    const [read] = decodeAll(new upstreamMsgpack.Decoder(), messages);
    expect(read?.data).toEqual(["e", Buffer.of(1, 2), Buffer.alloc(8), Buffer.of(2, 0)]);
  });

  it("agree on numbers beyond 53 bits, which ours writes as floats", () => {
    for (const number of [2 ** 53, -(2 ** 53), 2 ** 60, -(2 ** 63), 2 ** 63]) {
      const sent: SocketPacket = { type: 2, nsp: "/", data: ["e", number] };
      const [byTheirs] = decodeAll(new upstreamMsgpack.Decoder(), toBuffers(ours.encode(sent)));
      const [byOurs] = decodeAll(new msgpack.Decoder(), theirs.encode(sent));
      expect(byTheirs?.data).toEqual(sent.data);
      expect(byOurs?.data).toEqual(sent.data);
    }
  });

  it("refuse the same packets; ours also events without a proper name and unsafe ids, and it takes nil for nothing", () => {
    const member = fc.oneof(
      fc.constantFrom(undefined, 0, 1, 2, 3, 4, 5, "/", "x"),
      fc.anything({ withDate: true, key }),
    );
    const list = fc.array(fc.constantFrom<unknown>("e", 1, "disconnect"), { maxLength: 2 });
    const anyPacket = fc.record(
      {
        type: fc.oneof(fc.nat(5), member),
        nsp: fc.oneof(fc.constant("/"), member),
        data: fc.oneof(list, member),
        id: member,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyPacket, (sent) => {
        if (sent.data === null || sent.id === null || isUnsafe(sent.id)) return;
        const message = attempt(() => theirs.encode(sent)[0]);
        if (!(message instanceof Uint8Array)) return;
        const byTheirs = attempt(() => decodeAll(new upstreamMsgpack.Decoder(), [message])[0]);
        const byOurs = attempt(() => decodeAll(new msgpack.Decoder(), [message])[0]);
        if (byTheirs instanceof Error || !isStricter(byTheirs))
          expect(outcome(byOurs)).toEqual(outcome(byTheirs));
        else expect(byOurs).toBeInstanceOf(Error);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("our standard parser and socket.io-parser", () => {
  const ours = new standard.Encoder();

  it("write and read the same", () => {
    fc.assert(
      fc.property(packet, (sent) => {
        const messages = ours.encode(sent);
        expect(messages).toEqual(
          new upstreamStandard.Encoder().encode({ ...sent } as upstreamStandard.Packet),
        );
        const [byOurs] = decodeAll(new standard.Decoder({ maxAttachments: 1000 }), messages);
        const theirs = new upstreamStandard.Decoder({ maxAttachments: 1000 });
        const [byTheirs] = decodeAll(theirs, messages);
        expect(byOurs).toEqual(known(byTheirs ?? {}));
      }),
    );
  });

  it("take a replacer and a reviver", () => {
    const replacer = (_key: string, member: unknown): unknown =>
      typeof member === "bigint" ? `${member}n` : member;
    const reviver = (_key: string, member: unknown): unknown => (member === "1n" ? 1n : member);
    const messages = new standard.Encoder(replacer).encode({ type: 2, nsp: "/", data: ["e", 1n] });
    expect(messages).toEqual(['2["e","1n"]']);
    expect(decodeAll(new standard.Decoder(reviver), messages)[0]?.data).toEqual(["e", 1n]);
    expect(decodeAll(new standard.Decoder({ reviver }), messages)[0]?.data).toEqual(["e", 1n]);
  });

  it("SIO §37: a packet of a binary type is encoded by its data", () => {
    const binary = ours.encode({ type: 5, nsp: "/", data: ["e", Uint8Array.of(1)], id: 3 });
    expect(binary).toEqual(['51-3["e",{"_placeholder":true,"num":0}]', Uint8Array.of(1)]);
    expect(ours.encode({ type: 6, nsp: "/", data: [1], id: 3 })).toEqual(["33[1]"]);
  });
});

function attempt<Result>(action: () => Result): Result | Error {
  try {
    return action();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function isUnsafe(id: unknown): boolean {
  return typeof id === "number" && Number.isInteger(id) && !Number.isSafeInteger(id);
}

function isStricter(packet: Packet | undefined): boolean {
  const { type, data } = packet ?? {};
  const [name]: unknown[] = Array.isArray(data) ? data : [];
  return type === 2 && !(typeof name === "number" || (typeof name === "string" && name !== "disconnect"));
}

function outcome(result: Packet | Error | undefined): unknown {
  return result instanceof Error ? "refused" : known(result ?? {});
}
