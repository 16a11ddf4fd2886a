// Session ids: 15 bytes from the host's CSPRNG as 20 characters of url-safe base64. All 120 bits are random
// (SEC §1.7, CVE-2017-16031); upstream's trailing counter is not part of the contract, ids are opaque (EIO §8).

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BYTES_PER_ID = 15;
/** One call of the generator serves this many ids: the system call is dearer than the bytes. */
const IDS_PER_FILL = 64;

/** Fills the view with bytes that nobody can predict. */
export type FillRandom = (bytes: Uint8Array) => void;

/**
 * Makes ids of 20 characters.
 *
 * @example
 * const ids = new SessionIds((bytes) => crypto.randomFillSync(bytes));
 * ids.next(); // "q3NfT0aZrW8kLx2D5aYB"
 */
export class SessionIds {
  readonly #fillRandom: FillRandom;
  readonly #pool: Uint8Array = new Uint8Array(BYTES_PER_ID * IDS_PER_FILL);
  #at: number = this.#pool.length;

  constructor(fillRandom: FillRandom) {
    this.#fillRandom = fillRandom;
  }

  next(): string {
    if (this.#at === this.#pool.length) {
      this.#fillRandom(this.#pool);
      this.#at = 0;
    }
    const end = this.#at + BYTES_PER_ID;
    let id = "";
    for (let at = this.#at; at < end; at += 3) id += this.#encodeThree(at);
    // What was given out is not kept: a later leak of memory shows no id.
    this.#pool.fill(0, this.#at, end);
    this.#at = end;
    return id;
  }

  #encodeThree(at: number): string {
    const bits = (this.#byte(at) << 16) | (this.#byte(at + 1) << 8) | this.#byte(at + 2);
    return (
      ALPHABET.charAt(bits >> 18) +
      ALPHABET.charAt((bits >> 12) & 63) +
      ALPHABET.charAt((bits >> 6) & 63) +
      ALPHABET.charAt(bits & 63)
    );
  }

  #byte(at: number): number {
    return this.#pool[at] ?? 0;
  }
}
