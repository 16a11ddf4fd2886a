import type { Clock, Timer } from "../clock.ts";

interface Wait {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A Clock that stands still until a test moves it: hours pass in microseconds, and always in the same order. */
export class ManualClock implements Clock {
  #nowMs: number;
  #order = 0;
  #waits: Wait[] = [];
  #ticks: (() => void)[] = [];
  #turnEnds: (() => void)[] = [];

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const wait: Wait = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#waits.push(wait);
    return {
      cancel: () => {
        this.#waits = this.#waits.filter((other) => other !== wait);
      },
    };
  }

  nextTick(callback: () => void): void {
    this.#ticks.push(callback);
  }

  atTurnEnd(callback: () => void): void {
    this.#turnEnds.push(callback);
  }

  /** Timers that are set and have not run: what a test asserts to show that nothing leaks. */
  get pendingTimers(): number {
    return this.#waits.length;
  }

  /** Runs ticks and turn ends until none is left; time stands still. */
  settle(): void {
    while (this.#ticks.length > 0 || this.#turnEnds.length > 0) {
      const tick = this.#ticks.shift();
      if (tick) {
        tick();
        continue;
      }
      const turnEnds = this.#turnEnds;
      this.#turnEnds = [];
      for (const callback of turnEnds) callback();
    }
  }

  /** Moves time on by `ms`, running every timer that falls due, each at its own moment. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    this.settle();
    for (let next = this.#nextDue(untilMs); next; next = this.#nextDue(untilMs)) {
      this.#waits = this.#waits.filter((wait) => wait !== next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
      this.settle();
    }
    this.#nowMs = untilMs;
  }

  #nextDue(untilMs: number): Wait | undefined {
    let first: Wait | undefined;
    for (const wait of this.#waits) {
      if (wait.dueMs > untilMs) continue;
      if (!first || wait.dueMs < first.dueMs || (wait.dueMs === first.dueMs && wait.order < first.order)) {
        first = wait;
      }
    }
    return first;
  }
}
