// Against the published `socket.io` server: the ends of connections, their reasons, and what follows.

import { createServer, type Server as HttpServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { io, Manager } from "./index.ts";
import type { Socket } from "./socket.ts";
import { nextEvent } from "./testing/events.ts";
import { type PeerServer, startPeerServer } from "./testing/peer-server.ts";
import { startTcpProxy } from "./testing/tcp-proxy.ts";

const FAST = { reconnectionDelay: 20, reconnectionDelayMax: 100, randomizationFactor: 0 };

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(...args: Parameters<typeof startPeerServer>): Promise<PeerServer> {
  const peer = await startPeerServer(...args);
  stops.push(() => peer.stop());
  return peer;
}

/** The events of a manager and its socket, in order. */
function record(socket: Socket): string[] {
  const log: string[] = [];
  const { io: manager } = socket;
  manager.on("open", () => log.push("open"));
  manager.on("error", (error) => log.push(`error ${error.message}`));
  manager.on("close", (reason) => log.push(`close ${reason}`));
  manager.on("reconnect_attempt", (n) => log.push(`reconnect_attempt ${n}`));
  manager.on("reconnect", (n) => log.push(`reconnect ${n}`));
  manager.on("reconnect_error", () => log.push("reconnect_error"));
  manager.on("reconnect_failed", () => log.push("reconnect_failed"));
  socket.on("connect", () => log.push("connect"));
  socket.on("disconnect", (reason) => log.push(`disconnect ${reason}`));
  socket.on("connect_error", (error) => log.push(`connect_error ${error.message}`));
  return log;
}

/** Closes every engine session, as a server that goes away does. */
function closeConnections(peer: PeerServer): void {
  for (const serverSocket of peer.server.sockets.sockets.values()) serverSocket.conn.close();
}

async function freePort(): Promise<number> {
  const http: HttpServer = createServer();
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  await new Promise((resolve) => http.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

describe("the end of a connection to socket.io 4.8", () => {
  it("is not followed by reconnection when the server disconnects the socket", async () => {
    const peer = await start();
    peer.server.on("connection", (serverSocket) => serverSocket.disconnect());
    const socket = peer.connect("/", FAST);
    const [reason, details] = await nextEvent(socket, "disconnect");
    expect(reason).toBe("io server disconnect");
    expect(details).toBeUndefined();
    expect(socket.active).toBe(false);
    expect(socket.id).toBeUndefined();
    expect("id" in socket).toBe(false);
  });

  it.each([
    ["polling", "transport closed by the server"],
    ["websocket", "websocket connection closed"],
  ])("has the details of the %s transport when the server closes it", async (transport, description) => {
    const peer = await start();
    const socket = peer.connect("/", { ...FAST, transports: [transport] });
    await nextEvent(socket, "connect");
    closeConnections(peer);
    const [reason, details] = await nextEvent(socket, "disconnect");
    expect(reason).toBe("transport close");
    expect(details).toMatchObject({ description });
    expect(socket.active).toBe(true);
    await nextEvent(socket, "connect");
  });

  it("is a transport error when a polling request is refused", async () => {
    const peer = await start();
    const socket = peer.connect("/", { ...FAST, transports: ["polling"] });
    await nextEvent(socket, "connect");
    Object(peer.server.engine).clients = {};
    socket.emit("to a session that is not known");
    const [reason, details] = await nextEvent(socket, "disconnect");
    expect(reason).toBe("transport error");
    expect(details).toBeInstanceOf(Error);
    expect(details).toMatchObject({ type: "TransportError", description: 400 });
    await nextEvent(socket, "connect");
  });

  it("is a parse error when the server sends what cannot be decoded, and the connection is made again", async () => {
    const peer = await start();
    peer.server.once("connection", (serverSocket) => serverSocket.conn.write('2["connect","reserved"]'));
    const socket = peer.connect("/", FAST);
    const [reason, details] = await nextEvent(socket, "disconnect");
    expect(reason).toBe("parse error");
    expect(details).toMatchObject({ message: "invalid payload" });
    await nextEvent(socket, "connect");
  });

  it("is a forced close, with reconnection, when the program closes the engine", async () => {
    const peer = await start();
    const socket = peer.connect("/", FAST);
    await nextEvent(socket, "connect");
    const disconnected = nextEvent(socket, "disconnect");
    socket.io.engine.close();
    const [reason] = await disconnected;
    expect(reason).toBe("forced close");
    expect(socket.active).toBe(true);
    await nextEvent(socket, "connect");
  });

  it.each([["polling"], ["websocket"]])(
    "is found by the heartbeat when the network is cut under %s",
    async (transport) => {
      const peer = await start({ pingInterval: 100, pingTimeout: 150 });
      const proxy = await startTcpProxy(peer.port);
      stops.push(() => proxy.stop());
      const socket = io(`http://127.0.0.1:${proxy.port}`, {
        ...FAST,
        forceNew: true,
        transports: [transport],
      });
      stops.push(() => socket.io.disconnect());
      await nextEvent(socket, "connect");
      proxy.freeze();
      const [reason] = await nextEvent(socket, "disconnect");
      expect(reason).toBe("ping timeout");
      expect(socket.active).toBe(true);
    },
  );

  it("keeps the connection as long as the server pings", async () => {
    const peer = await start({ pingInterval: 30, pingTimeout: 40 });
    const socket = peer.connect("/", FAST);
    let pings = 0;
    socket.io.on("ping", () => pings++);
    await nextEvent(socket, "connect");
    while (pings < 8) await nextEvent(socket.io, "ping");
    expect(socket.connected).toBe(true);
  });
});

describe("reconnection to socket.io 4.8", () => {
  it("sends what was emitted while the server was away, in order and before connect", async () => {
    const first = await startPeerServer();
    const socket = io(first.url, { ...FAST, forceNew: true });
    stops.push(() => socket.io.disconnect());
    await nextEvent(socket, "connect");
    const log = record(socket);
    await first.stop();
    if (socket.connected) await nextEvent(socket, "disconnect");
    for (let n = 0; n < 5; n++) socket.emit("tick", n);
    socket.volatile.emit("tick", "volatile");
    expect(socket.sendBuffer).toHaveLength(5);
    socket.on("connect", () => socket.emit("tick", "from connect"));
    const second = await start({}, first.port);
    const ticks: unknown[] = [];
    await new Promise<void>((resolve) => {
      second.server.on("connection", (serverSocket) => {
        serverSocket.on("tick", (value) => {
          ticks.push(value);
          if (value === "from connect") resolve();
        });
      });
    });
    expect(ticks).toEqual([0, 1, 2, 3, 4, "from connect"]);
    const [firstEntry] = log.filter((entry) => !entry.startsWith("error"));
    expect(firstEntry).toMatch(/^disconnect transport (close|error)$/);
    expect(log.at(-1)).toBe("connect");
    expect(log.at(-2)).toMatch(/^reconnect \d+$/);
    expect(log.at(-3)).toBe("open");
  });

  it("gives up in the documented order", async () => {
    const socket = io(`http://127.0.0.1:${await freePort()}`, {
      ...FAST,
      reconnectionAttempts: 2,
      forceNew: true,
    });
    const log = record(socket);
    await nextEvent(socket.io, "reconnect_failed");
    await Promise.resolve();
    expect(log.filter((entry) => !entry.startsWith("connect_error"))).toEqual([
      "error xhr poll error",
      "reconnect_attempt 1",
      "error xhr poll error",
      "reconnect_error",
      "reconnect_attempt 2",
      "error xhr poll error",
      "reconnect_failed",
      "reconnect_error",
    ]);
    expect(log.filter((entry) => entry.startsWith("connect_error"))).toHaveLength(3);
    expect(socket.active).toBe(true);
  });

  it("reports a websocket that cannot connect as websocket error", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const socket = io(url, { transports: ["websocket"], reconnection: false, forceNew: true });
    const [error] = await nextEvent(socket, "connect_error");
    expect(error).toMatchObject({ message: "websocket error", type: "TransportError" });
    expect(socket.active).toBe(true);
  });

  it("reports that no transport is left", async () => {
    const socket = io("http://127.0.0.1:1", { transports: ["pigeon"], reconnection: false, forceNew: true });
    const [error] = await nextEvent(socket, "connect_error");
    expect(error).toMatchObject({ message: "No transports available" });
  });

  it("reports a time-out of the attempt", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    stops.push(
      () => silent.close(),
      () => silent.closeAllConnections(),
    );
    const socket = io(`http://127.0.0.1:${Object(silent.address()).port}`, {
      timeout: 30,
      reconnection: false,
      forceNew: true,
    });
    const [error] = await nextEvent(socket, "connect_error");
    expect(error).toMatchObject({ message: "timeout" });
  });

  it("stops when the socket is disconnected while it waits", async () => {
    const socket = io(`http://127.0.0.1:${await freePort()}`, { ...FAST, forceNew: true });
    const log = record(socket);
    await nextEvent(socket, "connect_error");
    socket.disconnect();
    expect(log).toEqual(["error xhr poll error", "connect_error xhr poll error"].reverse());
    expect(socket.active).toBe(false);
  });

  it("goes on after a manual connect in a disconnect handler, drop after drop", async () => {
    const peer = await start();
    const socket = peer.connect("/", FAST);
    await nextEvent(socket, "connect");
    socket.once("disconnect", () => socket.connect());
    for (let drop = 0; drop < 3; drop++) {
      closeConnections(peer);
      await nextEvent(socket, "connect");
    }
  });

  it("resumes a session after a short loss, and delivers what was missed", async () => {
    const peer = await start({ connectionStateRecovery: {} });
    const socket = peer.connect("/", { ...FAST, reconnectionDelay: 100 });
    const seen: unknown[] = [];
    socket.on("tick", (n) => seen.push(n));
    await nextEvent(socket, "connect");
    expect(socket.recovered).toBe(false);
    const { id } = socket;
    peer.server.emit("tick", 1);
    await nextEvent(socket, "tick");
    socket.io.engine.close();
    expect(socket.connected).toBe(false);
    peer.server.emit("tick", 2);
    await nextEvent(socket, "connect");
    expect(socket.recovered).toBe(true);
    expect(socket.id).toBe(id);
    expect(seen).toEqual([1, 2]);
  });

  // By WebSocket too, unless that server reads DISCONNECT and CONNECT in one tick: it then closes the connection.
  it("returns with other credentials while the server decides, and spares other namespaces", async () => {
    const peer = await start();
    const decisions: (() => void)[] = [];
    const names: unknown[] = [];
    peer.server.use((serverSocket, next) => {
      names.push(serverSocket.handshake.auth.name);
      decisions.push(next);
    });
    peer.server.of("/other");
    const socket = peer.connect("/", { ...FAST, transports: ["polling"], auth: { name: "first" } });
    const log = record(socket);
    const other = socket.io.socket("/other");
    await nextEvent(other, "connect");
    socket.disconnect();
    socket.auth = { name: "second" };
    socket.connect();
    await expect.poll(() => decisions.length).toBe(1);
    decisions[0]?.();
    await expect.poll(() => decisions.length).toBe(2);
    decisions[1]?.();
    await nextEvent(socket, "connect");
    expect(names).toEqual(["first", "second"]);
    expect(log).toEqual(["open", "connect"]);
    expect([...peer.server.sockets.sockets.keys()]).toEqual([socket.id]);
    expect(other.connected).toBe(true);
  });

  it("opens a manager by itself, and tells the outcome", async () => {
    const peer = await start();
    const manager = new Manager(peer.url, { autoConnect: false });
    stops.push(() => manager.disconnect());
    const outcome = await new Promise((resolve) => manager.open(resolve));
    expect(outcome).toBeUndefined();
    const failing = new Manager(`http://127.0.0.1:${await freePort()}`, { autoConnect: false });
    expect(await new Promise((resolve) => failing.open(resolve))).toMatchObject({
      message: "xhr poll error",
    });
  });

  it("sends each event until it is acknowledged when told to retry", async () => {
    const peer = await start();
    const tries: unknown[] = [];
    peer.server.on("connection", (serverSocket) => {
      serverSocket.on("job", (n, ack) => {
        tries.push(n);
        if (tries.length > 2) ack("done", n);
      });
    });
    const socket = peer.connect("/", { ...FAST, retries: 3, ackTimeout: 50 });
    const answers = await Promise.all([socket.emitWithAck("job", 1), socket.emitWithAck("job", 2)]);
    // A late answer makes it try once more.
    expect(tries.slice(0, 3)).toEqual([1, 1, 1]);
    expect([...new Set(tries)]).toEqual([1, 2]);
    expect(answers).toEqual(["done", "done"]);
  });
});
