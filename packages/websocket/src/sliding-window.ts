const FIRST_CAPACITY_BYTES = 1024;

/**
 * The last `size` bytes of a stream: what a compressed message may refer back to (RFC 7692 §7.2.2).
 *
 * Holds at most twice `size`, so that appending moves each byte once on average.
 */
export class SlidingWindow {
  readonly #size: number;
  #bytes: Buffer;
  #length = 0;

  constructor(size: number) {
    this.#size = size;
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(FIRST_CAPACITY_BYTES, size));
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** The window, oldest byte first; valid until the next `append`. */
  view(): Buffer {
    return this.#bytes.subarray(Math.max(0, this.#length - this.#size), this.#length);
  }

  append(source: Buffer): void {
    const tail = source.length > this.#size ? source.subarray(source.length - this.#size) : source;
    if (this.#length + tail.length > this.#bytes.length) this.#makeRoom(tail.length);
    tail.copy(this.#bytes, this.#length);
    this.#length += tail.length;
  }

  #makeRoom(incoming: number): void {
    const kept = this.view();
    const needed = kept.length + incoming;
    if (needed <= this.#bytes.length) {
      kept.copy(this.#bytes, 0);
    } else {
      const grown = Buffer.allocUnsafeSlow(Math.min(needed * 2, this.#size * 2));
      kept.copy(grown, 0);
      this.#bytes = grown;
    }
    this.#length = kept.length;
  }
}
