// The move of a session to another transport (EIO §13), once and for every runtime.
//
//   candidate ──probe──▶ probed
//   candidate, probed ──upgrade──▶ done
//   candidate, probed ──packet, expire, lost, sessionClosed──▶ abandoned
//
// Invariants:
// - the session stays on its current transport until `done`; a failed candidate never harms it (EIO §13.3.8);
// - leaving `candidate` or `probed` ends both waits and unhooks the candidate, in one place;
// - while `probed`, a GET that waits is released every 100 ms: the client may open another one after the probe
//   was answered (EIO §62.30).

import { type MachineTable, next } from "@tautline/events/machine";
import type { EnginePacket } from "@tautline/protocol/engine-packet";
import type { Deadline, DeadlineQueue } from "./deadlines.ts";
import { PROBE_PONG } from "./outbound-packet.ts";
import type { Transport, TransportOwner } from "./transport.ts";

type UpgradeState = "candidate" | "probed" | "done" | "abandoned";
type UpgradeEvent = "probe" | "upgrade" | "packet" | "expire" | "lost" | "sessionClosed";

/** The transitions of an upgrade. */
export const upgradeMachine: MachineTable<UpgradeState, UpgradeEvent> = {
  candidate: {
    probe: "probed",
    upgrade: "done",
    packet: "abandoned",
    expire: "abandoned",
    lost: "abandoned",
    sessionClosed: "abandoned",
  },
  probed: {
    probe: "probed",
    upgrade: "done",
    packet: "abandoned",
    expire: "abandoned",
    lost: "abandoned",
    sessionClosed: "abandoned",
  },
  done: {},
  abandoned: {},
};

/** EIO §13.2.2, fixed. */
const NOOP_INTERVAL_MS = 100;

/** What an upgrade asks of its session. */
export interface UpgradeOwner {
  /** The probe was answered on `candidate`. */
  onProbed(candidate: Transport): void;
  /** Releases a GET that waits on the current transport. */
  releasePoll(): void;
  /** The peer moved: `candidate` is to become current. */
  onUpgraded(candidate: Transport): void;
  /** Given up; the session goes on as it was. */
  onUpgradeAbandoned(): void;
}

/** One attempt. It owns the candidate transport until it is done or abandoned. */
export class Upgrade implements TransportOwner {
  readonly #deadlines: DeadlineQueue;
  readonly #owner: UpgradeOwner;
  readonly #candidate: Transport;
  readonly #expiry: Deadline;
  #state: UpgradeState = "candidate";
  #noop: Deadline | undefined;

  constructor(deadlines: DeadlineQueue, owner: UpgradeOwner, candidate: Transport, timeoutMs: number) {
    this.#deadlines = deadlines;
    this.#owner = owner;
    this.#candidate = candidate;
    this.#expiry = deadlines.after(timeoutMs, () => this.#move("expire"));
    candidate.owner = this;
  }

  get state(): UpgradeState {
    return this.#state;
  }

  /** The session ends: so does its candidate (EIO §13.2.6). */
  abandon(): void {
    this.#move("sessionClosed");
  }

  // TransportOwner

  onMessage(): void {
    this.#move("packet");
  }

  onPacket(packet: EnginePacket): void {
    // EIO §62.26: only a candidate may be pinged by the client, and only so.
    if (packet.type === "ping" && packet.data === "probe") this.#move("probe");
    else if (packet.type === "upgrade") this.#move("upgrade");
    else this.#move("packet");
  }

  onDrain(): void {}

  onTransportClose(): void {
    this.#move("lost");
  }

  onTransportError(): void {
    this.#move("lost");
  }

  // Transitions

  #move(event: UpgradeEvent): void {
    const state = next(upgradeMachine, this.#state, event);
    if (state === undefined) return;
    this.#state = state;
    switch (state) {
      case "probed":
        this.#onProbed();
        break;
      case "done":
        this.#leave();
        this.#owner.onUpgraded(this.#candidate);
        break;
      case "abandoned":
        this.#leave();
        this.#candidate.discard();
        this.#owner.onUpgradeAbandoned();
        break;
    }
  }

  #onProbed(): void {
    if (this.#candidate.writable) this.#candidate.send([PROBE_PONG]);
    this.#scheduleNoop();
    this.#owner.onProbed(this.#candidate);
  }

  #scheduleNoop(): void {
    this.#noop ??= this.#deadlines.after(NOOP_INTERVAL_MS, () => {
      this.#noop = undefined;
      this.#scheduleNoop();
      this.#owner.releasePoll();
    });
  }

  #leave(): void {
    this.#deadlines.disarm(this.#expiry);
    if (this.#noop) this.#deadlines.disarm(this.#noop);
    this.#noop = undefined;
    this.#candidate.owner = undefined;
  }
}
