import type { Clock } from "@tautline/events/clock";

/** What collects packets during a turn and hands them over at its end. */
export interface TurnFlushable {
  onTurnEnd(): void;
}

/**
 * One per engine: the sessions that were sent to in this turn, each written once at its end.
 *
 * A session MUST add itself at most once until its `onTurnEnd` was called.
 */
export class TurnWriter {
  readonly #clock: Clock;
  readonly #onTurnEnd: () => void;
  #dirty: TurnFlushable[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#onTurnEnd = () => this.#flush();
  }

  add(session: TurnFlushable): void {
    if (this.#dirty.push(session) === 1) this.#clock.atTurnEnd(this.#onTurnEnd);
  }

  #flush(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    let written = 0;
    try {
      for (const session of dirty) {
        written++;
        session.onTurnEnd();
      }
    } finally {
      // Whatever failed: the sessions behind it are written in the next turn.
      for (const session of dirty.slice(written)) this.add(session);
    }
  }
}
