import type { Clock } from "@tautline/events/clock";

/** Lets so many units pass in a second, and after a rest as many at once. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #tokens: number;
  #countedMs: number;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#countedMs = clock.now();
  }

  /** Whether `count` more units may pass now. */
  take(count: number): boolean {
    const nowMs = this.#clock.now();
    const gained = ((nowMs - this.#countedMs) * this.#perSecond) / 1000;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + gained);
    this.#countedMs = nowMs;
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }
}
