// The entry without polling, against the published `socket.io` server.

import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket as WsWebSocket } from "ws";
import { bundleForProgram } from "../../../build-browser.ts";
import type { Socket } from "../../socket.ts";
import { nextEvent } from "../../testing/events.ts";
import { type PeerServer, startPeerServer } from "../../testing/peer-server.ts";

describe("the bundle without polling", () => {
  it("keeps within its budget of bytes", async () => {
    expect(gzipSync(await bundleForProgram("websocket-only-browser")).length).toBeLessThanOrEqual(10_900);
  });

  it("holds no other transport, and needs nothing of Node", async () => {
    expect(
      /XMLHttpRequest|fetch\(|WebTransport|"node:|\bBuffer\b|\bprocess\b/.test(
        await bundleForProgram("websocket-only-browser"),
      ),
    ).toBe(false);
  });
});

describe.each([
  ["browsers", () => import("../../websocket-only-browser.ts")],
  ["Node", () => import("../../websocket-only.ts")],
] as const)("the client without polling for %s", (_, load) => {
  let peer: PeerServer;
  let socket: Socket;

  beforeEach(async () => {
    peer = await startPeerServer();
    peer.server.on("connection", (serverSocket) => {
      serverSocket.on("echo", (...args) => args.pop()(...args));
    });
    vi.stubGlobal("WebSocket", WsWebSocket);
  });

  afterEach(async () => {
    socket.io.disconnect();
    await peer.stop();
    vi.unstubAllGlobals();
  });

  it("has the API of the whole one", async () => {
    const { io, connect, default: byDefault, Manager, Socket, protocol } = await load();
    socket = io(peer.url, { autoConnect: false, forceNew: true });
    expect([connect, byDefault, io.io]).toEqual([io, io, io]);
    expect(socket).toBeInstanceOf(Socket);
    expect(socket.io).toBeInstanceOf(Manager);
    expect([protocol, io.protocol]).toEqual([5, 5]);
  });

  it("connects by WebSocket alone, and carries text and binary", async () => {
    const { io } = await load();
    socket = io(peer.url, { forceNew: true });
    await nextEvent(socket, "connect");
    expect(socket.io.engine.transport.name).toBe("websocket");
    expect(await socket.emitWithAck("echo", "text")).toBe("text");
    expect([...new Uint8Array(await socket.emitWithAck("echo", Uint8Array.of(1, 2)))]).toEqual([1, 2]);
  });

  it("connects by WebSocket where other transports are listed before it", async () => {
    const { io } = await load();
    socket = io(peer.url, { forceNew: true, transports: ["polling", "websocket"] });
    await nextEvent(socket, "connect");
    expect(socket.io.engine.transport.name).toBe("websocket");
  });

  it("connects again when the connection is lost", async () => {
    const { io } = await load();
    socket = io(peer.url, { forceNew: true, reconnectionDelay: 5 });
    await nextEvent(socket, "connect");
    socket.io.engine.close();
    await nextEvent(socket, "connect");
  });

  it("says which transport it has when it is to use another", async () => {
    const { io } = await load();
    socket = io(peer.url, { forceNew: true, transports: ["polling"], reconnection: false });
    const [error] = await nextEvent(socket, "connect_error");
    expect(error).toMatchObject({
      message: "No transports available",
      description: new Error("this build has websocket"),
    });
  });
});
