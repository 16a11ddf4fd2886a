const FIRST_CAPACITY_BYTES = 16_384;

/**
 * Joins pieces as they arrive. Copying is linear in the total (capacity doubles), and small pieces cost their
 * bytes only, never an object each: CVE-2026-48779, CVE-2026-62389.
 *
 * Memory follows what has arrived, not what a header promised.
 */
export class ByteAccumulator {
  #bytes: Buffer;
  #length = 0;

  /** `expected` is the total, if it is known: small ones are then allocated once and exactly. */
  constructor(expected: number) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(expected, FIRST_CAPACITY_BYTES));
  }

  get length(): number {
    return this.#length;
  }

  /** `expected` as for the constructor, should it be known better by now; 0 if not. */
  append(source: Buffer, start: number, end: number, expected: number): void {
    const needed = this.#length + end - start;
    if (needed > this.#bytes.length) this.#grow(needed, expected);
    source.copy(this.#bytes, this.#length, start, end);
    this.#length = needed;
  }

  /** The joined bytes. The accumulator is not to be used again. */
  take(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(needed: number, expected: number): void {
    const doubled = Math.max(needed, this.#bytes.length * 2, 64);
    const capacity = expected >= needed ? Math.min(doubled, expected) : doubled;
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
