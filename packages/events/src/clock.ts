// The Clock port: the only way by which neutral code learns the time or waits for it.
// Hosts and platforms implement it; tests use testing/manual-clock.ts.

/** A wait that can be called off. Cancelling twice, or after it ran, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Time and turns, handed to every machine that needs them.
 *
 * An implementation MUST never call a callback synchronously from the method that takes it, and MUST call
 * callbacks of equal delay in the order in which they were given.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Calls `callback` once, after at least `delayMs` milliseconds. `isBackground` says that the process need not live
   * on for it, where the runtime can tell.
   */
  setTimer(callback: () => void, delayMs: number, isBackground?: boolean): Timer;
  /** Calls `callback` after the running callback and before any other input: `process.nextTick`, a microtask. */
  nextTick(callback: () => void): void;
  /**
   * Calls `callback` once the inputs that the event loop has ready have been handled: `setImmediate` on Node.
   * What one turn wrote is sent there, together.
   */
  atTurnEnd(callback: () => void): void;
}
