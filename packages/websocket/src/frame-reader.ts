// Frames out of the chunks that the socket delivers (RFC 6455 §5.2).
//
// Invariants: a frame is described in place (`bytes`, `start`, `end`), unmasked, and is copied only if it spans
// chunks. What was not read when `read` returned is kept: at most a header, the received part of one payload, or
// what a throwing handler left. Nothing of a chunk is held once everything in it has been read.

import { ByteAccumulator } from "./byte-accumulator.ts";
import { ProtocolError } from "./errors.ts";
import { CONTROL, FIN, MASKED, MAX_CONTROL_BYTES, NO_BYTES, Opcode, RSV1, RSV2_AND_3 } from "./frame.ts";
import { isAsciiRange, maskBytes } from "./mask.ts";

/** Decides on a data frame by its header alone, before its payload has arrived. MUST have no side effect. */
export interface FrameGate {
  refuse(first: number, length: number): ProtocolError | undefined;
}

/** A frame whose payload has arrived in part. */
interface PartialFrame {
  readonly first: number;
  readonly key: number;
  readonly length: number;
  readonly received: ByteAccumulator;
}

export type ReadResult = "frame" | "nothing" | ProtocolError;

export class FrameReader {
  /** The frame that the last `read` found: first byte, and payload `bytes[start, end)`. */
  first = 0;
  bytes: Buffer = NO_BYTES;
  start = 0;
  end = 0;
  /** Whether the payload is known to be ASCII. */
  isAscii = false;

  readonly #maskBit: number;
  readonly #allowsRsv1: boolean;
  #chunk: Buffer = NO_BYTES;
  #next = 0;
  #partial: PartialFrame | undefined = undefined;

  /** `expectsMask` is true for a server, which refuses unmasked frames; a client refuses masked ones. */
  constructor(expectsMask: boolean, allowsRsv1: boolean) {
    this.#maskBit = expectsMask ? MASKED : 0;
    this.#allowsRsv1 = allowsRsv1;
  }

  /** Takes the next chunk, whose bytes it may overwrite. */
  push(chunk: Buffer): void {
    // What is left is shorter than a header unless a handler threw, so joining is cheap and linear.
    const left = this.#chunk.length - this.#next;
    this.#chunk = left === 0 ? chunk : Buffer.concat([this.#chunk.subarray(this.#next), chunk]);
    this.#next = 0;
  }

  /** Finds the next frame. After an error the reader MUST NOT be used again. */
  read(gate: FrameGate): ReadResult {
    if (this.#partial !== undefined) return this.#continuePayload(this.#partial);
    const chunk = this.#chunk;
    const at = this.#next;
    if (chunk.length - at < 2) return this.#keepRest();
    const first = chunk[at] ?? 0;
    const second = chunk[at + 1] ?? 0;
    // One comparison passes whole and continued, plain text and binary frames with the right mask bit.
    if ((first & 0x7f) > Opcode.binary || (second & MASKED) !== this.#maskBit) {
      const problem = this.#headProblem(first, second);
      if (problem !== undefined) return new ProtocolError("WS_BAD_FRAME", problem);
    }
    return this.#readLength(gate, first, second & 0x7f, at + 2);
  }

  #headProblem(first: number, second: number): string | undefined {
    const opcode = first & 0x0f;
    if ((first & RSV2_AND_3) !== 0) return "reserved bits of a frame are set";
    if ((opcode > Opcode.binary && opcode < Opcode.close) || opcode > Opcode.pong) {
      return `reserved opcode ${opcode}`;
    }
    if ((second & MASKED) !== this.#maskBit) {
      return this.#maskBit === 0 ? "frame from a server is masked" : "frame from a client is not masked";
    }
    if ((first & RSV1) !== 0 && (!this.#allowsRsv1 || opcode === Opcode.continuation || opcode >= CONTROL)) {
      return "reserved bit 1 of a frame is set"; // RFC 7692 §6.1: it marks a message's first frame only
    }
    if (opcode < CONTROL) return undefined;
    if ((first & FIN) === 0) return "control frame is fragmented";
    if ((second & 0x7f) > MAX_CONTROL_BYTES) return "control frame exceeds 125 bytes";
    return undefined;
  }

  #readLength(gate: FrameGate, first: number, short: number, at: number): ReadResult {
    const chunk = this.#chunk;
    if (short < 126) return this.#readPayload(gate, first, short, at);
    if (short === 126) {
      if (chunk.length < at + 2) return this.#keepRest();
      const length = chunk.readUInt16BE(at);
      if (length < 126) return new ProtocolError("WS_BAD_FRAME", "frame length is not minimally encoded");
      return this.#readPayload(gate, first, length, at + 2);
    }
    if (chunk.length < at + 8) return this.#keepRest();
    const high = chunk.readUInt32BE(at);
    if (high > 0x7fff_ffff) return new ProtocolError("WS_BAD_FRAME", "top bit of a frame length is set");
    const length = high * 0x1_0000_0000 + chunk.readUInt32BE(at + 4);
    if (length < 65_536) return new ProtocolError("WS_BAD_FRAME", "frame length is not minimally encoded");
    return this.#readPayload(gate, first, length, at + 8);
  }

  #readPayload(gate: FrameGate, first: number, length: number, at: number): ReadResult {
    if ((first & CONTROL) === 0) {
      const refusal = gate.refuse(first, length);
      if (refusal !== undefined) return refusal;
    }
    const chunk = this.#chunk;
    let start = at;
    let key = 0;
    if (this.#maskBit !== 0) {
      if (chunk.length < at + 4) return this.#keepRest();
      key = chunk.readInt32LE(at);
      start += 4;
    }
    const end = start + length;
    if (end > chunk.length) return this.#startPayload({ first, key, length }, start);
    this.#next = end;
    return this.#describe(first, key, chunk, start, end);
  }

  #startPayload(head: { first: number; key: number; length: number }, start: number): ReadResult {
    const chunk = this.#chunk;
    const received = new ByteAccumulator(head.length);
    received.append(chunk, start, chunk.length, head.length);
    this.#partial = { ...head, received };
    this.#next = chunk.length;
    return this.#keepRest();
  }

  #continuePayload(partial: PartialFrame): ReadResult {
    const { first, key, length, received } = partial;
    const chunk = this.#chunk;
    const taken = Math.min(length - received.length, chunk.length - this.#next);
    received.append(chunk, this.#next, this.#next + taken, length);
    this.#next += taken;
    if (received.length < length) return this.#keepRest();
    this.#partial = undefined;
    return this.#describe(first, key, received.take(), 0, length);
  }

  #describe(first: number, key: number, bytes: Buffer, start: number, end: number): ReadResult {
    this.first = first;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    if (this.#maskBit !== 0) this.isAscii = maskBytes(bytes, start, end, key);
    else this.isAscii = (first & 0x0f) !== Opcode.binary && isAsciiRange(bytes, start, end);
    return "frame";
  }

  /** Lets go of the chunk; what is left of it is copied, so that an idle connection holds no slab of 64 KiB. */
  #keepRest(): ReadResult {
    const chunk = this.#chunk;
    const left = chunk.length - this.#next;
    this.bytes = NO_BYTES;
    if (left === 0) this.#chunk = NO_BYTES;
    else if (chunk.buffer.byteLength > left) {
      this.#chunk = Buffer.allocUnsafeSlow(left);
      chunk.copy(this.#chunk, 0, this.#next);
    }
    this.#next = 0;
    return "nothing";
  }
}
