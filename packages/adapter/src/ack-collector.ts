// Collects the answers to one acknowledged broadcast (server.md §13.2).
//
// Complete when every node has said how many targets it had and all of them have answered; ended early by the
// timeout, with the answers so far.

import type { Clock, Timer } from "@tautline/events/clock";
import { AckTimeoutError } from "./errors.ts";

export type CollectedAck = (error: Error | null, responses: unknown) => void;

/** What an acknowledged broadcast waits for. */
export class AckCollector {
  readonly #responses: unknown[] = [];
  readonly #isSingle: boolean;
  readonly #onDone: CollectedAck;
  readonly #timer: Timer;
  #expectedNodes: number | undefined;
  #nodes = 0;
  #expectedAnswers = 0;
  #isDone = false;
  /** Called when the wait ends early: forgets the acknowledgements that are still pending. */
  onTimeout: (() => void) | undefined;

  constructor(clock: Clock, timeoutMs: number, isSingle: boolean, onDone: CollectedAck) {
    this.#isSingle = isSingle;
    this.#onDone = onDone;
    this.#timer = clock.setTimer(() => this.#expire(), timeoutMs);
  }

  /** The number of nodes that will report, once it is known. */
  expectNodes(count: number): void {
    this.#expectedNodes = count;
    this.#check();
  }

  /** One node had `count` targets. */
  addTargets(count: number): void {
    this.#nodes += 1;
    this.#expectedAnswers += count;
    this.#check();
  }

  /** One client answered; only its first value counts. */
  addAnswer(value: unknown): void {
    this.#responses.push(value);
    this.#check();
  }

  /** The broadcast failed: nobody is told anything. */
  abandon(): void {
    this.#isDone = true;
    this.#timer.cancel();
  }

  #check(): void {
    if (this.#isDone || this.#nodes !== this.#expectedNodes) return;
    if (this.#responses.length !== this.#expectedAnswers) return;
    this.#isDone = true;
    this.#timer.cancel();
    this.#onDone(null, this.#isSingle ? this.#responses[0] : this.#responses);
  }

  #expire(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.onTimeout?.();
    this.#onDone(new AckTimeoutError(), this.#isSingle ? null : this.#responses);
  }
}
