import type { Clock, Timer } from "@tautline/events/clock";

// The wait is cut into slices, so that the end of a sleep is seen without a timer of its own.
const SLICE_MS = 10_000;

// A slice that takes so much longer than it should: no timer ran, since the device slept or the page was frozen.
const GAP_MS = 5000;

/** What a heartbeat tells its engine. */
export interface HeartbeatOwner {
  /** The server has gone silent. */
  onExpired(): void;
  /** Timers have stood still for a while. */
  onWake(): void;
}

/** Finds out that the server has gone silent (EIO §12.1). */
export interface Heartbeat {
  /** Waits for the next ping, from anew: it is due in `intervalMs`, and may be late by `graceMs`. */
  restart(intervalMs: number, graceMs: number): void;
  stop(): void;
  /** Whether the deadline has passed, though its timer may not have run; `onExpired` then follows in a later tick. */
  isOverdue(): boolean;
  /** Whether the server should have pinged, and may still be about to. */
  isLate(): boolean;
}

/** The deadline is kept as a time of day too: timers stand still while a device sleeps or a page is throttled. */
export function createHeartbeat(clock: Clock, owner: HeartbeatOwner): Heartbeat {
  let dueMs = Number.POSITIVE_INFINITY;
  let deadlineMs = dueMs;
  let timer: Timer | undefined;
  const stop = (): void => {
    timer?.cancel();
    timer = undefined;
    dueMs = deadlineMs = Number.POSITIVE_INFINITY;
  };
  const wait = (remainingMs: number): void => {
    const sliceMs = Math.min(remainingMs, SLICE_MS);
    const sliceEndMs = clock.now() + sliceMs;
    timer = clock.setTimer(() => {
      const nowMs = clock.now();
      // By the timers, since the time of day may be set back.
      const isOver = remainingMs === sliceMs || nowMs > deadlineMs;
      if (!isOver) wait(remainingMs - sliceMs);
      if (nowMs - sliceEndMs > GAP_MS) owner.onWake();
      if (isOver) owner.onExpired();
    }, sliceMs);
  };
  return {
    restart(intervalMs, graceMs) {
      stop();
      dueMs = clock.now() + intervalMs;
      deadlineMs = dueMs + graceMs;
      wait(intervalMs + graceMs);
    },
    stop,
    isOverdue() {
      const isOverdue = clock.now() > deadlineMs;
      if (isOverdue && timer) {
        timer.cancel();
        timer = undefined;
        clock.nextTick(owner.onExpired);
      }
      return isOverdue;
    },
    isLate: () => clock.now() > dueMs,
  };
}
