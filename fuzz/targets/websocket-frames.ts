// Arbitrary bytes as frames, in both roles, with and without deflate.
//
// Invariants: nothing throws; however the bytes are chunked, the same is read; nothing exceeds the limits; what was
// read survives being written and read again.

import { encodeClose, NO_STATUS } from "../../packages/websocket/src/close-codes.ts";
import { encodeFrame, FIN, Opcode } from "../../packages/websocket/src/frame.ts";
import { Inflater } from "../../packages/websocket/src/inflater.ts";
import { type Incoming, MessageReader } from "../../packages/websocket/src/message-reader.ts";

export const name = "websocket-frames";

export const seeds = [
  Buffer.from("0081027869" + "8200" + "8a0170" + "88050fa1627965", "hex"), // client: text, binary, pong, close
  Buffer.from("00010261c3" + "8900" + "8001bc", "hex"), // client: a character in two frames, a ping between
  Buffer.from("01818537fa213d7f9f4d5158", "hex"), // server: "Hello", masked
  Buffer.from("02c107f248cdc9c90700" + "c105f200110000", "hex"), // client: "Hello" deflated, and again by reference
  Buffer.from("0282fe0000", "hex"),
  Buffer.concat([Buffer.from("00827e0100", "hex"), Buffer.alloc(256, 0xfe)]),
];

export const tokens = [
  Buffer.from("827e007e", "hex"),
  Buffer.from("827f0000000000010000", "hex"),
  Buffer.from("827f8000000000000000", "hex"),
  Buffer.from("880203ed", "hex"),
  Buffer.from("0000", "hex"),
  Buffer.from("c100", "hex"),
  Buffer.from("eda080", "hex"),
  Buffer.from("f348cdc9c90700", "hex"),
];

const LIMITS = { maxPayloadBytes: 4096, maxFragments: 8 } as const;

/** The first byte chooses role, deflate and chunks; the rest is what the peer sends. */
export function run(bytes: Uint8Array): void {
  const seed = bytes[0] ?? 0;
  const input = Buffer.from(bytes.subarray(1));
  const isServer = (seed & 1) !== 0;
  const isDeflated = (seed & 2) !== 0;
  const whole = read([input], isServer, isDeflated);
  const step = (seed >> 2) + 1;
  const chunks: Buffer[] = [];
  for (let at = 0; at < input.length; at += step) chunks.push(input.subarray(at, at + step));
  const split = read(chunks, isServer, isDeflated);
  check(
    whole.map(inWords).join("\n") === split.map(inWords).join("\n"),
    `chunks of ${step} bytes are read unlike the whole`,
  );
  for (const [index, incoming] of whole.entries()) {
    checkLimits(incoming);
    check(incoming.kind !== "error" || index === whole.length - 1, "something was read after an error");
    checkRoundTrip(incoming);
  }
}

function read(chunks: readonly Buffer[], isServer: boolean, isDeflated: boolean): Incoming[] {
  const reader = new MessageReader(isServer, LIMITS, isDeflated ? new Inflater(15) : undefined);
  const found: Incoming[] = [];
  for (const chunk of chunks) {
    reader.push(Buffer.from(chunk)); // a reader may overwrite what it is given
    for (let next = reader.read(); next !== undefined; next = reader.read()) {
      found.push(next);
      if (next.kind === "error") return found;
    }
  }
  return found;
}

function checkLimits(incoming: Incoming): void {
  switch (incoming.kind) {
    case "text":
      check(Buffer.byteLength(incoming.text) <= LIMITS.maxPayloadBytes, "text exceeds the limit");
      return;
    case "binary":
      check(incoming.bytes.length <= LIMITS.maxPayloadBytes, "binary exceeds the limit");
      return;
    case "ping":
    case "pong":
      check(incoming.bytes.length <= 125, "control frame exceeds 125 bytes");
      return;
    case "error":
      // A failure's message is its close reason: it must be possible to send it.
      check(encodeClose(incoming.error.closeCode, incoming.error.message).length > 2, "error without reason");
      return;
    case "close":
      check(Buffer.byteLength(incoming.reason) <= 123, "close reason exceeds 123 bytes");
  }
}

function checkRoundTrip(incoming: Incoming): void {
  const frame = frameOf(incoming);
  if (frame === undefined) return;
  const again = read([frame], false, false);
  check(
    again.length === 1 && again.map(inWords)[0] === inWords(incoming),
    "message does not survive a round trip",
  );
}

function frameOf(incoming: Incoming): Buffer | undefined {
  switch (incoming.kind) {
    case "text":
      return encodeFrame(FIN | Opcode.text, incoming.text);
    case "binary":
      return encodeFrame(FIN | Opcode.binary, incoming.bytes);
    case "ping":
      return encodeFrame(FIN | Opcode.ping, incoming.bytes);
    case "pong":
      return encodeFrame(FIN | Opcode.pong, incoming.bytes);
    case "close": {
      const code = incoming.code === NO_STATUS ? undefined : incoming.code;
      return encodeFrame(FIN | Opcode.close, encodeClose(code, incoming.reason));
    }
    case "error":
      return undefined;
  }
}

function inWords(incoming: Incoming): string {
  switch (incoming.kind) {
    case "text":
      return `text ${incoming.text}`;
    case "close":
      return `close ${incoming.code} ${incoming.reason}`;
    case "error":
      return `error ${incoming.error.code} ${incoming.error.message}`;
    default:
      return `${incoming.kind} ${incoming.bytes.toString("hex")}`;
  }
}

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}
