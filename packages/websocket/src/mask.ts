import { isAscii } from "node:buffer";
import { randomFillSync } from "node:crypto";

// Masking (RFC 6455 §5.3). A key is held as the 32-bit integer that its four bytes make in little-endian order.

const HIGH_BITS = 0x8080_8080 | 0;

/** Measured on Node 20: from here on a 32-bit view pays for its own creation. */
const WORDS_FROM_BYTES = 96;

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Masks or unmasks `bytes[start, end)` in place.
 *
 * Returns whether every resulting byte is ASCII: a receiver learns this here for nothing, and decodes such text
 * several times faster.
 */
export function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): boolean {
  if (end - start < WORDS_FROM_BYTES || !IS_LITTLE_ENDIAN) {
    return (maskByByte(bytes, start, end, key) & HIGH_BITS) === 0;
  }
  const lead = -(bytes.byteOffset + start) & 3;
  const aligned = start + lead;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, (end - aligned) >> 2);
  const rotated = lead === 0 ? key : (key >>> (8 * lead)) | (key << (32 - 8 * lead));
  const seen =
    maskByByte(bytes, start, aligned, key) |
    maskByWord(words, rotated) |
    maskByByte(bytes, aligned + words.length * 4, end, rotated);
  return (seen & HIGH_BITS) === 0;
}

/** Whether every byte of `bytes[start, end)` is ASCII. */
export function isAsciiRange(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start >= WORDS_FROM_BYTES) return isAscii(bytes.subarray(start, end));
  let seen = 0;
  for (let i = start; i < end; i++) seen |= bytes[i] ?? 0;
  return (seen & 0x80) === 0;
}

function maskByByte(bytes: Uint8Array, start: number, end: number, key: number): number {
  const key0 = key & 0xff;
  const key1 = (key >>> 8) & 0xff;
  const key2 = (key >>> 16) & 0xff;
  const key3 = key >>> 24;
  const whole = end - ((end - start) & 3);
  let seen = 0;
  let i = start;
  for (; i < whole; i += 4) {
    const byte0 = (bytes[i] ?? 0) ^ key0;
    const byte1 = (bytes[i + 1] ?? 0) ^ key1;
    const byte2 = (bytes[i + 2] ?? 0) ^ key2;
    const byte3 = (bytes[i + 3] ?? 0) ^ key3;
    bytes[i] = byte0;
    bytes[i + 1] = byte1;
    bytes[i + 2] = byte2;
    bytes[i + 3] = byte3;
    seen |= byte0 | byte1 | byte2 | byte3;
  }
  for (let shift = 0; i < end; i++, shift += 8) {
    const byte = (bytes[i] ?? 0) ^ ((key >>> shift) & 0xff);
    bytes[i] = byte;
    seen |= byte;
  }
  return seen;
}

function maskByWord(words: Int32Array, key: number): number {
  let seen = 0;
  for (let i = 0; i < words.length; i++) {
    const word = (words[i] ?? 0) ^ key;
    words[i] = word;
    seen |= word;
  }
  return seen;
}

const POOL_BYTES = 512;

/** Mask keys from the CSPRNG, fetched 128 at a time: one call for each frame would cost more than the frame. */
export class MaskKeys {
  #pool: Buffer | undefined = undefined;
  #offset = POOL_BYTES;

  next(): number {
    this.#pool ??= Buffer.alloc(POOL_BYTES);
    if (this.#offset === POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#offset = 0;
    }
    const key = this.#pool.readInt32LE(this.#offset);
    this.#offset += 4;
    return key;
  }
}
