// Against the published `socket.io` server: connecting, by each way.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nextEvent } from "./testing/events.ts";
import { type PeerServer, startPeerServer } from "./testing/peer-server.ts";

let peer: PeerServer;

beforeEach(async () => {
  peer = await startPeerServer({ maxHttpBufferSize: 1e7 });
});

afterEach(() => peer.stop());

describe("connecting to socket.io 4.8", () => {
  it("stays on polling when polling is the only transport", async () => {
    const socket = peer.connect("/", { transports: ["polling"] });
    const [[serverSocket]] = await Promise.all([
      nextEvent(peer.server, "connection"),
      nextEvent(socket, "connect"),
    ]);
    expect(socket.connected).toBe(true);
    expect(socket.io.engine.transport.name).toBe("polling");
    expect(serverSocket).toMatchObject({ id: socket.id });
  });

  it("needs no HTTP request when websocket is the only transport", async () => {
    const socket = peer.connect("/", { transports: ["websocket"] });
    await nextEvent(socket, "connect");
    expect(socket.io.engine.transport.name).toBe("websocket");
    expect(socket.id).toHaveLength(20);
    expect(socket.io.engine.id).not.toBe(socket.id);
  });

  it("upgrades from polling to websocket without losing anything", async () => {
    peer.server.on("connection", (serverSocket) => {
      for (let n = 0; n < 200; n++) serverSocket.emit("tick", n);
      serverSocket.on("tock", (n, ack) => ack(n));
    });
    const socket = peer.connect();
    const ticks: number[] = [];
    socket.on("tick", (n) => ticks.push(n));
    const acks: Promise<number>[] = [];
    const ask = (): void => {
      for (let n = 0; n < 100; n++) acks.push(socket.emitWithAck("tock", acks.length));
    };
    ask();
    expect(socket.io.engine.transport.name).toBe("polling");
    socket.on("connect", ask);
    socket.io.engine.on("upgrading", ask);
    await Promise.all([nextEvent(socket, "connect"), nextEvent(socket.io.engine, "upgrade")]);
    expect(socket.io.engine.transport.name).toBe("websocket");
    const all = await Promise.all(acks);
    expect(all).toEqual(Array.from({ length: 300 }, (_, n) => n));
    expect(ticks).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  it("does not upgrade when told not to", async () => {
    peer.server.on("connection", (serverSocket) => serverSocket.on("tock", (n, ack) => ack(n)));
    const socket = peer.connect("/", { upgrade: false });
    await nextEvent(socket, "connect");
    for (let n = 0; n < 20; n++) expect(await socket.emitWithAck("tock", n)).toBe(n);
    expect(socket.io.engine.transport.name).toBe("polling");
  });

  it("tries the next transport when the first cannot connect", async () => {
    const socket = peer.connect("/", { transports: ["webtransport", "websocket"], tryAllTransports: true });
    await nextEvent(socket, "connect");
    expect(socket.io.engine.transport.name).toBe("websocket");
  });

  it("begins with websocket once that has worked, if told to remember", async () => {
    const first = peer.connect("/", { transports: ["websocket"] });
    await nextEvent(first, "connect");
    const second = peer.connect("/", { rememberUpgrade: true });
    expect(second.io.engine.transport.name).toBe("websocket");
    await nextEvent(second, "connect");
  });

  it("sends credentials from an object, a callback or a promise", async () => {
    const seen: unknown[] = [];
    peer.server.on("connection", (serverSocket) => seen.push(serverSocket.handshake.auth));
    const auths = [
      { n: 1 },
      (onReady: (data: object) => void) => setImmediate(() => onReady({ n: 2 })),
      () => Promise.resolve({ n: 3 }),
    ];
    for (const auth of auths) await nextEvent(peer.connect("/", { auth }), "connect");
    expect(seen).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it("reports a refusal of the middleware with its data, and can try again with other credentials", async () => {
    peer.server.use((serverSocket, next) => {
      if (serverSocket.handshake.auth.token === "right") return next();
      next(Object.assign(new Error("who are you"), { data: { hint: 1 } }));
    });
    const socket = peer.connect("/", { auth: { token: "wrong" } });
    const [error] = await nextEvent(socket, "connect_error");
    expect(error).toMatchObject({ message: "who are you", data: { hint: 1 } });
    expect(socket.active).toBe(false);
    socket.auth = { token: "right" };
    socket.connect();
    await nextEvent(socket, "connect");
    expect(socket.connected).toBe(true);
  });

  it("reports an unknown namespace", async () => {
    const socket = peer.connect("/nowhere");
    const [error] = await nextEvent(socket, "connect_error");
    expect(error).toMatchObject({ message: "Invalid namespace" });
  });

  it("carries several namespaces on one connection", async () => {
    peer.server.of("/a").on("connection", (serverSocket) => serverSocket.on("who", (ack) => ack("a")));
    peer.server.of("/b").on("connection", (serverSocket) => serverSocket.on("who", (ack) => ack("b")));
    const a = peer.connect("/a");
    const b = a.io.socket("/b");
    expect(await a.emitWithAck("who")).toBe("a");
    expect(await b.emitWithAck("who")).toBe("b");
    expect(peer.server.engine.clientsCount).toBe(1);
    a.disconnect();
    expect(b.connected).toBe(true);
    expect(await b.emitWithAck("who")).toBe("b");
  });

  it("sends the query, the headers and the path it was given", async () => {
    const socket = peer.connect("/?room=a%20b", {
      extraHeaders: { "x-test": "yes" },
      query: { ignored: "1" },
    });
    const [serverSocket] = await nextEvent(peer.server, "connection");
    expect(Object(serverSocket).handshake.query).toMatchObject({
      room: "a b",
      EIO: "4",
      transport: "polling",
    });
    expect(Object(serverSocket).handshake.query.ignored).toBeUndefined();
    expect(Object(serverSocket).handshake.headers["x-test"]).toBe("yes");
    await nextEvent(socket, "connect");
  });
});
