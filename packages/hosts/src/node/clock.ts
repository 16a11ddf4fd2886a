import type { Clock, Timer } from "@tautline/events/clock";

/** Node takes a longer delay for none at all. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** The Clock of Node. Its time never goes back, whatever happens to the system's. */
export const nodeClock: Clock = {
  now(): number {
    return Math.floor(performance.timeOrigin + performance.now());
  },
  setTimer(callback: () => void, delayMs: number, isBackground?: boolean): Timer {
    const timeout = setTimeout(callback, Math.min(delayMs, MAX_DELAY_MS));
    if (isBackground) timeout.unref();
    return { cancel: () => clearTimeout(timeout) };
  },
  nextTick(callback: () => void): void {
    process.nextTick(callback);
  },
  atTurnEnd(callback: () => void): void {
    setImmediate(callback);
  },
};
