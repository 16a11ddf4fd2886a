import type { Clock } from "@tautline/events/clock";
import type { ClockOptions } from "../platform.ts";

// Captured when the module loads: what `useNativeTimers` waits with, whatever is installed later.
const native = {
  setTimeout: globalThis.setTimeout.bind(globalThis),
  clearTimeout: globalThis.clearTimeout.bind(globalThis),
  now: Date.now,
};

// The longest delay that timers know; a longer one would run at once.
const MAX_DELAY_MS = 0x7fffffff;

/** A clock on the runtime's timers. `nextTick` is the runtime's. */
export function createSystemClock(options: ClockOptions, nextTick: (callback: () => void) => void): Clock {
  const { useNativeTimers, autoUnref } = options;
  const timers = useNativeTimers ? native : globalThis;
  const setTimer: Clock["setTimer"] = (callback, delayMs) => {
    const timer: unknown = timers.setTimeout(callback, Math.min(delayMs, MAX_DELAY_MS));
    if (autoUnref) Object(timer).unref?.();
    return { cancel: () => timers.clearTimeout(Object(timer)) };
  };
  return {
    now: () => (useNativeTimers ? native : Date).now(),
    setTimer,
    nextTick,
    atTurnEnd: (callback) => void setTimer(callback, 0),
  };
}
