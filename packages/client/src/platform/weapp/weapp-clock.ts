import type { Clock } from "@tautline/events/clock";
import type { ClockOptions } from "../../platform.ts";

// Mini-programs have timers by these names, but not always a `globalThis` that has them.
declare function setTimeout(callback: () => void, delayMs: number): unknown;
declare function clearTimeout(timer: unknown): void;

// Captured when the module loads: what `useNativeTimers` waits with, whatever is installed later.
const native = { set: setTimeout, clear: clearTimeout, now: Date.now };

// The longest delay that timers know; a longer one would run at once.
const MAX_DELAY_MS = 0x7fffffff;

/** A clock on the timers of a mini-program. */
export function createWeappClock({ useNativeTimers }: ClockOptions): Clock {
  const { set, clear, now } = useNativeTimers
    ? native
    : {
        set: (callback: () => void, delayMs: number) => setTimeout(callback, delayMs),
        clear: (timer: unknown) => clearTimeout(timer),
        now: () => Date.now(),
      };
  const setTimer: Clock["setTimer"] = (callback, delayMs) => {
    const timer = set(callback, Math.min(delayMs, MAX_DELAY_MS));
    return { cancel: () => clear(timer) };
  };
  return {
    now,
    setTimer,
    nextTick: (callback) => void Promise.resolve().then(callback),
    atTurnEnd: (callback) => void setTimer(callback, 0),
  };
}
