// The move of one engine from polling to a better transport (EIO §13.3), one machine per candidate:
//
//     waiting ─start▶ opening ─open▶ probing ─pong▶ pausing ─paused▶ switched
//        └──────────────┴─────────────┴──────────────┴────fail▶ failed
//
// waiting: WebTransport has 200 ms of lead. pausing: polling ends what is on its way; nothing is flushed.
// A failed candidate never closes the engine; it is not tried again.

import type { Clock, Timer } from "@tautline/events/clock";
import { type MachineTable, next } from "@tautline/events/machine";
import type { Transport } from "./transport.ts";

/** How long other candidates wait for WebTransport. */
const LEAD_MS = 200;

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

/** What `upgradeError` carries. */
export interface UpgradeError extends Error {
  /** Name of the candidate. */
  readonly transport: string;
}

/** The engine that wants to move. */
export interface UpgradeOwner {
  readonly clock: Clock;
  /** The transport that carries packets at this moment. */
  readonly transport: Transport;
  /** Makes a candidate of that name. */
  createTransport(name: string): Transport;
  /** The candidate answered; it takes over once the current transport rests. */
  onUpgrading(candidate: Transport): void;
  /** MUST make the candidate's transport the current one, and send `upgrade` on it. */
  onUpgraded(transport: Transport): void;
  onUpgradeError(error: UpgradeError): void;
}

/** The candidates of one engine, or one of them. */
export interface Upgrade {
  /** Whether the current transport is about to be left: nothing may be flushed. */
  isSwitching(): boolean;
  /** Gives up; reports it if there is a cause. */
  abort(cause?: string): void;
}

/** Tries the transports of those names. */
export function startUpgrade(owner: UpgradeOwner, names: readonly string[]): Upgrade {
  const probes: Upgrade[] = [];
  for (const name of names) {
    // C 8.6: WebTransport is better than the others, and slower to open
    const leadMs = names.includes("webtransport") && name !== "webtransport" ? LEAD_MS : 0;
    probes.push(startProbe(owner, owner.createTransport(name), leadMs, probes));
  }
  return {
    isSwitching: () => probes.some((probe) => probe.isSwitching()),
    abort(cause) {
      for (const probe of probes) probe.abort(cause);
    },
  };
}

/** Tries a candidate, after `leadMs` milliseconds. The first to succeed aborts the others. */
function startProbe(
  owner: UpgradeOwner,
  transport: Transport,
  leadMs: number,
  others: readonly Upgrade[],
): Upgrade {
  let state: UpgradeState = "waiting";
  let lead: Timer | undefined;
  const move = (event: UpgradeEvent): boolean => {
    const following = next(upgradeMachine, state, event);
    lead?.cancel();
    state = following ?? state;
    return following !== undefined;
  };
  const abort = (cause?: string): void => {
    const wasPausing = state === "pausing";
    if (!move("fail")) return;
    transport.off().close();
    if (wasPausing) owner.transport.resume?.();
    const message = cause ? `probe error: ${cause}` : "probe error";
    if (cause !== undefined)
      owner.onUpgradeError(Object.assign(new Error(message), { transport: transport.name }));
  };
  const takeOver = (): void => {
    if (move("paused")) owner.onUpgraded(transport);
  };
  const open = (): void => {
    move("start");
    transport
      .on("open", () => {
        if (move("open")) transport.send([{ type: "ping", data: "probe" }]);
      })
      .on("packet", ({ type, data }) => {
        if (type !== "pong" || data !== "probe") abort("");
        else if (move("pong")) {
          for (const other of others) if (!other.isSwitching()) other.abort();
          owner.onUpgrading(transport);
          if (owner.transport.pause) owner.transport.pause(takeOver);
          else takeOver();
        }
      })
      .on("error", ({ message }) => abort(message))
      .on("close", () => abort("transport closed"))
      .open();
  };
  if (leadMs) lead = owner.clock.setTimer(open, leadMs);
  else open();
  return { isSwitching: () => state === "pausing", abort };
}
