import type { Clock, Timer } from "@tautline/events/clock";

type State =
  | { readonly name: "stopped" }
  | { readonly name: "waiting"; readonly deadlineMs: number; readonly timer: Timer }
  | { readonly name: "expired" };

/**
 * Finds out that the server has gone silent (EIO §12.1).
 *
 *     stopped ──restart──▶ waiting ──deadline──▶ expired
 *
 * The deadline is kept as a time of day too: timers stand still while a device sleeps or a page is throttled.
 */
export class Heartbeat {
  readonly #clock: Clock;
  readonly #onExpired: () => void;
  #state: State = { name: "stopped" };

  constructor(clock: Clock, onExpired: () => void) {
    this.#clock = clock;
    this.#onExpired = onExpired;
  }

  /** Waits for the next ping, from anew. */
  restart(periodMs: number): void {
    this.stop();
    const timer = this.#clock.setTimer(() => this.#expire(), periodMs);
    this.#state = { name: "waiting", deadlineMs: this.#clock.now() + periodMs, timer };
  }

  stop(): void {
    if (this.#state.name === "waiting") this.#state.timer.cancel();
    this.#state = { name: "stopped" };
  }

  /** Whether the deadline has passed, though its timer may not have run; `onExpired` then follows in a later tick. */
  isOverdue(): boolean {
    const state = this.#state;
    if (state.name === "waiting" && this.#clock.now() > state.deadlineMs) {
      state.timer.cancel();
      this.#state = { name: "expired" };
      this.#clock.nextTick(this.#onExpired);
    }
    return this.#state.name === "expired";
  }

  #expire(): void {
    this.#state = { name: "expired" };
    this.#onExpired();
  }
}
