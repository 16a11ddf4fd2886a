import { utf8Length } from "./utf8-length.ts";

const INITIAL_BYTES = 256;
const MAX_ASCII_LOOP = 40;

/** Bytes written one value after the other, big-endian, into a buffer that doubles. */
export class ByteWriter {
  readonly #utf8: TextEncoder = new TextEncoder();
  #bytes: Uint8Array = new Uint8Array(INITIAL_BYTES);
  #view: DataView = new DataView(this.#bytes.buffer);
  #length = 0;

  /** A copy of what was written. */
  toBytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  uint8(value: number): void {
    const start = this.#advance(1);
    this.#view.setUint8(start, value);
  }

  uint16(value: number): void {
    const start = this.#advance(2);
    this.#view.setUint16(start, value);
  }

  uint32(value: number): void {
    const start = this.#advance(4);
    this.#view.setUint32(start, value);
  }

  /** Takes negative values too, in two's complement. */
  uint64(value: bigint): void {
    const start = this.#advance(8);
    this.#view.setBigUint64(start, BigInt.asUintN(64, value));
  }

  float64(value: number): void {
    const start = this.#advance(8);
    this.#view.setFloat64(start, value);
  }

  bytes(bytes: Uint8Array): void {
    const start = this.#advance(bytes.byteLength);
    this.#bytes.set(bytes, start);
  }

  /** The UTF-8 of `text`, whose length is `utf8Length(text)`. */
  utf8(text: string, byteLength: number = utf8Length(text)): void {
    const start = this.#advance(byteLength);
    if (byteLength !== text.length || byteLength > MAX_ASCII_LOOP) {
      this.#utf8.encodeInto(text, this.#bytes.subarray(start));
      return;
    }
    // Short ASCII, such as most keys: the call of the encoder would cost more than the loop.
    for (let index = 0; index < byteLength; index++) this.#bytes[start + index] = text.charCodeAt(index);
  }

  /** Makes room for `byteLength` bytes, perhaps in another buffer and view, and returns where they begin. */
  #advance(byteLength: number): number {
    const start = this.#length;
    this.#length += byteLength;
    if (this.#length > this.#bytes.byteLength) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.byteLength));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return start;
  }
}
