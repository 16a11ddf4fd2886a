// Our client with our server, for long and under strain: what is promised arrives, once and in order, and nothing leaks.

import http from "node:http";
import { io, type Socket } from "@tautline/client";
import { Server } from "@tautline/server";
import { afterEach, describe, expect, it } from "vitest";
import { listen } from "./peers/node-server.ts";
import { until, within } from "./wire/deadline.ts";

const FAST = { forceNew: true, reconnectionDelay: 5, reconnectionDelayMax: 20, randomizationFactor: 0 };

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Running {
  readonly io: Server;
  readonly port: number;
  stop(): Promise<void>;
}

async function start(port: number, prepare: (io: Server) => void): Promise<Running> {
  const httpServer = http.createServer();
  const server = new Server(httpServer, { serveClient: false });
  prepare(server);
  const actual = await listen(httpServer, port);
  const stop = async (): Promise<void> => {
    const closed = server.close();
    httpServer.closeAllConnections();
    await closed;
  };
  return { io: server, port: actual, stop };
}

function connect(port: number, options: object = {}): Socket {
  const socket = io(`http://127.0.0.1:${port}`, { ...FAST, ...options });
  closers.push(() => socket.io.disconnect());
  return socket;
}

/** What of this process is still waited for: sockets, servers, timers, by kind. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (/^(TCP|Timeout|Immediate|TLS|HTTP)/.test(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

describe.each([["polling"], ["websocket"], ["both"]])("over %s", (way) => {
  const transports = way === "both" ? ["polling", "websocket"] : [way];

  it("brings every retried event once, in order, through twenty restarts, and goes on hearing the server", async () => {
    const restarts = 20;
    const perRun = 10;
    const arrived: number[] = [];
    const known = new Set<number>();
    let run = -1;
    const prepare = (server: Server): void => {
      const mine = ++run;
      server.on("connection", (socket) => {
        // A lost answer makes the client send again; programs tell repetitions by an id of their own.
        socket.on("job", (n: number, ack: () => void) => {
          if (!known.has(n)) arrived.push(n);
          known.add(n);
          ack();
        });
        for (let n = 0; n < perRun; n++) socket.emit("news", mine, n);
      });
    };
    let server = await start(0, prepare);
    const { port } = server;
    const socket = connect(port, { transports, retries: 1000, ackTimeout: 500 });
    const news = new Map<number, number[]>();
    socket.on("news", (of: number, n: number) => news.set(of, [...(news.get(of) ?? []), n]));
    let sent = 0;
    let confirmed = 0;
    for (let restart = 0; restart <= restarts; restart++) {
      for (let n = 0; n < perRun; n++) {
        socket.emit("job", sent++, () => confirmed++);
      }
      await until(() => (news.get(restart)?.length ?? 0) >= perRun, `news of run ${restart}`);
      if (restart === restarts) break;
      // With some on their way, and others in the queue.
      await until(() => confirmed > restart * perRun, "the first confirmation");
      await server.stop();
      socket.emit("job", sent++, () => confirmed++);
      server = await start(port, prepare);
    }
    await until(() => confirmed === sent, "every confirmation");
    expect(arrived).toEqual(Array.from({ length: sent }, (_, n) => n));
    const inOrder = Array.from({ length: perRun }, (_, n) => n);
    expect([...news]).toEqual(Array.from({ length: restarts + 1 }, (_, of) => [of, inOrder]));
    await server.stop();
  });

  it("sends ten thousand buffered events in order after reconnection, before what connect adds", async () => {
    const first = await start(0, () => {});
    const socket = connect(first.port, { transports });
    await until(() => socket.connected, "connection");
    await first.stop();
    await until(() => !socket.connected, "loss");
    for (let n = 0; n < 10_000; n++) socket.emit("count", n);
    socket.once("connect", () => socket.emit("count", 10_000));
    const counts: number[] = [];
    const second = await start(first.port, (server) => {
      server.on("connection", (peer) => peer.on("count", (n: number) => counts.push(n)));
    });
    closers.push(second.stop);
    await until(() => counts.length > 10_000, "every count");
    expect(counts).toEqual(Array.from({ length: 10_001 }, (_, n) => n));
    expect(socket.sendBuffer).toEqual([]);
  });

  it("leaves no timer and no handle behind, however often it comes and goes", async () => {
    const server = await start(0, (peer) => {
      peer.on("connection", (socket) => socket.on("ask", (ack: () => void) => ack()));
    });
    const before = resources();
    const visit = async (round: number): Promise<void> => {
      const socket = io(`http://127.0.0.1:${server.port}`, { ...FAST, transports });
      const pending = socket.timeout(60_000).emitWithAck("nobody answers");
      const outcome = pending.catch((error: Error) => error.message);
      if (round % 4 !== 0) await until(() => socket.connected, "connection");
      if (round % 4 === 1) await socket.timeout(60_000).emitWithAck("ask");
      if (round % 4 === 2) socket.io.engine.close();
      if (round % 4 === 3) {
        socket.disconnect().connect();
        await until(() => socket.connected, "connection");
      }
      socket.disconnect();
      // What never left the buffer keeps its time-out: an event that is taken back is settled by hand.
      if (socket.sendBuffer.length > 0) {
        socket.sendBuffer = [];
        socket.connect();
        await until(() => socket.connected, "connection");
        socket.disconnect();
      }
      expect(await within(outcome, "an outcome")).toBe("socket has been disconnected");
    };
    for (let round = 0; round < 40; round += 4) {
      await Promise.all([0, 1, 2, 3].map((n) => visit(round + n)));
    }
    await server.stop();
    const left = (): boolean =>
      Object.entries(resources()).every(
        ([kind, count]) => count <= (kind === "Timeout" ? 1 : 0) + (before[kind] ?? 0),
      );
    await until(left, `${JSON.stringify(before)} again`);
  });
});
