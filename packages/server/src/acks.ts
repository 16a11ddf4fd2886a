import { AckTimeoutError, EmitError } from "@tautline/adapter/errors";
import type { Clock, Timer } from "@tautline/events/clock";
import { guard, type Report } from "@tautline/events/guard";

/** Called with the values of an answer. */
export type AckListener = (...values: unknown[]) => void;

/** How many answers a socket may wait for at once (SEC §2). */
export const MAX_PENDING_ACKS = 10_000;

/**
 * The answers that one socket waits for: who is called with each, by packet id.
 *
 * A map, because cluster adapters of other makers register acknowledgements with `socket.acks.set(id, listener)`.
 */
export class Acks extends Map<number, AckListener> {
  readonly #clock: Clock;
  readonly #report: Report;
  #timers: Map<number, Timer> | undefined;

  constructor(clock: Clock, report: Report) {
    super();
    this.#clock = clock;
    this.#report = report;
  }

  /**
   * Waits for the answer to packet `id`. With a timeout the listener takes an error first, as in Node.
   *
   * @throws EmitError `SIO_TOO_MANY_ACKS`
   */
  expect(id: number, listener: AckListener, timeoutMs: number | undefined): void {
    if (this.size >= MAX_PENDING_ACKS) {
      throw new EmitError(
        "SIO_TOO_MANY_ACKS",
        `${MAX_PENDING_ACKS} acknowledgements are pending on this socket, which is the limit`,
      );
    }
    if (timeoutMs === undefined) {
      this.set(id, listener);
      return;
    }
    this.#timers ??= new Map();
    this.#timers.set(
      id,
      this.#clock.setTimer(() => {
        this.delete(id);
        guard(this.#report, () => listener(new AckTimeoutError()));
      }, timeoutMs),
    );
    this.set(id, (...values) => listener(null, ...values));
  }

  /** Registers a listener. Beyond the limit it is left out: that client counts as one that does not answer. */
  override set(id: number, listener: AckListener): this {
    return this.size < MAX_PENDING_ACKS ? super.set(id, listener) : this;
  }

  /** Stops waiting for the answer to packet `id`. */
  override delete(id: number): boolean {
    this.#timers?.get(id)?.cancel();
    this.#timers?.delete(id);
    return super.delete(id);
  }

  /** Hands an answer to whom waits for it; an unknown id is ignored (SIO §30). */
  settle(id: number, values: readonly unknown[]): void {
    const listener = this.get(id);
    if (listener === undefined) return;
    this.delete(id);
    // Written out, not through `guard`: this is on the path of every acknowledgement.
    try {
      const result: unknown = listener(...values);
      if (result instanceof Promise) result.catch(this.#report);
    } catch (error) {
      this.#report(error);
    }
  }
}
