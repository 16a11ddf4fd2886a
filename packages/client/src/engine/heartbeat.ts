import type { Clock, Timer } from "@tautline/events/clock";

/** Finds out that the server has gone silent (EIO §12.1). */
export interface Heartbeat {
  /** Waits for the next ping, from anew. */
  restart(periodMs: number): void;
  stop(): void;
  /** Whether the deadline has passed, though its timer may not have run; `onExpired` then follows in a later tick. */
  isOverdue(): boolean;
}

/** The deadline is kept as a time of day too: timers stand still while a device sleeps or a page is throttled. */
export function createHeartbeat(clock: Clock, onExpired: () => void): Heartbeat {
  let deadlineMs = Number.POSITIVE_INFINITY;
  let timer: Timer | undefined;
  const stop = (): void => {
    timer?.cancel();
    timer = undefined;
    deadlineMs = Number.POSITIVE_INFINITY;
  };
  return {
    restart(periodMs) {
      stop();
      deadlineMs = clock.now() + periodMs;
      timer = clock.setTimer(onExpired, periodMs);
    },
    stop,
    isOverdue() {
      const isOverdue = clock.now() > deadlineMs;
      if (isOverdue && timer) {
        timer.cancel();
        timer = undefined;
        clock.nextTick(onExpired);
      }
      return isOverdue;
    },
  };
}
