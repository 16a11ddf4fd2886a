// The browser's bundle against the published `socket.io` server, on the globals that this runtime has or is given.

import { execFileSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket as WsWebSocket } from "ws";
import { bundleForProgram } from "../../../build-browser.ts";
import { bundleScript } from "../../../build-scripts.ts";
import type { Socket } from "../../socket.ts";
import { nextEvent } from "../../testing/events.ts";
import { type PeerServer, startPeerServer } from "../../testing/peer-server.ts";
import { browserBase64 } from "./base64.ts";

describe("the browser's bundle", () => {
  it("keeps within its budget of bytes", async () => {
    expect(gzipSync(await bundleForProgram("browser")).length).toBeLessThanOrEqual(13_250);
  });

  it("needs nothing of Node", async () => {
    expect(/"node:|\bBuffer\b|\bprocess\b/.test(await bundleForProgram("browser"))).toBe(false);
  });
});

describe("the browser's client", () => {
  let peer: PeerServer;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    peer = await startPeerServer();
    peer.server.on("connection", (serverSocket) => {
      serverSocket.on("echo", (...args) => args.pop()(...args));
    });
    vi.stubGlobal("WebSocket", WsWebSocket);
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.io.disconnect();
    await peer.stop();
    vi.unstubAllGlobals();
  });

  async function connect(transport: "polling" | "websocket"): Promise<Socket> {
    vi.resetModules();
    const { io, Fetch, WebSocket } = await import("../../browser.ts");
    const socket = io(peer.url, {
      transports: [transport === "polling" ? Fetch : WebSocket],
      forceNew: true,
    });
    sockets.push(socket);
    await nextEvent(socket, "connect");
    return socket;
  }

  it.each([["polling"], ["websocket"]] as const)(
    "delivers binary as ArrayBuffer over %s",
    async (transport) => {
      const socket = await connect(transport);
      expect(socket.io.engine.transport.name).toBe(transport);
      const answer = await socket.emitWithAck("echo", Uint8Array.of(1, 2, 3));
      expect(answer).toBeInstanceOf(ArrayBuffer);
      expect([...new Uint8Array(answer)]).toEqual([1, 2, 3]);
      expect(await socket.emitWithAck("echo", new Blob(["x"]))).toEqual(Uint8Array.of(120).buffer);
    },
  );

  it("falls back to fetch where there is no XMLHttpRequest, and upgrades", async () => {
    vi.resetModules();
    const { io } = await import("../../browser.ts");
    const socket = io(peer.url, { forceNew: true });
    sockets.push(socket);
    await Promise.all([nextEvent(socket, "connect"), nextEvent(socket.io.engine, "upgrade")]);
    expect(socket.io.engine.transport.name).toBe("websocket");
  });

  it("reports a WebSocket constructor that is missing without waiting", async () => {
    vi.stubGlobal("WebSocket", undefined);
    vi.resetModules();
    const { io } = await import("../../browser.ts");
    const socket = io(peer.url, { transports: ["websocket"], reconnection: false, forceNew: true });
    const [error] = await nextEvent(socket, "connect_error");
    expect(error).toMatchObject({ message: "websocket error" });
  });

  it("closes when the network is lost, and listens once however many sockets there are", async () => {
    const listeners: (() => void)[] = [];
    vi.stubGlobal("addEventListener", (event: string, listener: () => void) => {
      if (event === "offline") listeners.push(listener);
    });
    const socket = await connect("websocket");
    socket.io.socket("/other");
    expect(listeners).toHaveLength(1);
    const disconnected = nextEvent(socket, "disconnect");
    listeners[0]?.();
    expect(await disconnected).toMatchObject([
      "transport close",
      { description: "network connection lost", code: "EIO_OFFLINE", phase: "session" },
    ]);
  });
});

describe("browserBase64", () => {
  it.each([[0], [1], [2], [3], [100_000]])("takes %i bytes there and back", (size) => {
    const bytes = new Uint8Array(size).map((_, index) => index);
    expect(browserBase64.encode(bytes)).toBe(Buffer.from(bytes).toString("base64"));
    expect(browserBase64.decode(browserBase64.encode(bytes))).toEqual(bytes);
  });

  it.each([["AQ"], ["AQ="], ["A Q\n=="], ["A"], ["%%%"], ["AQI=AQ"]])("never throws: %s", (text) => {
    expect(() => browserBase64.decode(text)).not.toThrow();
  });
});

describe("socket.io.min.js", () => {
  it("keeps within its budget of bytes", async () => {
    expect(gzipSync(await bundleScript("socket.io.min")).length).toBeLessThanOrEqual(13_150);
  });

  it.each([
    ["a page", "{ let module, exports, define;", "}"],
    [
      "AMD",
      "let io; { let module, exports; const define = (_, make) => { io = make(); }; define.amd = {};",
      "}",
    ],
    ["CommonJS", "", "const io = module.exports;"],
  ])("is io for %s", async (_, head, tail) => {
    const look = "console.log(typeof io, io.protocol, io.io === io);";
    const program = [head, await bundleScript("socket.io.min"), tail, look].join("\n");
    expect(execFileSync(process.execPath, ["-e", program]).toString().trim()).toBe("function 5 true");
  });
});
