import { once } from "node:events";
import http from "node:http";
import { io as connectOurs } from "@tautline/client";
import { Server, type Socket } from "@tautline/server";
import { io as connectUpstream } from "socket.io-client";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { listen } from "./peers/node-server.ts";
import { until } from "./wire/deadline.ts";
import { PollingSession } from "./wire/polling.ts";
import { startSlowProxy } from "./wire/slow-proxy.ts";

// Receivers that do not read, that leave, or that are far away (SEC §4).

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(
  options: ConstructorParameters<typeof Server>[1] = {},
): Promise<{ io: Server; url: string }> {
  const httpServer = http.createServer();
  const io = new Server(httpServer, { serveClient: false, ...options });
  const url = `http://127.0.0.1:${await listen(httpServer)}`;
  closers.push(async () => {
    httpServer.closeAllConnections();
    await io.close();
  });
  return { io, url };
}

interface Receiver {
  readonly webSocket: WebSocket;
  readonly events: string[];
}

/** A client that has joined the main namespace and keeps what it is sent from there on. */
async function join(url: string): Promise<Receiver> {
  const webSocket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
  closers.push(() => webSocket.terminate());
  const events: string[] = [];
  webSocket.once("message", () => webSocket.send("40"));
  await new Promise<void>((resolve) => {
    webSocket.on("message", (data) => {
      const text = String(data);
      if (text.startsWith("40")) resolve();
      if (text.startsWith("42")) events.push(text);
    });
  });
  return { webSocket, events };
}

/** Fills what the system buffers for a client, so that what follows waits with us. */
async function fill(socket: Socket): Promise<void> {
  const { conn } = socket;
  while (conn.transport.name === "websocket" && socket.bufferedAmount === 0) {
    socket.emit("fill", "x".repeat(200_000));
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("a broadcast to 200 receivers of which some do not read", () => {
  const LIMIT = 1_500_000;
  const CHUNK = "x".repeat(20_000);

  it("reaches the others at once and whole, holds no more than the limit, and ends those that stall", async () => {
    const { io, url } = await start({ maxBufferedBytes: LIMIT, pingInterval: 60_000 });
    const readers = await Promise.all(Array.from({ length: 198 }, () => join(url)));
    const reasons = new Map<string, string>();
    const ids = new Set(io.sockets.sockets.keys());
    io.on("connection", (socket) => socket.on("disconnect", (reason) => reasons.set(socket.id, reason)));
    const stalled = await join(url);
    await PollingSession.join(`${url}/socket.io/`);
    const stalledSockets = [...io.sockets.sockets.values()].filter(({ id }) => !ids.has(id));
    expect([stalledSockets.length, io.sockets.sockets.size]).toEqual([2, 200]);
    stalled.webSocket.pause();
    for (const socket of stalledSockets) await fill(socket);

    let heldBytes = 0;
    let sent = 0;
    while (reasons.size < 2 && sent < 200) {
      io.emit("news", sent, CHUNK);
      sent += 1;
      await until(
        () => readers.every(({ events }) => events.length === sent),
        `broadcast ${sent} at every reader`,
      );
      for (const { bufferedAmount } of stalledSockets) heldBytes = Math.max(heldBytes, bufferedAmount);
    }
    expect([...reasons.values()]).toEqual(["slow consumer", "slow consumer"]);
    expect(heldBytes).toBeLessThan(LIMIT + 2 * CHUNK.length);
    for (const { events } of readers) {
      expect(events.map((event) => JSON.parse(event.slice(2))[1])).toEqual([...events.keys()]);
    }
    expect(io.sockets.sockets.size).toBe(198);
  });
});

describe("a client that does not read, where events may be dropped", () => {
  const LIMIT = 1_000_000;
  const COUNT = 200;

  it.each([
    ["drop-volatile", "first"],
    ["drop-oldest", "last"],
  ] as const)(
    "by %s stays, and later gets the %s of them, whole and in order",
    async (slowConsumer, which) => {
      const { io, url } = await start({ maxBufferedBytes: LIMIT, slowConsumer, pingInterval: 60_000 });
      const receiver = await join(url);
      const [socket] = io.sockets.sockets.values();
      if (socket === undefined) throw new Error("nobody joined");
      receiver.webSocket.pause();
      await fill(socket);
      let heldBytes = 0;
      for (let index = 0; index < COUNT; index += 1) {
        io.emit("blob", index, Uint8Array.of(index), "x".repeat(20_000));
        heldBytes = Math.max(heldBytes, socket.bufferedAmount);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(heldBytes).toBeLessThanOrEqual(LIMIT);
      const flushed = socket.flush();
      const seen: number[] = [];
      const attachments: number[] = [];
      receiver.webSocket.on("message", (data, isBinary) => {
        if (isBinary) attachments.push((data as Buffer)[0] ?? -1);
        else if (String(data).startsWith("451-")) seen.push(JSON.parse(String(data).slice(4))[1]);
      });
      receiver.webSocket.resume();
      await flushed;
      socket.emit("end");
      await until(() => receiver.events.at(-1) === '42["end"]', "the event behind all others");
      expect(socket.connected).toBe(true);
      expect(attachments).toEqual(seen);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(seen.length).toBeGreaterThan(10);
      expect(seen.length).toBeLessThan(COUNT);
      expect(which === "first" ? seen[0] : seen.at(-1)).toBe(which === "first" ? 0 : COUNT - 1);
    },
  );
});

describe("an acknowledged broadcast", () => {
  it("whose receivers leave in the middle ends in time with the answers that came, and waits for nobody else", async () => {
    const { io, url } = await start();
    const receivers = await Promise.all(Array.from({ length: 20 }, () => join(url)));
    receivers.forEach(({ webSocket }, index) => {
      webSocket.on("message", (data) => {
        const id = /^42(\d+)\["ask"\]$/.exec(String(data))?.[1];
        if (id === undefined) return;
        if (index % 4 === 0) webSocket.terminate();
        else if (index % 4 === 1) webSocket.send("41");
        else webSocket.send(`43${id}[${index}]`);
      });
    });
    const error = await io
      .timeout(1_000)
      .emitWithAck("ask")
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: "operation has timed out" });
    const { responses } = error as { responses: number[] };
    expect([...responses].sort((a, b) => a - b)).toEqual([2, 3, 6, 7, 10, 11, 14, 15, 18, 19]);
    await until(() => io.sockets.sockets.size === 10, "end of those that left");
    // The next one asks those that are there only.
    for (const { webSocket } of receivers) webSocket.removeAllListeners("message");
    receivers.forEach(({ webSocket }) => {
      webSocket.on("message", (data) =>
        webSocket.send(`43${/^42(\d+)/.exec(String(data))?.[1]}["still here"]`),
      );
    });
    expect(await io.timeout(15_000).emitWithAck("ask again")).toEqual(Array(10).fill("still here"));
  });
});

describe("a slow link", () => {
  it.each([
    ["our client", "websocket"],
    ["our client", "polling, then websocket"],
    ["our client", "polling"],
    ["socket.io-client", "websocket"],
    ["socket.io-client", "polling, then websocket"],
    ["socket.io-client", "polling"],
  ])("carries everything both ways, in order: %s by %s", async (name, transports) => {
    const { io, url } = await start({ httpCompression: false });
    const proxy = await startSlowProxy(url, 8_000, 4);
    closers.push(() => proxy.close());
    const COUNT = 150;
    const text = "ü".repeat(4_000);
    const [toServer, toClient]: [number[], number[]] = [[], []];
    io.on("connection", (socket) => {
      socket.on("up", (index, data) => toServer.push(data === text ? index : -1));
      for (let index = 0; index < COUNT; index += 1) socket.emit("down", index, text, Uint8Array.of(index));
    });
    const options = { transports: transports.split(", then "), reconnection: false, forceNew: true };
    const client =
      name === "our client" ? connectOurs(proxy.url, options) : connectUpstream(proxy.url, options);
    closers.push(() => client.disconnect());
    client.on("down", (index: number, data: string, bytes: Uint8Array) => {
      toClient.push(data === text && bytes[0] === index % 256 ? index : -1);
    });
    for (let index = 0; index < COUNT; index += 1) client.emit("up", index, text);
    await until(() => toServer.length >= COUNT && toClient.length >= COUNT, "everything, both ways", 50_000);
    const all = Array.from({ length: COUNT }, (_, index) => index);
    expect([toServer, toClient]).toEqual([all, all]);
    expect(client.connected).toBe(true);
  });
});

it("a server that closes waits for no connection that was opened ahead of need", async () => {
  const { io, url } = await start();
  const { port } = new URL(url);
  const { connect } = await import("node:net");
  const unused = connect(Number(port), "127.0.0.1");
  closers.push(() => unused.destroy());
  unused.resume();
  const isEnded = once(unused, "close");
  await once(unused, "connect");
  await join(url);
  await io.close();
  await isEnded;
});
