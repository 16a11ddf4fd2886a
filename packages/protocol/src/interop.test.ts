// Our codecs against upstream's published ones: what either encodes, the other decodes.

import { createRequire } from "node:module";
import * as upstreamEngine from "engine.io-parser";
import fc from "fast-check";
import * as upstreamSocket from "socket.io-parser";
import { describe, expect, it } from "vitest";
import type { Base64 } from "./base64.ts";
import { decodeTextPacket, ENGINE_PACKET_TYPES, encodePacketAsText } from "./engine-packet.ts";
import { decodePayload, encodePayload, RECORD_SEPARATOR } from "./engine-payload.ts";
import { decodeV3BinaryPayload, decodeV3TextPayload, encodeV3Payload } from "./engine-v3.ts";
import { isPacketValid } from "./packet-shape.ts";
import { SocketDecoder } from "./socket-decoder.ts";
import { encodeSocketPacket, type SocketPacket } from "./socket-packet.ts";
import { encodeFrame, FrameDecoder } from "./webtransport-frames.ts";

const base64: Base64 = {
  encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
  decode: (text) => Buffer.from(text, "base64"),
};

/** A packet as text in which bytes of every class look alike and absent members do not show. */
function show(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, member) {
    const raw = this[key];
    return raw instanceof Uint8Array ? `bytes ${Buffer.from(raw).toString("hex")}` : member;
  });
}

function showPacket({
  type,
  nsp,
  data,
  id,
}: {
  type?: unknown;
  nsp?: unknown;
  data?: unknown;
  id?: unknown;
}): string {
  return show({ type, nsp, data, id });
}

// --- Socket.IO -----------------------------------------------------------------------------------------------

function encodeOurs(packet: SocketPacket): unknown[] {
  const encoded = encodeSocketPacket(packet);
  return typeof encoded === "string" ? [encoded] : [encoded.text, ...encoded.attachments];
}

function encodeTheirs(packet: SocketPacket): unknown[] {
  return new upstreamSocket.Encoder().encode({ ...packet } as upstreamSocket.Packet);
}

/** What each decoder makes of the chunks: packets, and `error: <message>` up to which they are compared. */
function decodeOurs(chunks: readonly unknown[]): string[] {
  const decoder = new SocketDecoder();
  const seen: string[] = [];
  for (const chunk of chunks) {
    const result = decoder.push(chunk);
    if (result.type === "error") return [...seen, `error: ${result.message}`];
    if (result.type !== "pending") seen.push(showPacket(result));
  }
  return seen;
}

function decodeTheirs(chunks: readonly unknown[]): string[] {
  const decoder = new upstreamSocket.Decoder();
  const seen: string[] = [];
  decoder.on("decoded", (packet) => seen.push(showPacket(packet)));
  try {
    for (const chunk of chunks) decoder.add(chunk);
  } catch (thrown) {
    seen.push(`error: ${thrown instanceof Error ? thrown.message : thrown}`);
  }
  return seen;
}

const nsp = fc.oneof(fc.constant("/"), fc.stringMatching(/^\/[a-z0-9?=_-]{1,10}$/));
const id = fc.option(fc.nat(), { nil: undefined });
// Upstream loses a member called __proto__ next to binary.
const key = fc.string().filter((text) => text !== "__proto__");
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3 }),
  ),
}));
const name = fc.oneof(fc.stringMatching(/^[A-Z]{0,5}$/), fc.integer());
const packets: fc.Arbitrary<SocketPacket> = fc.oneof(
  fc.record({
    type: fc.constant(0 as const),
    nsp,
    data: fc.option(fc.dictionary(key, fc.string()), { nil: undefined }),
  }),
  fc.record({ type: fc.constant(1 as const), nsp }),
  fc.record({ type: fc.constant(2 as const), nsp, id, data: fc.tuple(name, value, value) }),
  fc.record({ type: fc.constant(3 as const), nsp, id: fc.nat(), data: fc.array(value, { maxLength: 3 }) }),
  fc.record({ type: fc.constant(4 as const), nsp, data: fc.dictionary(key, fc.string()) }),
);

describe("socket packets, between socket.io-parser and ours", () => {
  it("are encoded to the same chunks, and decoded alike by both", () => {
    fc.assert(
      fc.property(packets, (packet) => {
        const ours = encodeOurs(packet);
        expect(ours.map(show)).toStrictEqual(encodeTheirs(packet).map(show));
        expect(decodeOurs(ours)).toStrictEqual(decodeTheirs(ours));
      }),
      { numRuns: 500 },
    );
  });

  it("that are malformed are refused with the same words", () => {
    const count = fc.stringMatching(/^(0|-1|1|2|10|11|1\.5|a|)$/);
    const head = fc.oneof(
      fc.stringMatching(/^[0-47-9a-z]$/),
      fc.tuple(fc.constantFrom("5", "6"), count).map((parts) => `${parts.join("")}-`),
    );
    const payload = fc.constantFrom(
      "",
      "[]",
      "{}",
      "null",
      '"x"',
      "[null]",
      "[1]",
      '["a"]',
      '["connect"]',
      '["newListener",1]',
      '["error"]',
      '["a"',
      '["a",{"_placeholder":true,"num":0}]',
      '["a",{"_placeholder":true,"num":1}]',
      '["a",{"_placeholder":true,"num":"0"}]',
      '["a",{"_placeholder":true}]',
      '["a",{"_placeholder":false,"num":9}]',
    );
    const text = fc.tuple(
      head,
      fc.constantFrom("", "/a,", "/a", "/,"),
      fc.constantFrom("", "0", "12"),
      payload,
    );
    const chunk = fc.oneof(
      text.map((parts) => parts.join("")),
      fc.constant(Buffer.from([1, 2])),
      fc.constantFrom(42, true, {}),
    );
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 1, maxLength: 3 }), (chunks) => {
        expect(decodeOurs(chunks)).toStrictEqual(decodeTheirs(chunks));
      }),
      { numRuns: 3_000 },
    );
  });

  it("are judged alike by isPacketValid", () => {
    const packet = fc.record(
      {
        type: fc.constantFrom<unknown>(0, 1, 2, 3, 4, 5, 6, 7, -1),
        nsp: fc.constantFrom<unknown>("/", "/a", 1, null),
        data: fc.constantFrom<unknown>(
          undefined,
          null,
          "a",
          {},
          [],
          ["a"],
          [1],
          [null],
          ["disconnect"],
          new Date(0),
          5,
        ),
        id: fc.constantFrom<unknown>(undefined, 0, 1, 0.5, "1", null),
      },
      { requiredKeys: ["type", "nsp"] },
    );
    fc.assert(
      fc.property(packet, (each) => {
        expect(isPacketValid(each)).toBe(upstreamSocket.isPacketValid(each as upstreamSocket.Packet));
      }),
      { numRuns: 2_000 },
    );
  });
});

// --- Engine.IO, revision 4 -----------------------------------------------------------------------------------

const enginePackets = fc.array(
  fc.oneof(
    fc.record({ type: fc.constantFrom(...ENGINE_PACKET_TYPES) }),
    fc.record({
      type: fc.constantFrom(...ENGINE_PACKET_TYPES),
      data: fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(RECORD_SEPARATOR, "")),
    }),
    fc.record({
      type: fc.constant("message" as const),
      data: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    }),
  ),
  { minLength: 1 },
);

describe("engine packets, between engine.io-parser and ours", () => {
  it("are encoded to the same payload, and decoded alike by both", () => {
    fc.assert(
      fc.property(enginePackets, (packets) => {
        const ours = encodePayload(packets, base64);
        upstreamEngine.encodePayload(
          packets.map((packet) => ({ ...packet })),
          (theirs) => expect(ours).toBe(theirs),
        );
        expect(decodePayload(ours, base64)).toStrictEqual(upstreamEngine.decodePayload(ours, "nodebuffer"));
      }),
    );
  });

  it("are decoded alike when the payload is garbage", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`0123456789bB A=+/${RECORD_SEPARATOR}`) }), (body) => {
        expect(decodePayload(body, base64)).toStrictEqual(upstreamEngine.decodePayload(body, "nodebuffer"));
      }),
      { numRuns: 1_000 },
    );
  });

  it("are encoded alike one by one", () => {
    fc.assert(
      fc.property(enginePackets, (packets) => {
        for (const packet of packets) {
          const ours = encodePacketAsText(packet, base64);
          upstreamEngine.encodePacket({ ...packet }, false, (theirs) => expect(ours).toBe(theirs));
          expect(decodeTextPacket(ours, base64)).toStrictEqual(
            upstreamEngine.decodePacket(ours, "nodebuffer"),
          );
        }
      }),
    );
  });

  it("are framed alike for WebTransport, and read by both from each other", async () => {
    const sample = fc.sample(enginePackets, 20).flat();
    const sendable = sample.filter((packet) => encodeFrame(packet) !== undefined);
    const ours = Buffer.concat(sendable.map((packet) => encodeFrame(packet) ?? new Uint8Array()));
    const theirs = await throughStream(upstreamEngine.createPacketEncoderStream(), sendable);
    const theirBytes = Buffer.concat(theirs.map((part) => (part instanceof Uint8Array ? part : Buffer.of())));
    expect(ours.equals(theirBytes)).toBe(true);
    const decoded = new FrameDecoder({ maxPayloadBytes: 1e6, base64 }).push(theirBytes);
    const upstreamDecoded = await throughStream(upstreamEngine.createPacketDecoderStream(1e6, "nodebuffer"), [
      ours,
    ]);
    expect(decoded.map(show)).toStrictEqual(upstreamDecoded.map(show));
  });
});

async function throughStream(stream: TransformStream, inputs: readonly unknown[]): Promise<unknown[]> {
  const writer = stream.writable.getWriter();
  const written = (async () => {
    for (const input of inputs) await writer.write(input);
    await writer.close();
  })();
  const outputs: unknown[] = [];
  const reader = stream.readable.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) outputs.push(next.value);
  await written;
  return outputs;
}

// --- Engine.IO, revision 3 -----------------------------------------------------------------------------------

/** The codec inside the client of version 2, as far as it is called here. */
interface V3Codec {
  encodePayload(packets: unknown[], supportsBinary: boolean, callback: (body: string | Buffer) => void): void;
  decodePayload(body: string | Buffer, binaryType: string, callback: (packet: unknown) => unknown): void;
}

const requireFromV2 = createRequire(
  createRequire(import.meta.url).resolve("socket.io-client-v2/package.json"),
);
const v3: V3Codec = requireFromV2("engine.io-parser");

function decodeV3Theirs(body: string | Buffer): unknown[] {
  const decoded: unknown[] = [];
  v3.decodePayload(body, "nodebuffer", (packet) => {
    decoded.push(packet);
  });
  return decoded;
}

const v3Packets = fc.array(
  fc.oneof(
    fc.record({ type: fc.constantFrom(...ENGINE_PACKET_TYPES) }),
    fc.record({
      type: fc.constantFrom(...ENGINE_PACKET_TYPES),
      data: fc.string({ unit: "grapheme", minLength: 1 }),
    }),
    fc.record({
      type: fc.constant("message" as const),
      data: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    }),
  ),
);

describe("engine packets of revision 3, between the codec of socket.io-client 2 and ours", () => {
  it.each([true, false])(
    "are encoded to the same payload and decoded alike, binary supported: %s",
    (supportsBinary) => {
      fc.assert(
        fc.property(v3Packets, (packets) => {
          const ours = encodeV3Payload(packets, supportsBinary, base64);
          v3.encodePayload(
            packets.map((packet) => ({ ...packet })),
            supportsBinary,
            (theirs) => {
              expect(show(ours)).toBe(show(theirs));
            },
          );
          const isText = typeof ours === "string";
          if (ours === "0:") return;
          const decoded = isText ? decodeV3TextPayload(ours, base64) : decodeV3BinaryPayload(ours, base64);
          const theirs = decodeV3Theirs(isText ? ours : Buffer.from(ours));
          expect(decoded.map(show)).toStrictEqual(theirs.map(show));
        }),
      );
    },
  );

  it.each(["", "abc", "5:4a", "1:z", "2:4a3", "2:4a3:4b", ":4", "0:1:2"])(
    "are decoded alike from %j",
    (body) => {
      expect(decodeV3TextPayload(body, base64).map(show)).toStrictEqual(decodeV3Theirs(body).map(show));
    },
  );
});
