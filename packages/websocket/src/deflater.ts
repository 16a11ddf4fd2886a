import { constants, deflateRawSync } from "node:zlib";
import type { NegotiatedDeflate } from "./deflate-negotiation.ts";
import { payloadBytes } from "./frame.ts";
import { SlidingWindow } from "./sliding-window.ts";

/**
 * How far back a message refers with context takeover. Measured: a dictionary costs 1.8 µs for each KiB with every
 * message, so the full 32 KiB would cost more than compressing 1 KiB of JSON itself.
 */
const MAX_TAKEOVER_BYTES = 8192;
const FULL_WINDOW_BITS = 15;
/** zlib writes no stream for a window of 2^8 bytes, but what is no longer than that never refers further back. */
const UNSUPPORTED_WINDOW_BITS = 8;
const FLUSH_TAIL_BYTES = 4;
/** RFC 7692 §7.2.3.6: an empty message. */
const EMPTY_DEFLATED: Buffer = Buffer.from([0]);

/** Deflates the messages that one connection sends. */
export class Deflater {
  readonly #negotiated: NegotiatedDeflate;
  readonly #windowBits: number;
  readonly #window: SlidingWindow | undefined;

  constructor(negotiated: NegotiatedDeflate, windowBits: number, takesContextOver: boolean) {
    this.#negotiated = negotiated;
    this.#windowBits = windowBits;
    this.#window =
      takesContextOver && windowBits > UNSUPPORTED_WINDOW_BITS
        ? new SlidingWindow(Math.min(MAX_TAKEOVER_BYTES, 2 ** windowBits))
        : undefined;
  }

  /** Whether every deflated frame suits every other connection of the same server of which this holds too. */
  get sharesAlways(): boolean {
    return this.#window === undefined && this.#windowBits === FULL_WINDOW_BITS;
  }

  /** Whether `payload` deflates to what every receiver can inflate, whatever it negotiated and has received. */
  shares(payload: string | Uint8Array): boolean {
    if (this.#window !== undefined) return false;
    return this.#windowBits === FULL_WINDOW_BITS || payloadBytes(payload) <= 2 ** this.#windowBits;
  }

  /** The deflated payload, or `undefined` if it is better sent as it is. */
  deflate(payload: string | Uint8Array): Buffer | undefined {
    const length = payloadBytes(payload);
    if (length < this.#negotiated.threshold) return undefined;
    if (length === 0) return EMPTY_DEFLATED;
    if (this.#windowBits === UNSUPPORTED_WINDOW_BITS && length > 2 ** UNSUPPORTED_WINDOW_BITS)
      return undefined;
    const plain = toBuffer(payload);
    const flushed = deflateRawSync(plain, this.#options(length));
    const deflatedBytes = flushed.length - FLUSH_TAIL_BYTES;
    if (deflatedBytes >= length) return undefined;
    // What goes out as it is never enters the peer's window (RFC 7692 §7.2.3.2), so it enters ours only here.
    this.#window?.append(plain);
    return flushed.subarray(0, deflatedBytes);
  }

  #options(length: number): NonNullable<Parameters<typeof deflateRawSync>[1]> {
    const window = this.#window;
    const options = {
      ...this.#negotiated.zlib,
      finishFlush: constants.Z_SYNC_FLUSH,
      windowBits:
        length <= 2 ** this.#windowBits && window === undefined ? FULL_WINDOW_BITS : this.#windowBits,
      chunkSize: Math.min(Math.max(length + 64, 256), 65_536),
    };
    return window === undefined || window.isEmpty ? options : { ...options, dictionary: window.view() };
  }
}

function toBuffer(payload: string | Uint8Array): Buffer {
  if (typeof payload === "string") return Buffer.from(payload);
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
}
