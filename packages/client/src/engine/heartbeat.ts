import type { Clock, Timer } from "@tautline/events/clock";

/** Finds out that the server has gone silent (EIO §12.1). */
export interface Heartbeat {
  /** Waits for the next ping, from anew. */
  restart(periodMs: number): void;
  stop(): void;
  /** Whether the deadline has passed, though its timer may not have run; `onExpired` then follows in a later tick. */
  isOverdue(): boolean;
}

type State =
  | { readonly name: "stopped" | "expired" }
  | { readonly name: "waiting"; readonly deadlineMs: number; readonly timer: Timer };

/**
 *     stopped ──restart──▶ waiting ──deadline──▶ expired
 *
 * The deadline is kept as a time of day too: timers stand still while a device sleeps or a page is throttled.
 */
export function createHeartbeat(clock: Clock, onExpired: () => void): Heartbeat {
  let state: State = { name: "stopped" };
  const leave = (name: "stopped" | "expired"): void => {
    if (state.name === "waiting") state.timer.cancel();
    state = { name };
  };
  const expire = (): void => {
    leave("expired");
    onExpired();
  };
  return {
    restart(periodMs) {
      leave("stopped");
      const deadlineMs = clock.now() + periodMs;
      state = { name: "waiting", deadlineMs, timer: clock.setTimer(expire, periodMs) };
    },
    stop: () => leave("stopped"),
    isOverdue() {
      if (state.name === "waiting" && clock.now() > state.deadlineMs) {
        leave("expired");
        clock.nextTick(onExpired);
      }
      return state.name === "expired";
    },
  };
}
