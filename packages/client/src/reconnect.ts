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
  /** Milliseconds until the next attempt; undefined once attempts are used up. */
  nextDelay(): number | undefined;
  onAttempt(): void;
  onExhausted(): void;
}

export interface Reconnect {
  state(): ReconnectState;
  /**
   * `lost`: the connection, or the first attempt. `open`: the program opens by itself. `due`: do not wait longer.
   * `opened`, `failed`: what came of an attempt. An event that does not fit the state is ignored.
   */
  on(event: Exclude<ReconnectEvent, "exhausted">): void;
}

/** Makes the loop of one manager. */
export function createReconnect(owner: ReconnectOwner): Reconnect {
  let state: ReconnectState = "idle";
  let timer: Timer | undefined;
  const on = (event: ReconnectEvent): void => {
    const following = next(reconnectMachine, state, event);
    if (!following) return;
    timer?.cancel();
    state = following;
    if (state === "waiting") wait();
    if (state === "attempting") owner.onAttempt();
  };
  const wait = (): void => {
    const delayMs = owner.nextDelay();
    if (delayMs === undefined) {
      on("exhausted");
      owner.onExhausted();
    } else timer = owner.clock.setTimer(() => on("due"), delayMs);
  };
  return { state: () => state, on };
}
