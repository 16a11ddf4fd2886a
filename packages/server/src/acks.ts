import { AckTimeoutError, EmitError } from "@tautline/adapter/errors";
import type { Clock, Timer } from "@tautline/events/clock";

/** Called with the values of an answer. */
export type AckListener = (...values: unknown[]) => void;

interface PendingAck {
  readonly listener: AckListener;
  readonly timer: Timer | undefined;
}

/** How many answers a socket may wait for at once (SEC §2). */
export const MAX_PENDING_ACKS = 10_000;

/** The answers that one socket waits for, by packet id. */
export class Acks {
  readonly #pending = new Map<number, PendingAck>();

  /**
   * Waits for the answer to packet `id`. With a timeout the listener takes an error first, as in Node.
   *
   * @throws EmitError `SIO_TOO_MANY_ACKS`
   */
  expect(id: number, listener: AckListener, timeoutMs: number | undefined, clock: Clock): void {
    if (this.#pending.size >= MAX_PENDING_ACKS) {
      throw new EmitError(
        "SIO_TOO_MANY_ACKS",
        `${MAX_PENDING_ACKS} acknowledgements are pending on this socket, which is the limit`,
      );
    }
    if (timeoutMs === undefined) {
      this.#pending.set(id, { listener, timer: undefined });
      return;
    }
    const timer = clock.setTimer(() => {
      this.#pending.delete(id);
      listener(new AckTimeoutError());
    }, timeoutMs);
    this.#pending.set(id, { listener: (...values) => listener(null, ...values), timer });
  }

  /** Hands an answer to whom waits for it; an unknown id is ignored (SIO §30). */
  settle(id: number, values: readonly unknown[]): void {
    const ack = this.#pending.get(id);
    if (ack === undefined) return;
    this.forget(id);
    ack.listener(...values);
  }

  forget(id: number): void {
    this.#pending.get(id)?.timer?.cancel();
    this.#pending.delete(id);
  }
}
