// Many deadlines on few timers (design: no timer per connection).
//
// Deadlines of equal duration fall due in the order in which they were armed. So each duration is one lane: a
// doubly linked list threaded through the deadlines themselves, and one clock timer for its first member.
// Arming appends, disarming unlinks: both take constant time and allocate nothing.

import type { Clock, Timer } from "@tautline/events/clock";

interface Lane {
  readonly durationMs: number;
  first: Deadline | undefined;
  last: Deadline | undefined;
  timer: Timer | undefined;
  /** While the lane is swept, the sweep alone sets its timer and drops it. */
  isSwept: boolean;
}

/** Something that falls due. A machine that waits extends it, so that waiting costs no further object. */
export abstract class Deadline {
  /** Fields of the queue that this deadline stands in; nobody else writes them. */
  lane: Lane | undefined = undefined;
  previous: Deadline | undefined = undefined;
  following: Deadline | undefined = undefined;
  dueMs = 0;

  abstract onDue(): void;
}

/** The deadlines of one engine. */
export class DeadlineQueue {
  readonly #clock: Clock;
  readonly #lanes: Map<number, Lane> = new Map();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `deadline.onDue()` in `durationMs`; a deadline that is armed already is moved. */
  arm(deadline: Deadline, durationMs: number): void {
    this.disarm(deadline);
    const lane = this.#laneOf(durationMs);
    deadline.lane = lane;
    deadline.dueMs = this.#clock.now() + durationMs;
    deadline.previous = lane.last;
    if (lane.last) lane.last.following = deadline;
    else lane.first = deadline;
    lane.last = deadline;
    if (!lane.isSwept) lane.timer ??= this.#clock.setTimer(() => this.#sweep(lane), durationMs);
  }

  /** Forgets a deadline; one that is not armed stays so. */
  disarm(deadline: Deadline): void {
    const lane = deadline.lane;
    if (lane === undefined) return;
    this.#unlink(lane, deadline);
    if (lane.first === undefined && !lane.isSwept) this.#drop(lane);
  }

  /** Calls `callback` in `durationMs`; for waits that are too rare to deserve a class. */
  after(durationMs: number, callback: () => void): Deadline {
    const deadline = new CallbackDeadline(callback);
    this.arm(deadline, durationMs);
    return deadline;
  }

  #laneOf(durationMs: number): Lane {
    let lane = this.#lanes.get(durationMs);
    if (lane === undefined) {
      lane = { durationMs, first: undefined, last: undefined, timer: undefined, isSwept: false };
      this.#lanes.set(durationMs, lane);
    }
    return lane;
  }

  #sweep(lane: Lane): void {
    lane.timer = undefined;
    lane.isSwept = true;
    const nowMs = this.#clock.now();
    try {
      // A deadline that is armed again while the lane is swept goes to its end and is due later.
      for (let first = lane.first; first && first.dueMs <= nowMs; first = lane.first) {
        this.#unlink(lane, first);
        first.onDue();
      }
    } finally {
      // Whatever failed: the others still wait.
      lane.isSwept = false;
      this.#rearm(lane, nowMs);
    }
  }

  #rearm(lane: Lane, nowMs: number): void {
    if (lane.first === undefined) {
      this.#drop(lane);
      return;
    }
    lane.timer = this.#clock.setTimer(() => this.#sweep(lane), Math.max(1, lane.first.dueMs - nowMs));
  }

  #unlink(lane: Lane, deadline: Deadline): void {
    const { previous, following } = deadline;
    if (previous) previous.following = following;
    else lane.first = following;
    if (following) following.previous = previous;
    else lane.last = previous;
    deadline.lane = undefined;
    deadline.previous = undefined;
    deadline.following = undefined;
  }

  /** An empty lane keeps no timer: a closed session must not hold the process (EIO §62.40). */
  #drop(lane: Lane): void {
    lane.timer?.cancel();
    lane.timer = undefined;
    this.#lanes.delete(lane.durationMs);
  }
}

class CallbackDeadline extends Deadline {
  readonly #callback: () => void;

  constructor(callback: () => void) {
    super();
    this.#callback = callback;
  }

  override onDue(): void {
    this.#callback();
  }
}
