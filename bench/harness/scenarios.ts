// What is measured. Each entry is one line of the table; a scenario on the command line names several.

import { setTimeout as wait } from "node:timers/promises";
import type { Handshake, LoadCommand, LoadReply, Traffic } from "./messages.ts";
import type { LoadChild, Peers } from "./peers.ts";
import type { Scale } from "./scale.ts";

/** Handshakes under way at once: enough to keep the server busy, few enough to keep its backlog short. */
const CONCURRENT_HANDSHAKES = 50;

export interface Figure {
  /** Microseconds of server CPU per operation, or resident bytes per connection. */
  readonly cost: number;
  readonly perSecond: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
}

export interface Case {
  readonly scenario: string;
  readonly title: string;
  readonly unit: "µs" | "bytes";
  /** The most that the cost may be, as a share of upstream's (docs: design, the hot path). */
  readonly bound: number;
  readonly isCompressing: boolean;
  /** Whether the floor is measured as well. */
  readonly hasFloor: boolean;
  readonly measure: (peers: Peers, scale: Scale) => Promise<Figure>;
}

export const CASES: readonly Case[] = [
  echoCase(4),
  echoCase(20),
  broadcastCase(1, 0.55),
  broadcastCase(10, 0.12),
  connectCase("connect", "connect, WebSocket only", "websocket", 0.45),
  connectCase("upgrade", "connect, polling then upgrade", "polling-then-upgrade", 0.6),
  {
    scenario: "idle",
    title: "resident bytes per idle connection",
    unit: "bytes",
    bound: 0.5,
    isCompressing: false,
    hasFloor: false,
    measure: measureIdle,
  },
  {
    scenario: "deflate",
    title: "compressed broadcast, 1 KiB JSON, per delivery",
    unit: "µs",
    bound: 0.1,
    isCompressing: true,
    hasFloor: false,
    measure: async (peers, scale) => {
      await open(peers, scale.receivers, "websocket", true);
      return measureTraffic(peers, scale, { kind: "broadcast", perTurn: 1 });
    },
  },
];

export const SCENARIOS: readonly string[] = [...new Set(CASES.map(({ scenario }) => scenario))];

function echoCase(inFlight: number): Case {
  return {
    scenario: "echo",
    title: `echo with ack, 200 clients × ${inFlight} in flight`,
    unit: "µs",
    bound: 0.33,
    isCompressing: false,
    hasFloor: true,
    measure: async (peers, scale) => {
      await open(peers, scale.echoClients);
      return measureTraffic(peers, scale, { kind: "echo", inFlight, textBytes: 64 });
    },
  };
}

function broadcastCase(perTurn: number, bound: number): Case {
  return {
    scenario: "broadcast",
    title: `broadcast to 1,000, ${perTurn} per turn, per delivery`,
    unit: "µs",
    bound,
    isCompressing: false,
    hasFloor: true,
    measure: async (peers, scale) => {
      await open(peers, scale.receivers);
      return measureTraffic(peers, scale, { kind: "broadcast", perTurn });
    },
  };
}

function connectCase(scenario: string, title: string, handshake: Handshake, bound: number): Case {
  return {
    scenario,
    title,
    unit: "µs",
    bound,
    isCompressing: false,
    hasFloor: false,
    measure: async (peers, scale) => {
      await open(peers, Math.ceil(scale.handshakes / 3), handshake);
      const before = await peers.server.ask({ kind: "sample" });
      const opened = await open(peers, scale.handshakes, handshake);
      const after = await peers.server.ask({ kind: "sample" });
      return figure((after.cpuMicros - before.cpuMicros) / opened.operations, opened);
    },
  };
}

async function measureIdle(peers: Peers, scale: Scale): Promise<Figure> {
  await open(peers, Math.ceil(scale.idleConnections / 3));
  const before = await peers.server.ask({ kind: "settle" });
  const opened = await open(peers, scale.idleConnections);
  const after = await peers.server.ask({ kind: "settle" });
  return figure((after.residentBytes - before.residentBytes) / opened.operations, opened);
}

/** The connections must be open. */
async function measureTraffic({ server, load }: Peers, scale: Scale, traffic: Traffic): Promise<Figure> {
  await command(load, { kind: "start", traffic });
  await wait(scale.warmupMs);
  const [before] = await Promise.all([server.ask({ kind: "sample" }), command(load, { kind: "sample" })]);
  await wait(scale.measureMs);
  const [after, sample] = await Promise.all([
    server.ask({ kind: "sample" }),
    command(load, { kind: "sample" }),
  ]);
  return figure((after.cpuMicros - before.cpuMicros) / sample.operations, sample);
}

function open(
  { load, port }: Peers,
  connections: number,
  handshake: Handshake = "websocket",
  isDeflating = false,
): Promise<LoadReply> {
  const concurrency = CONCURRENT_HANDSHAKES;
  return command(load, { kind: "open", port, connections, concurrency, handshake, isDeflating });
}

async function command(load: LoadChild, request: LoadCommand): Promise<LoadReply> {
  const reply = await load.ask(request);
  if (reply.error !== undefined) throw new Error(`the load failed to ${request.kind}: ${reply.error}`);
  return reply;
}

function figure(cost: number, { operations, elapsedMs, latencyP50Ms, latencyP99Ms }: LoadReply): Figure {
  return { cost, perSecond: (operations / elapsedMs) * 1_000, latencyP50Ms, latencyP99Ms };
}
