// The reconnection loop of a manager (client.md 5.8):
//
//     idle ──lost──▶ waiting ──due──▶ attempting ──opened──▶ idle
//                      ▲ │                │
//                      │ └──open──▶ taken ┤ failed: waiting again, or idle once attempts are used up
//                      └──────────────────┘
//     any ──stop──▶ stopped ──open──▶ idle
//
// taken: the program opened the manager itself while the loop waited; the loop goes on if that fails.
// stopped: nothing is tried until the program opens the manager.

import type { Clock, Timer } from "@tautline/events/clock";
import { type MachineTable, next } from "@tautline/events/machine";
import type { Backoff } from "./backoff.ts";

export type ReconnectState = "idle" | "waiting" | "attempting" | "taken" | "stopped";
export type ReconnectEvent = "lost" | "due" | "open" | "opened" | "failed" | "exhausted" | "stop";

export const reconnectMachine: MachineTable<ReconnectState, ReconnectEvent> = {
  idle: { lost: "waiting", stop: "stopped" },
  waiting: { due: "attempting", open: "taken", exhausted: "idle", stop: "stopped" },
  attempting: { opened: "idle", failed: "waiting", stop: "stopped" },
  taken: { opened: "idle", failed: "waiting", stop: "stopped" },
  stopped: { open: "idle" },
};

/** The manager. */
export interface ReconnectOwner {
  readonly clock: Clock;
  readonly backoff: Backoff;
  maxAttempts(): number;
  /** An attempt is due: MUST announce it, then call `isAttempting` and open. */
  onAttempt(attempt: number): void;
  onExhausted(): void;
}

export class Reconnect {
  readonly #owner: ReconnectOwner;
  #state: ReconnectState = "idle";
  #timer: Timer | undefined;

  constructor(owner: ReconnectOwner) {
    this.#owner = owner;
  }

  get state(): ReconnectState {
    return this.#state;
  }

  /** Whether the loop will open, or is opening, the connection by itself. */
  get isRunning(): boolean {
    return this.#state === "waiting" || this.#state === "attempting";
  }

  /** The connection was lost, or the first attempt failed. */
  start(): void {
    if (this.#move("lost")) this.#wait();
  }

  /** The program opens the connection. */
  takeOver(): void {
    this.#move("open");
  }

  opened(): void {
    this.#move("opened");
  }

  failed(): void {
    if (this.#move("failed")) this.#wait();
  }

  stop(): void {
    this.#move("stop");
  }

  /** Ends the wait, as when the network has returned. */
  hurry(): void {
    if (this.#state === "waiting") this.#attempt();
  }

  #wait(): void {
    const { backoff, clock } = this.#owner;
    if (backoff.attempts >= this.#owner.maxAttempts()) {
      backoff.reset();
      this.#move("exhausted");
      this.#owner.onExhausted();
      return;
    }
    this.#timer = clock.setTimer(() => this.#attempt(), backoff.duration());
  }

  #attempt(): void {
    if (this.#move("due")) this.#owner.onAttempt(this.#owner.backoff.attempts);
  }

  #move(event: ReconnectEvent): boolean {
    const state = next(reconnectMachine, this.#state, event);
    if (!state) return false;
    this.#timer?.cancel();
    this.#state = state;
    return true;
  }
}
