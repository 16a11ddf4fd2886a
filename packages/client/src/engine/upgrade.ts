// The move of one engine from polling to a better transport (EIO §13.3), one machine per candidate:
//
//     waiting ─start▶ opening ─open▶ probing ─pong▶ pausing ─paused▶ switched
//        └──────────────┴─────────────┴──────────────┴────fail▶ failed
//
// waiting: WebTransport has 200 ms of lead. pausing: polling ends what is on its way; nothing is flushed.
// A failed candidate never closes the engine; it is not tried again.

import type { Clock, Timer } from "@tautline/events/clock";
import { type MachineTable, next } from "@tautline/events/machine";
import type { Packet } from "./packet.ts";
import type { Transport } from "./transport.ts";

export type UpgradeState = "waiting" | "opening" | "probing" | "pausing" | "switched" | "failed";
export type UpgradeEvent = "start" | "open" | "pong" | "paused" | "fail";

export const upgradeMachine: MachineTable<UpgradeState, UpgradeEvent> = {
  waiting: { start: "opening", fail: "failed" },
  opening: { open: "probing", fail: "failed" },
  probing: { pong: "pausing", fail: "failed" },
  pausing: { paused: "switched", fail: "failed" },
  switched: {},
  failed: {},
};

/** A failed probe, for `upgradeError`. */
export class UpgradeError extends Error {
  /** Name of the candidate. */
  readonly transport: string;

  constructor(transport: string, cause?: string) {
    super(cause ? `probe error: ${cause}` : "probe error");
    this.transport = transport;
  }
}

/** The engine that wants to move. */
export interface UpgradeOwner {
  readonly clock: Clock;
  /** The transport that carries packets at this moment. */
  current(): Transport;
  createTransport(name: string): Transport;
  /** The candidate answered: it will be taken once the current transport rests. */
  onUpgrading(candidate: Transport): void;
  /** MUST make the candidate the current transport, and send `upgrade` on it. */
  onUpgraded(candidate: Transport): void;
  onUpgradeError(error: UpgradeError): void;
}

/** All candidates of one engine. */
export class Upgrade {
  readonly #owner: UpgradeOwner;
  #probes: Probe[] = [];

  constructor(owner: UpgradeOwner) {
    this.#owner = owner;
  }

  /** Whether the current transport is about to be left: nothing may be flushed. */
  get isSwitching(): boolean {
    return this.#probes.some((probe) => probe.state === "pausing");
  }

  /** Tries candidates, in the order of the server. */
  start(names: readonly string[]): void {
    // C 8.6: WebTransport is better than the others, and slower to open
    const delaysOthers = names.includes("webtransport");
    this.#probes = names.map((name) => new Probe(this.#owner, name, () => this.#leaveOnly(name)));
    for (const probe of this.#probes) probe.start(delaysOthers && probe.name !== "webtransport" ? 200 : 0);
  }

  /** The engine closed. */
  stop(): void {
    for (const probe of this.#probes) probe.fail("socket closed");
  }

  #leaveOnly(winner: string): void {
    for (const probe of this.#probes) if (probe.name !== winner) probe.abort();
  }
}

class Probe {
  readonly name: string;
  readonly #owner: UpgradeOwner;
  readonly #onPong: () => void;
  readonly #transport: Transport;
  #state: UpgradeState = "waiting";
  #lead: Timer | undefined;

  constructor(owner: UpgradeOwner, name: string, onPong: () => void) {
    this.name = name;
    this.#owner = owner;
    this.#onPong = onPong;
    this.#transport = owner.createTransport(name);
  }

  get state(): UpgradeState {
    return this.#state;
  }

  start(delayMs: number): void {
    if (delayMs) this.#lead = this.#owner.clock.setTimer(() => this.#open(), delayMs);
    else this.#open();
  }

  /** Another candidate was faster. */
  abort(): boolean {
    if (!this.#move("fail")) return false;
    this.#transport.off().close();
    return true;
  }

  fail(cause?: string): void {
    const isPausing = this.#state === "pausing";
    if (!this.abort()) return;
    if (isPausing) this.#owner.current().resume?.();
    this.#owner.onUpgradeError(new UpgradeError(this.name, cause));
  }

  #open(): void {
    if (!this.#move("start")) return;
    this.#transport
      .on("open", () => this.#onOpen())
      .on("packet", (packet) => this.#onPacket(packet))
      .on("error", (error) => this.fail(String(error.message)))
      .on("close", () => this.fail("transport closed"))
      .open();
  }

  #onOpen(): void {
    if (this.#move("open")) this.#transport.send([{ type: "ping", data: "probe" }]);
  }

  #onPacket({ type, data }: Packet): void {
    if (type !== "pong" || data !== "probe") {
      this.fail();
      return;
    }
    if (!this.#move("pong")) return;
    this.#onPong();
    this.#owner.onUpgrading(this.#transport);
    const transport = this.#owner.current();
    const onPaused = () => this.#onPaused();
    if (transport.pause) transport.pause(onPaused);
    else onPaused();
  }

  #onPaused(): void {
    if (this.#move("paused")) this.#owner.onUpgraded(this.#transport);
  }

  #move(event: UpgradeEvent): boolean {
    const state = next(upgradeMachine, this.#state, event);
    if (state) {
      this.#state = state;
      this.#lead?.cancel();
    }
    return state !== undefined;
  }
}
