// The heartbeat of one session (EIO §12): how a dead peer is found.
//
//   revision 4, this side pings:
//     off ──begin──▶ resting ──expire──▶ awaiting ──packet──▶ extended
//     resting, awaiting, extended ──pong──▶ resting
//     awaiting, extended ──expire──▶ expired
//   revision 3, the peer pings:
//     off ──listen──▶ listening ──ping──▶ listening ──expire──▶ expired
//   any ──stop──▶ off
//
// `extended` exists because the first packet that is not the pong proves the peer alive once per ping, and no
// more than once: data traffic does not replace the pong (EIO §0.3, §62.29).
// An upgrade starts a wait that runs anew: the answer may have been on its way by the old transport.

import { type MachineTable, next } from "@tautline/events/machine";
import { Deadline, type DeadlineQueue } from "./deadlines.ts";

type HeartbeatState = "off" | "resting" | "awaiting" | "extended" | "listening" | "expired";
type HeartbeatEvent = "begin" | "listen" | "expire" | "packet" | "pong" | "ping" | "stop";

/** The transitions of the heartbeat. */
export const heartbeatMachine: MachineTable<HeartbeatState, HeartbeatEvent> = {
  off: { begin: "resting", listen: "listening" },
  resting: { expire: "awaiting", pong: "resting", stop: "off" },
  awaiting: { expire: "expired", packet: "extended", pong: "resting", stop: "off" },
  extended: { expire: "expired", pong: "resting", stop: "off" },
  listening: { expire: "expired", ping: "listening", stop: "off" },
  expired: { stop: "off" },
};

/** What a heartbeat asks of its session. */
export interface HeartbeatOwner {
  /** Revision 4: a ping is due. */
  onPingDue(): void;
  /** The peer is dead. */
  onPingTimeout(): void;
}

export class Heartbeat extends Deadline {
  readonly #deadlines: DeadlineQueue;
  readonly #owner: HeartbeatOwner;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #state: HeartbeatState = "off";

  constructor(deadlines: DeadlineQueue, owner: HeartbeatOwner, intervalMs: number, timeoutMs: number) {
    super();
    this.#deadlines = deadlines;
    this.#owner = owner;
    this.#intervalMs = intervalMs;
    this.#timeoutMs = timeoutMs;
  }

  get state(): HeartbeatState {
    return this.#state;
  }

  begin(protocol: 3 | 4): void {
    this.#move(protocol === 4 ? "begin" : "listen");
  }

  /** HOT PATH: any packet besides the pong arrived. */
  onPacket(): void {
    if (this.#state === "awaiting") this.#move("packet");
  }

  /** Revision 4. An unsolicited one postpones the next ping (EIO §12.1). */
  onPong(): void {
    this.#move("pong");
  }

  /** Revision 3. */
  onPing(): void {
    this.#move("ping");
  }

  /** The session moved to another transport: what it waits for may take its whole time again. */
  onUpgrade(): void {
    if (this.#state !== "resting") this.#arm();
  }

  stop(): void {
    this.#move("stop");
  }

  override onDue(): void {
    this.#move("expire");
    if (this.#state === "awaiting") this.#owner.onPingDue();
    else if (this.#state === "expired") this.#owner.onPingTimeout();
  }

  #move(event: HeartbeatEvent): void {
    const state = next(heartbeatMachine, this.#state, event);
    if (state === undefined) return;
    this.#state = state;
    this.#arm();
  }

  #arm(): void {
    const durationMs = this.#durationMs();
    if (durationMs === undefined) this.#deadlines.disarm(this);
    else this.#deadlines.arm(this, durationMs);
  }

  #durationMs(): number | undefined {
    switch (this.#state) {
      case "resting":
        return this.#intervalMs;
      case "awaiting":
      case "extended":
        return this.#timeoutMs;
      case "listening":
        return this.#intervalMs + this.#timeoutMs;
      case "off":
      case "expired":
        return undefined;
    }
  }
}
