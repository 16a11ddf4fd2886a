import type { Clock } from "@tautline/events/clock";
import type { ClockOptions } from "../platform.ts";

// Captured when the module loads: what `useNativeTimers` waits with, whatever is installed later.
const nativeSetTimeout = globalThis.setTimeout.bind(globalThis);
const nativeClearTimeout = globalThis.clearTimeout.bind(globalThis);
const nativeNow = Date.now;

// The longest delay that timers know; a longer one would run at once.
const MAX_DELAY_MS = 0x7fffffff;

/** A clock on the runtime's timers. `nextTick` is the runtime's. */
export function createSystemClock(options: ClockOptions, nextTick: (callback: () => void) => void): Clock {
  const { useNativeTimers, autoUnref } = options;
  const clock: Clock = {
    now: () => (useNativeTimers ? nativeNow() : Date.now()),
    setTimer(callback, delayMs) {
      const ms = Math.min(delayMs, MAX_DELAY_MS);
      const timer: unknown = useNativeTimers ? nativeSetTimeout(callback, ms) : setTimeout(callback, ms);
      if (autoUnref) Object(timer).unref?.();
      return { cancel: () => (useNativeTimers ? nativeClearTimeout : clearTimeout)(Object(timer)) };
    },
    nextTick,
    atTurnEnd: (callback) => {
      clock.setTimer(callback, 0);
    },
  };
  return clock;
}
