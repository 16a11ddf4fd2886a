// Messages out of frames (RFC 6455 §5.4, RFC 7692 §6.2): order of fragments, limits, inflating, UTF-8.

import { isAscii } from "node:buffer";
import { ByteAccumulator } from "./byte-accumulator.ts";
import { isWireCloseCode, NO_STATUS } from "./close-codes.ts";
import { ProtocolError } from "./errors.ts";
import { FIN, Opcode, RSV1 } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import type { Inflater } from "./inflater.ts";
import { decodeText } from "./text.ts";

/** One thing that the peer sent, complete and checked. */
export type Incoming =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "binary"; readonly bytes: Buffer }
  | { readonly kind: "ping"; readonly bytes: Buffer }
  | { readonly kind: "pong"; readonly bytes: Buffer }
  | { readonly kind: "close"; readonly code: number; readonly reason: string }
  | { readonly kind: "error"; readonly error: ProtocolError };

/** What a peer may send; one object, shared by all connections of a server. */
export interface ReaderLimits {
  /** Bytes of one message, also after inflating. */
  readonly maxPayloadBytes: number;
  /** Frames of one message. */
  readonly maxFragments: number;
}

/** A message of which some frames have arrived. */
interface Fragments {
  /** First byte of the message's first frame: opcode and RSV1. */
  readonly first: number;
  readonly received: ByteAccumulator;
  count: number;
  isAscii: boolean;
}

export class MessageReader {
  readonly #frames: FrameReader;
  readonly #limits: ReaderLimits;
  readonly #inflater: Inflater | undefined;
  #fragments: Fragments | undefined = undefined;

  constructor(expectsMask: boolean, limits: ReaderLimits, inflater: Inflater | undefined) {
    this.#frames = new FrameReader(expectsMask, inflater !== undefined);
    this.#limits = limits;
    this.#inflater = inflater;
  }

  /** Takes the next chunk, whose bytes it may overwrite. */
  push(chunk: Buffer): void {
    this.#frames.push(chunk);
  }

  /** The next complete thing, or `undefined` if more bytes are needed. After an error nothing may follow. */
  read(): Incoming | undefined {
    for (;;) {
      const result = this.#frames.read(this);
      if (result === "nothing") return undefined;
      if (result !== "frame") return { kind: "error", error: result };
      const incoming = this.#onFrame();
      if (incoming !== undefined) return incoming;
    }
  }

  /** The gate by which the frame reader asks about a data frame; part of its port, not for other callers. */
  refuse(first: number, length: number): ProtocolError | undefined {
    const fragments = this.#fragments;
    if ((first & 0x0f) === Opcode.continuation) {
      if (fragments === undefined) return badFrame("continuation frame without a message to continue");
      return (
        this.#refuseSize(fragments.first, fragments.received.length + length) ?? this.#refuseCount(fragments)
      );
    }
    if (fragments !== undefined) return badFrame("message begins inside a fragmented one");
    return this.#refuseSize(first, length);
  }

  #refuseSize(first: number, total: number): ProtocolError | undefined {
    const { maxPayloadBytes } = this.#limits;
    // What does not compress grows a little; the exact limit holds for what is inflated (SEC §1.6).
    const limit = (first & RSV1) === 0 ? maxPayloadBytes : maxPayloadBytes + maxPayloadBytes / 8 + 64;
    return total > limit ? tooBig(maxPayloadBytes) : undefined;
  }

  #refuseCount(fragments: Fragments): ProtocolError | undefined {
    const { maxFragments } = this.#limits;
    if (fragments.count < maxFragments) return undefined;
    return new ProtocolError("WS_TOO_MANY_FRAGMENTS", `message of more than ${maxFragments} frames`);
  }

  #onFrame(): Incoming | undefined {
    const { first, bytes, start, end } = this.#frames;
    switch (first) {
      case FIN | Opcode.text:
        return toText(bytes, start, end, this.#frames.isAscii);
      case FIN | Opcode.binary:
        return { kind: "binary", bytes: ownBytes(bytes, start, end) };
      case FIN | Opcode.ping:
        return { kind: "ping", bytes: ownBytes(bytes, start, end) };
      case FIN | Opcode.pong:
        return { kind: "pong", bytes: ownBytes(bytes, start, end) };
      case FIN | Opcode.close:
        return toClose(bytes, start, end);
      default:
        return this.#onFragment(first, bytes, start, end);
    }
  }

  #onFragment(first: number, bytes: Buffer, start: number, end: number): Incoming | undefined {
    const isWhole = (first & FIN) !== 0;
    const fragments = this.#fragments;
    if (fragments === undefined && isWhole) return this.#inflate(first, bytes.subarray(start, end));
    const message = fragments ?? this.#startFragments(first, end - start);
    message.received.append(bytes, start, end, 0);
    message.count++;
    message.isAscii &&= this.#frames.isAscii;
    if (!isWhole) return undefined;
    this.#fragments = undefined;
    const joined = message.received.take();
    if ((message.first & RSV1) !== 0) return this.#inflate(message.first, joined);
    if (message.first === Opcode.text) return toText(joined, 0, joined.length, message.isAscii);
    return { kind: "binary", bytes: joined };
  }

  #startFragments(first: number, length: number): Fragments {
    const fragments = { first, received: new ByteAccumulator(length), count: 0, isAscii: true };
    this.#fragments = fragments;
    return fragments;
  }

  #inflate(first: number, compressed: Buffer): Incoming {
    const result = this.#inflater?.inflate(compressed, this.#limits.maxPayloadBytes);
    if (result === undefined || result.kind === "malformed") {
      return fail(new ProtocolError("WS_BAD_DEFLATE", "message cannot be inflated"));
    }
    if (result.kind === "too big") return fail(tooBig(this.#limits.maxPayloadBytes));
    const { bytes } = result;
    if ((first & 0x0f) === Opcode.binary) return { kind: "binary", bytes };
    return toText(bytes, 0, bytes.length, isAscii(bytes));
  }
}

function toText(bytes: Buffer, start: number, end: number, ascii: boolean): Incoming {
  const text = decodeText(bytes, start, end, ascii);
  if (text === undefined) return fail(new ProtocolError("WS_BAD_UTF8", "text message is not UTF-8"));
  return { kind: "text", text };
}

/** RFC 6455 §5.5.1, §7.4. */
function toClose(bytes: Buffer, start: number, end: number): Incoming {
  if (start === end) return { kind: "close", code: NO_STATUS, reason: "" };
  if (end - start === 1)
    return fail(new ProtocolError("WS_BAD_CLOSE", "close frame with half a status code"));
  const code = bytes.readUInt16BE(start);
  if (!isWireCloseCode(code))
    return fail(new ProtocolError("WS_BAD_CLOSE", `close code ${code} is not allowed`));
  const reason = decodeText(bytes, start + 2, end, false);
  if (reason === undefined) return fail(new ProtocolError("WS_BAD_UTF8", "close reason is not UTF-8"));
  return { kind: "close", code, reason };
}

function fail(error: ProtocolError): Incoming {
  return { kind: "error", error };
}

function badFrame(message: string): ProtocolError {
  return new ProtocolError("WS_BAD_FRAME", message);
}

function tooBig(maxPayloadBytes: number): ProtocolError {
  return new ProtocolError("WS_MESSAGE_TOO_BIG", `message of more than ${maxPayloadBytes} bytes`);
}

/** A view of the payload, or a copy if a view would keep a much larger slab alive (ws 8.22.2 release, SEC §3). */
function ownBytes(bytes: Buffer, start: number, end: number): Buffer {
  const length = end - start;
  if (length * 2 >= bytes.buffer.byteLength) return bytes.subarray(start, end);
  // Out of Node's pool: memory of its own would cost a small message five times as much (measured).
  const copy = Buffer.allocUnsafe(length);
  bytes.copy(copy, 0, start, end);
  return copy;
}
