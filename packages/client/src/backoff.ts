// 2^52 milliseconds are longer than any wait, and still exact.
const MAX_DOUBLINGS = 52;

/** Growing delays with jitter, so that the clients of a restarted server do not all return at once (client.md 5.9). */
export class Backoff {
  minMs: number;
  maxMs: number;
  /** Share of a delay by which it may differ, 0 to 1. */
  jitter: number;
  /** Delays given since the last reset. */
  attempts = 0;
  readonly #random: () => number;

  constructor(random: () => number, minMs: number, maxMs: number, jitter: number) {
    this.#random = random;
    this.minMs = minMs;
    this.maxMs = maxMs;
    this.jitter = jitter;
  }

  /** The next delay in milliseconds. */
  duration(): number {
    const ms = this.minMs * 2 ** Math.min(this.attempts++, MAX_DOUBLINGS);
    const deviation = this.jitter > 0 && this.jitter <= 1 ? (this.#random() * 2 - 1) * this.jitter : 0;
    return Math.trunc(Math.min(ms * (1 + deviation), this.maxMs));
  }

  reset(): void {
    this.attempts = 0;
  }
}
