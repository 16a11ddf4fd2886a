// Engine packets on the byte stream of WebTransport (EIO §11.2): a header of length and kind before each.
//
// The decoder takes the stream in pieces of any size. What it holds between them is the incomplete frame, in a
// buffer that grows with what has arrived, never with what a header merely announces.

import type { Base64 } from "./base64.ts";
import {
  createErrorPacket,
  decodeTextPacket,
  type EnginePacket,
  encodeTextPacket,
  type OutgoingEnginePacket,
} from "./engine-packet.ts";

export interface FrameDecoderOptions {
  /** Bytes that one packet may have, this number included. `Infinity` for none. */
  readonly maxPayloadBytes: number;
  readonly base64: Base64;
}

// EIO §11.2: the seven low bits of the first byte are the length, or say how many bytes of length follow
const LENGTH_IN_2_BYTES = 126;
const LENGTH_IN_8_BYTES = 127;
const BINARY_BIT = 0x80;
const MAX_HEADER_BYTES = 9;

const EMPTY = new Uint8Array(0);

/** Encodes the header of a packet of `lengthBytes`, which MUST NOT be 0: there is no empty frame (EIO §11.2). */
export function encodeFrameHeader(lengthBytes: number, isBinary: boolean): Uint8Array {
  const header = new Uint8Array(headerBytes(lengthBytes));
  const view = new DataView(header.buffer);
  if (header.byteLength === 1) {
    header[0] = lengthBytes;
  } else if (header.byteLength === 3) {
    header[0] = LENGTH_IN_2_BYTES;
    view.setUint16(1, lengthBytes);
  } else {
    header[0] = LENGTH_IN_8_BYTES;
    view.setBigUint64(1, BigInt(lengthBytes));
  }
  if (isBinary) view.setUint8(0, view.getUint8(0) | BINARY_BIT);
  return header;
}

/**
 * Encodes one packet with its header.
 *
 * Returns `undefined` for empty binary, which cannot be sent over WebTransport (EIO §11.2).
 */
export function encodeFrame(packet: OutgoingEnginePacket): Uint8Array | undefined {
  const { type, data } = packet;
  const isBinary = data !== undefined && typeof data !== "string";
  const payload = isBinary ? data : new TextEncoder().encode(encodeTextPacket(type, data));
  if (payload.byteLength === 0) return undefined;
  const header = encodeFrameHeader(payload.byteLength, isBinary);
  const frame = new Uint8Array(header.byteLength + payload.byteLength);
  frame.set(header);
  frame.set(payload, header.byteLength);
  return frame;
}

/** What the decoder waits for. */
type FrameState =
  | { readonly kind: "header" }
  | { readonly kind: "payload"; readonly lengthBytes: number; readonly isBinary: boolean }
  | { readonly kind: "failed" };

const AT_HEADER: FrameState = { kind: "header" };
const FAILED: FrameState = { kind: "failed" };

/**
 * Decodes one WebTransport stream.
 *
 * @example
 * const decoder = new FrameDecoder({ maxPayloadBytes: 1e6, base64 });
 * decoder.push(Uint8Array.of(0x03, 0x34, 0x68, 0x69)); // [{ type: "message", data: "hi" }]
 */
export class FrameDecoder {
  readonly #maxPayloadBytes: number;
  readonly #base64: Base64;
  readonly #utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  #state: FrameState = AT_HEADER;
  /** The arrived bytes of the header or payload that is waited for, in the front of `#buffer`. */
  #buffer: Uint8Array = EMPTY;
  #bufferedBytes = 0;

  constructor(options: FrameDecoderOptions) {
    this.#maxPayloadBytes = options.maxPayloadBytes;
    this.#base64 = options.base64;
  }

  /**
   * Takes the next piece of the stream and returns the packets that it completed.
   *
   * Never throws. After the first mistake, which is a packet of type `error` and the last one, the rest of the
   * stream means nothing and is ignored. Binary data are copies; the piece may be reused.
   */
  push(chunk: Uint8Array): EnginePacket[] {
    const packets: EnginePacket[] = [];
    let offset = 0;
    while (offset < chunk.byteLength && this.#state.kind !== "failed") {
      const wanted = this.#wantedBytes(chunk, offset) - this.#bufferedBytes;
      const part = chunk.subarray(offset, offset + wanted);
      offset += part.byteLength;
      if (part.byteLength < wanted) {
        this.#keep(part);
        break;
      }
      const packet = this.#take(this.#complete(part));
      if (packet !== undefined) packets.push(packet);
    }
    return packets;
  }

  /** The size of the whole header or payload that the decoder waits for; the chunk may hold its first byte. */
  #wantedBytes(chunk: Uint8Array, offset: number): number {
    if (this.#state.kind === "payload") return this.#state.lengthBytes;
    const first = this.#bufferedBytes > 0 ? this.#buffer[0] : chunk[offset];
    const low = (first ?? 0) & ~BINARY_BIT;
    if (low === LENGTH_IN_2_BYTES) return 3;
    return low === LENGTH_IN_8_BYTES ? MAX_HEADER_BYTES : 1;
  }

  /** Adds a part of what is waited for to the buffer, doubling it, so that tiny parts cost linear time. */
  #keep(part: Uint8Array): void {
    const needed = this.#bufferedBytes + part.byteLength;
    if (needed > this.#buffer.byteLength) {
      const grown = new Uint8Array(Math.max(needed, 2 * this.#buffer.byteLength, MAX_HEADER_BYTES));
      grown.set(this.#buffer.subarray(0, this.#bufferedBytes));
      this.#buffer = grown;
    }
    this.#buffer.set(part, this.#bufferedBytes);
    this.#bufferedBytes = needed;
  }

  /** The whole header or payload, of which `part` is the end. */
  #complete(part: Uint8Array): Uint8Array {
    if (this.#bufferedBytes === 0) return part;
    this.#keep(part);
    const whole = this.#buffer.subarray(0, this.#bufferedBytes);
    this.#buffer = EMPTY;
    this.#bufferedBytes = 0;
    return whole;
  }

  #take(bytes: Uint8Array): EnginePacket | undefined {
    const state = this.#state;
    if (state.kind !== "payload") return this.#takeHeader(bytes);
    this.#state = AT_HEADER;
    // Not slice(): the chunk may be a Buffer, whose slice shares its memory.
    if (state.isBinary) return { type: "message", data: new Uint8Array(bytes) };
    const packet = decodeTextPacket(this.#utf8.decode(bytes), this.#base64);
    if (packet.type === "error") this.#state = FAILED;
    return packet;
  }

  #takeHeader(header: Uint8Array): EnginePacket | undefined {
    const lengthBytes = decodeLength(header);
    const isBinary = ((header[0] ?? 0) & BINARY_BIT) !== 0;
    const isAllowed =
      lengthBytes > 0 && lengthBytes <= this.#maxPayloadBytes && lengthBytes <= Number.MAX_SAFE_INTEGER;
    this.#state = isAllowed ? { kind: "payload", lengthBytes, isBinary } : FAILED;
    return isAllowed ? undefined : createErrorPacket();
  }
}

function headerBytes(lengthBytes: number): number {
  if (lengthBytes < LENGTH_IN_2_BYTES) return 1;
  return lengthBytes < 0x10000 ? 3 : MAX_HEADER_BYTES;
}

function decodeLength(header: Uint8Array): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header.byteLength === 1) return view.getUint8(0) & ~BINARY_BIT;
  return header.byteLength === 3 ? view.getUint16(1) : Number(view.getBigUint64(1));
}
