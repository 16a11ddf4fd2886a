import { constants as bufferConstants } from "node:buffer";
import { constants, type InflateRaw, inflateRawSync } from "node:zlib";
import { SlidingWindow } from "./sliding-window.ts";

type Failure = { readonly kind: "malformed" } | { readonly kind: "too big" };

export type InflateResult = { readonly kind: "inflated"; readonly bytes: Buffer } | Failure;

/** A message may end a deflate stream and begin another (RFC 7692 §7.2.3.4); nobody needs this many. */
const MAX_STREAMS_PER_MESSAGE = 16;
const MAX_WINDOW_BYTES = 32_768;

const MALFORMED: Failure = { kind: "malformed" };
const TOO_BIG: Failure = { kind: "too big" };

/**
 * Inflates the messages of one connection, in order, while it is called.
 *
 * Each message is a zlib call of its own that is given the window as a dictionary: measured at 10 µs for 1 KiB
 * with or without a full window. A connection holds its window and no zlib state, and order keeps itself.
 */
export class Inflater {
  readonly #window: SlidingWindow | undefined;

  /** `windowBits` is what the peer may refer back to; `undefined` if it begins each message afresh. */
  constructor(windowBits: number | undefined) {
    this.#window = windowBits === undefined ? undefined : new SlidingWindow(2 ** windowBits);
  }

  /** Stops at `maxBytes` instead of finishing first (SEC §1.6, CVE-2026-54464). */
  inflate(compressed: Buffer, maxBytes: number): InflateResult {
    const first = inflateStream(compressed, maxBytes, this.#window);
    if (first.kind !== "stream") return first;
    this.#window?.append(first.bytes);
    if (first.consumed === compressed.length) return { kind: "inflated", bytes: first.bytes };
    return this.#inflateMore(first.bytes, compressed.subarray(first.consumed), maxBytes);
  }

  #inflateMore(head: Buffer, compressed: Buffer, maxBytes: number): InflateResult {
    const window = this.#window ?? new SlidingWindow(MAX_WINDOW_BYTES);
    if (this.#window === undefined) window.append(head);
    const parts = [head];
    let length = head.length;
    let rest = compressed;
    for (let streams = 1; streams < MAX_STREAMS_PER_MESSAGE; streams++) {
      const next = inflateStream(rest, maxBytes - length, window);
      if (next.kind !== "stream") return next;
      if (next.consumed === 0) return MALFORMED;
      window.append(next.bytes);
      parts.push(next.bytes);
      length += next.bytes.length;
      rest = rest.subarray(next.consumed);
      if (rest.length === 0) return { kind: "inflated", bytes: Buffer.concat(parts, length) };
    }
    return MALFORMED;
  }
}

type StreamResult = { readonly kind: "stream"; readonly bytes: Buffer; readonly consumed: number } | Failure;

/** Inflates up to the end of `compressed` or of the deflate stream in it. */
function inflateStream(
  compressed: Buffer,
  maxBytes: number,
  window: SlidingWindow | undefined,
): StreamResult {
  // The four bytes that the sender cut off (RFC 7692 §7.2.2) carry no data, so nothing is put back.
  const options = {
    finishFlush: constants.Z_SYNC_FLUSH,
    maxOutputLength: Math.min(Math.max(maxBytes, 1), bufferConstants.MAX_LENGTH),
    info: true,
  };
  try {
    const hasWindow = window !== undefined && !window.isEmpty;
    const result: unknown = inflateRawSync(
      compressed,
      hasWindow ? { ...options, dictionary: window.view() } : options,
    );
    if (!isInflated(result)) return MALFORMED;
    if (result.buffer.length > maxBytes) return TOO_BIG;
    return { kind: "stream", bytes: result.buffer, consumed: result.engine.bytesWritten };
  } catch (error) {
    return isTooLarge(error) ? TOO_BIG : MALFORMED;
  }
}

/** With `info`, zlib's functions return the engine as well; their published types do not say so. */
function isInflated(value: unknown): value is { buffer: Buffer; engine: InflateRaw } {
  return typeof value === "object" && value !== null && "buffer" in value && "engine" in value;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}
