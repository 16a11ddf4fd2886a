import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Inflater } from "./inflater.ts";
import { type Incoming, MessageReader } from "./message-reader.ts";
import { clientFrame, type RawFrame, rawFrame } from "./testing/raw-frame.ts";

const LIMITS = { maxPayloadBytes: 3_000_000, maxFragments: 1024 };

/** What was read, in words. */
function describeIncoming(incoming: Incoming): string {
  switch (incoming.kind) {
    case "text":
      return `text ${incoming.text}`;
    case "close":
      return `close ${incoming.code} ${incoming.reason}`;
    case "error":
      return `error ${incoming.error.closeCode} ${incoming.error.message}`;
    default:
      return `${incoming.kind} ${incoming.bytes.toString("hex")}`;
  }
}

function readChunks(reader: MessageReader, chunks: readonly Buffer[]): string[] {
  const found: string[] = [];
  for (const chunk of chunks) {
    reader.push(Buffer.from(chunk));
    for (let next = reader.read(); next !== undefined; next = reader.read()) {
      found.push(describeIncoming(next));
      if (next.kind === "error") return found;
    }
  }
  return found;
}

function read(frames: readonly Omit<RawFrame, "mask">[], limits = LIMITS): string[] {
  return readChunks(new MessageReader(true, limits, undefined), frames.map(clientFrame));
}

const text = (payload: string | Uint8Array, fin = true): RawFrame => ({ opcode: 1, payload, fin });
const binary = (payload: string | Uint8Array, fin = true): RawFrame => ({ opcode: 2, payload, fin });
const more = (payload: string | Uint8Array, fin = true): RawFrame => ({ opcode: 0, payload, fin });
const ping = (payload = ""): RawFrame => ({ opcode: 9, payload });
const close = (hex: string): RawFrame => ({ opcode: 8, payload: Buffer.from(hex, "hex") });

/** The cases that a conformance suite for RFC 6455 runs through, in its order: framing, pings, bits, … */
const CASES: readonly (readonly [string, readonly RawFrame[], readonly string[]])[] = [
  ["1.1 empty text", [text("")], ["text "]],
  ["1.2 empty binary", [binary("")], ["binary "]],
  ["2.1 ping without payload", [ping()], ["ping "]],
  ["2.4 ping of 125 bytes", [ping("p".repeat(125))], [`ping ${"70".repeat(125)}`]],
  ["2.5 ping of 126 bytes", [ping("p".repeat(126))], ["error 1002 control frame exceeds 125 bytes"]],
  ["2.7 pong unasked", [{ opcode: 10 }], ["pong "]],
  ["3.1 reserved bit", [{ ...text("x"), rsv: 1 }], ["error 1002 reserved bits of a frame are set"]],
  [
    "3.2 reserved bit after a message",
    [text("a"), { ...text("x"), rsv: 2 }],
    ["text a", "error 1002 reserved bits of a frame are set"],
  ],
  ["3.4 RSV1 without deflate", [{ ...text("x"), rsv: 4 }], ["error 1002 reserved bit 1 of a frame is set"]],
  ["4.1.1 reserved opcode 3", [{ opcode: 3 }], ["error 1002 reserved opcode 3"]],
  ["4.2.1 reserved opcode 11", [{ opcode: 11 }], ["error 1002 reserved opcode 11"]],
  [
    "5.1 ping in two frames",
    [{ ...ping("a"), fin: false }, more("b")],
    ["error 1002 control frame is fragmented"],
  ],
  ["5.3 text in two frames", [text("frag", false), more("ment")], ["text fragment"]],
  ["5.6 ping between fragments", [text("a", false), ping("p"), more("b")], ["ping 70", "text ab"]],
  [
    "5.9 continuation of nothing",
    [more("x")],
    ["error 1002 continuation frame without a message to continue"],
  ],
  [
    "5.10 open continuation of nothing",
    [more("x", false)],
    ["error 1002 continuation frame without a message to continue"],
  ],
  [
    "5.15 continuation after the end",
    [text("a", false), more("b"), more("c")],
    ["text ab", "error 1002 continuation frame without a message to continue"],
  ],
  [
    "5.18 text inside a message",
    [text("a", false), text("b")],
    ["error 1002 message begins inside a fragmented one"],
  ],
  [
    "5.19 binary inside a text",
    [text("a", false), binary("b", false)],
    ["error 1002 message begins inside a fragmented one"],
  ],
  ["5.20 empty fragments", [binary("", false), more("", false), more("")], ["binary "]],
  ["6.1.1 empty text in three frames", [text("", false), more("", false), more("")], ["text "]],
  [
    "6.2.3 text split inside a character",
    [text(Buffer.from("c3", "hex"), false), more(Buffer.from("bc", "hex"))],
    ["text ü"],
  ],
  [
    "6.3.1 text not UTF-8",
    [text(Buffer.from("cebae1bdb9eda080", "hex"))],
    ["error 1007 text message is not UTF-8"],
  ],
  [
    "6.3.2 text not UTF-8 across frames",
    [text(Buffer.from("eda0", "hex"), false), more(Buffer.from("80", "hex"))],
    ["error 1007 text message is not UTF-8"],
  ],
  [
    "6.4 a character left unfinished",
    [text(Buffer.from("61c3", "hex"), false), more("")],
    ["error 1007 text message is not UTF-8"],
  ],
  ["7.3.1 empty close", [close("")], ["close 1005 "]],
  ["7.3.2 close of one byte", [close("03")], ["error 1002 close frame with half a status code"]],
  ["7.3.3 close with code", [close("03e8")], ["close 1000 "]],
  ["7.3.4 close with reason", [close("03e8627965")], ["close 1000 bye"]],
  [
    "7.3.5 close with the longest reason",
    [close(`0bb8${"78".repeat(123)}`)],
    [`close 3000 ${"x".repeat(123)}`],
  ],
  [
    "7.3.6 close of 126 bytes",
    [close(`0bb8${"78".repeat(124)}`)],
    ["error 1002 control frame exceeds 125 bytes"],
  ],
  ["7.5.1 close reason not UTF-8", [close("03e8cebae1bdb9eda080")], ["error 1007 close reason is not UTF-8"]],
  ["7.9.1 close code 0", [close("0000")], ["error 1002 close code 0 is not allowed"]],
  ["7.9.2 close code 999", [close("03e7")], ["error 1002 close code 999 is not allowed"]],
  ["7.9.3 close code 1004", [close("03ec")], ["error 1002 close code 1004 is not allowed"]],
  ["7.9.4 close code 1005", [close("03ed")], ["error 1002 close code 1005 is not allowed"]],
  ["7.9.5 close code 1006", [close("03ee")], ["error 1002 close code 1006 is not allowed"]],
  ["7.9.6 close code 1015", [close("03f7")], ["error 1002 close code 1015 is not allowed"]],
  ["7.9.9 close code 2999", [close("0bb7")], ["error 1002 close code 2999 is not allowed"]],
  ["7.13.1 close code 5000", [close("1388")], ["error 1002 close code 5000 is not allowed"]],
  ["7.13.2 close code 65535", [close("ffff")], ["error 1002 close code 65535 is not allowed"]],
  [
    "10.1.1 binary in frames of 1300 bytes",
    [binary(Buffer.alloc(1300), false), more(Buffer.alloc(1300))],
    [`binary ${"00".repeat(2600)}`],
  ],
];

describe("MessageReader", () => {
  it.each(CASES)("case %s", (_, frames, expected) => {
    expect(read(frames)).toEqual(expected);
  });

  it("reads every message alike, split at every byte boundary and coalesced", () => {
    const frames = [
      text("short"),
      binary("0123456789"),
      text("ü€", false),
      ping("between"),
      more("😀"),
      text("x".repeat(130)),
      close("03e8627965"),
    ];
    const bytes = Buffer.concat(frames.map(clientFrame));
    const expected = read(frames);
    expect(expected).toHaveLength(6);
    for (let at = 0; at <= bytes.length; at++) {
      const reader = new MessageReader(true, LIMITS, undefined);
      expect(readChunks(reader, [bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
    }
    const single = Array.from(bytes, (byte) => Buffer.from([byte]));
    expect(readChunks(new MessageReader(true, LIMITS, undefined), single)).toEqual(expected);
  });

  it("gives back any messages, however they are fragmented and chunked", () => {
    const message = fc.record({
      content: fc.oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.uint8Array({ maxLength: 300 })),
      cuts: fc.array(fc.nat(600), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 10 }),
        fc.boolean(),
        (messages, sizes, isServer) => {
          const toFrame = isServer ? clientFrame : rawFrame;
          const bytes = Buffer.concat(
            messages.flatMap(({ content, cuts }) => fragment(content, cuts).map((frame) => toFrame(frame))),
          );
          const chunks: Buffer[] = [];
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = sizes[i % sizes.length] ?? 1;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          const expected = messages.map(({ content }) =>
            typeof content === "string"
              ? `text ${content}`
              : `binary ${Buffer.from(content).toString("hex")}`,
          );
          expect(readChunks(new MessageReader(isServer, LIMITS, undefined), chunks)).toEqual(expected);
        },
      ),
    );
  });

  it("holds the size limit on both sides of its edge, for one frame and for several", () => {
    const limits = { maxPayloadBytes: 1000, maxFragments: 1024 };
    const tooBig = ["error 1009 message of more than 1000 bytes"];
    expect(read([binary(Buffer.alloc(1000))], limits)).toEqual([`binary ${"00".repeat(1000)}`]);
    expect(read([binary(Buffer.alloc(1001))], limits)).toEqual(tooBig);
    expect(read([binary(Buffer.alloc(600), false), more(Buffer.alloc(400))], limits)).toHaveLength(1);
    expect(read([binary(Buffer.alloc(600), false), more(Buffer.alloc(401))], limits)).toEqual(tooBig);
  });

  it("takes a message of 1,024 frames and refuses one of 1,025 with 1008", () => {
    const frames = (count: number): RawFrame[] => [
      text("a", false),
      ...Array.from({ length: count - 2 }, () => more("a", false)),
      more("a"),
    ];
    expect(read(frames(1024))).toEqual([`text ${"a".repeat(1024)}`]);
    expect(read(frames(1025))).toEqual(["error 1008 message of more than 1024 frames"]);
  });

  it("reads a message of 2 MB from chunks of 64 KiB", () => {
    const payload = Buffer.alloc(2_000_000, 0x61);
    const bytes = clientFrame({ opcode: 1, payload });
    const reader = new MessageReader(true, LIMITS, undefined);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += 65_536) chunks.push(bytes.subarray(at, at + 65_536));
    expect(readChunks(reader, chunks)).toEqual([`text ${payload.toString()}`]);
  });

  it("delivers a small binary message without the chunk that it came in, and a large one without a copy", () => {
    const reader = new MessageReader(true, LIMITS, undefined);
    const chunk = Buffer.alloc(65_536);
    clientFrame({ opcode: 2, payload: "tiny" }).copy(chunk, 0);
    reader.push(chunk.subarray(0, 10));
    const tiny = reader.read();
    expect(tiny?.kind === "binary" && tiny.bytes.buffer !== chunk.buffer).toBe(true);
    const large = Buffer.alloc(60_000);
    const frame = Buffer.from(clientFrame({ opcode: 2, payload: large }).buffer);
    reader.push(frame);
    const read = reader.read();
    expect(read?.kind === "binary" && read.bytes.buffer === frame.buffer).toBe(true);
  });
});

describe("MessageReader with deflate", () => {
  const deflated = (content: string | Buffer): Buffer => {
    const bytes = deflateRawSync(content, { finishFlush: 2 });
    return bytes.subarray(0, bytes.length - 4);
  };
  const readDeflated = (frames: readonly RawFrame[], limits = LIMITS): string[] =>
    readChunks(new MessageReader(true, limits, new Inflater(15)), frames.map(clientFrame));

  it("inflates a message in one frame and in several, beside messages that are not deflated", () => {
    const bytes = deflated("hello ü");
    expect(
      readDeflated([
        { opcode: 1, rsv: 4, payload: bytes },
        text("plain"),
        { opcode: 2, rsv: 4, payload: bytes.subarray(0, 3), fin: false },
        ping("p"),
        more(bytes.subarray(3)),
      ]),
    ).toEqual(["text hello ü", "text plain", "ping 70", `binary ${Buffer.from("hello ü").toString("hex")}`]);
  });

  it("reads every deflated message alike, split at every byte boundary", () => {
    const bytes = clientFrame({ opcode: 1, rsv: 4, payload: deflated("split me, split me") });
    for (let at = 0; at <= bytes.length; at++) {
      const reader = new MessageReader(true, LIMITS, new Inflater(15));
      const chunks = [bytes.subarray(0, at), bytes.subarray(at)];
      expect(readChunks(reader, chunks)).toEqual(["text split me, split me"]);
    }
  });

  it("refuses RSV1 on a continuation frame", () => {
    const frames = [
      { opcode: 1, rsv: 4, payload: "x", fin: false },
      { ...more("y"), rsv: 4 },
    ];
    expect(readDeflated(frames)).toEqual(["error 1002 reserved bit 1 of a frame is set"]);
  });

  it("answers garbage with 1007, and text that is not UTF-8 with 1007", () => {
    expect(readDeflated([{ opcode: 1, rsv: 4, payload: Buffer.from("ffff", "hex") }])).toEqual([
      "error 1007 message cannot be inflated",
    ]);
    expect(readDeflated([{ opcode: 1, rsv: 4, payload: deflated(Buffer.from("eda080", "hex")) }])).toEqual([
      "error 1007 text message is not UTF-8",
    ]);
  });

  it("holds the size limit after inflating, on both sides of its edge", () => {
    const limits = { maxPayloadBytes: 1000, maxFragments: 1024 };
    expect(readDeflated([{ opcode: 2, rsv: 4, payload: deflated(Buffer.alloc(1000)) }], limits)).toHaveLength(
      1,
    );
    expect(readDeflated([{ opcode: 2, rsv: 4, payload: deflated(Buffer.alloc(1001)) }], limits)).toEqual([
      "error 1009 message of more than 1000 bytes",
    ]);
  });

  it("takes a message at the limit that grew by deflating, and refuses far more before inflating", () => {
    const limits = { maxPayloadBytes: 1000, maxFragments: 1024 };
    const stored = deflateRawSync(Buffer.alloc(1000, 7), { level: 0, finishFlush: 2 });
    expect(stored.length).toBeGreaterThan(1000);
    expect(readDeflated([{ opcode: 2, rsv: 4, payload: stored }], limits)).toHaveLength(1);
    expect(readDeflated([{ opcode: 2, rsv: 4, payload: Buffer.alloc(1200) }], limits)).toEqual([
      "error 1009 message of more than 1000 bytes",
    ]);
  });
});

function fragment(content: string | Uint8Array, cuts: readonly number[]): RawFrame[] {
  const bytes = Buffer.from(content);
  const edges = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, index) => ({
    opcode: index > 0 ? 0 : typeof content === "string" ? 1 : 2,
    payload: bytes.subarray(edges[index], end),
    fin: index === edges.length - 2,
  }));
}
