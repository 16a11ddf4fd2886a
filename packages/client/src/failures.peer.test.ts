// Against the published `socket.io` server: what failures say, and what keeps a connection or finds it dead.

import { createServer, type RequestListener } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { io } from "./index.ts";
import type { ManagerOptions } from "./options.ts";
import { nextEvent } from "./testing/events.ts";
import { type PeerServer, startPeerServer } from "./testing/peer-server.ts";
import { startTcpProxy } from "./testing/tcp-proxy.ts";

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function start(...args: Parameters<typeof startPeerServer>): Promise<PeerServer> {
  const peer = await startPeerServer(...args);
  stops.push(() => peer.stop());
  return peer;
}

async function failTo(url: string, options: ManagerOptions = {}): Promise<unknown> {
  const socket = io(url, { forceNew: true, reconnection: false, ...options });
  stops.push(() => socket.disconnect());
  const [error] = await nextEvent(socket, "connect_error");
  return error;
}

async function serveHttp(listener: RequestListener): Promise<string> {
  const http = createServer(listener);
  stops.push(() => http.close());
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
}

describe.each([["polling"], ["websocket"]])("a failure over %s", (transport) => {
  const transports = [transport];

  it("tells another path from a server that is away", async () => {
    const url = await serveHttp((_request, response) => response.writeHead(404).end());
    expect(await failTo(url, { transports })).toMatchObject({
      message: transport === "polling" ? "xhr poll error" : "websocket error",
      code: "EIO_HTTP_STATUS",
      status: 404,
      phase: "handshake",
      transport,
      hint: expect.stringContaining("`path`"),
    });
    expect(await failTo("http://127.0.0.1:1", { transports })).toMatchObject({
      code: "EIO_CONNECT_FAILED",
      hint: expect.stringContaining("nothing listens"),
    });
  });

  it("says that a session ended because it fell silent", async () => {
    const peer = await start({ pingInterval: 300, pingTimeout: 300 });
    const proxy = await startTcpProxy(peer.port);
    stops.push(() => proxy.stop());
    const socket = io(`http://127.0.0.1:${proxy.port}`, { forceNew: true, reconnection: false, transports });
    stops.push(() => socket.disconnect());
    await nextEvent(socket, "connect");
    proxy.freeze();
    const [reason, details] = await nextEvent(socket, "disconnect");
    expect([reason, details]).toMatchObject(["ping timeout", { code: "EIO_PING_TIMEOUT", transport }]);
  });

  it("keeps the connection when a message is over the server's limit, and sends one at the limit", async () => {
    const peer = await start({ maxHttpBufferSize: 2000 });
    peer.server.on("connection", (serverSocket) => {
      serverSocket.on("size", (text, done) => done(text.length));
    });
    const socket = peer.connect("/", { transports });
    await nextEvent(socket, "connect");
    const frame = '420["size",""]'.length;
    const most = "x".repeat(2000 - frame);
    expect(await socket.emitWithAck("size", most)).toBe(most.length);
    const excess = `${most}xx`;
    await expect(socket.emitWithAck("size", excess)).rejects.toMatchObject({
      message: "a message of 2002 bytes, the server takes 2000",
      code: "EIO_PAYLOAD_TOO_LARGE",
    });
    const binary = new Uint8Array(transport === "polling" ? 1500 : 2001);
    await expect(socket.emitWithAck("size", binary)).rejects.toMatchObject({ code: "EIO_PAYLOAD_TOO_LARGE" });
    expect(await socket.emitWithAck("size", "still here")).toBe(10);
  });

  it("finds out at once whether the server is still there, and leaves no trace at the server", async () => {
    const peer = await start();
    const proxy = await startTcpProxy(peer.port);
    stops.push(() => proxy.stop());
    const heard: string[] = [];
    peer.server.engine.on("connection_error", () => heard.push("connection_error"));
    peer.server.on("connection", (serverSocket) => {
      serverSocket.onAny((event: string) => heard.push(event));
      serverSocket.on("disconnect", (reason) => heard.push(reason));
    });
    const socket = io(`http://127.0.0.1:${proxy.port}`, {
      forceNew: true,
      reconnection: false,
      probeTimeout: 1500,
      transports,
    });
    stops.push(() => socket.disconnect());
    await nextEvent(socket, "connect");
    const { engine } = socket.io;
    const isSettled = async (): Promise<void> => {
      while (engine.isInDoubt) await new Promise((resolve) => setImmediate(resolve));
    };
    await expect.poll(() => engine.transport.isIdle()).toBe(true);
    engine.probe();
    expect(engine.isInDoubt).toBe(true);
    await isSettled();
    expect(engine.readyState).toBe("open");
    expect(heard).toEqual([]);
    proxy.freeze();
    engine.probe();
    const [reason, details] = await nextEvent(socket, "disconnect");
    expect([reason, details]).toMatchObject(["ping timeout", { code: "EIO_PROBE_TIMEOUT" }]);
  });
});

describe("a refusal of socket.io 4.8", () => {
  it.each([
    [{ query: { sid: "gone" } }, "EIO_SESSION_UNKNOWN", 400],
    [{ query: { bad: 1 } }, "EIO_FORBIDDEN", 403],
  ])("has a code of its own: %j", async (options, code, status) => {
    const peer = await start({
      allowRequest: (request, done) => done(null, !request.url?.includes("bad=1")),
    });
    const error = await failTo(peer.url, { transports: ["polling"], ...options });
    expect(error).toMatchObject({ message: "xhr poll error", code, status, phase: "handshake" });
  });

  it("says of a namespace that it does not exist", async () => {
    const peer = await start();
    expect(await failTo(`${peer.url}/nowhere`)).toMatchObject({
      message: "Invalid namespace",
      code: "SIO_INVALID_NAMESPACE",
      phase: "namespace",
    });
  });
});
