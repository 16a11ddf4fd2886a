// The browser's bundle against the published `socket.io` server, on the globals that this runtime has or is given.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocket as WsWebSocket } from "ws";
import type { Socket } from "../../socket.ts";
import { nextEvent } from "../../testing/events.ts";
import { type PeerServer, startPeerServer } from "../../testing/peer-server.ts";
import { browserBase64 } from "./base64.ts";

const entry = fileURLToPath(new URL("../../browser.ts", import.meta.url));

async function bundle(): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    conditions: ["@tautline/source"],
    write: false,
  });
  return result.outputFiles[0]?.text ?? "";
}

describe("the browser's bundle", () => {
  it("keeps within its budget of bytes", async () => {
    expect(gzipSync(await bundle()).length).toBeLessThanOrEqual(12_150);
  });

  it("needs nothing of Node", async () => {
    expect(/"node:|\bBuffer\b|\bprocess\b/.test(await bundle())).toBe(false);
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
    expect(await disconnected).toEqual(["transport close", { description: "network connection lost" }]);
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

describe("the script bundles", () => {
  it("run as a plain script and give io", async () => {
    const script = await build({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      format: "iife",
      globalName: "client",
      footer: { js: "const { io } = client; console.log(typeof io, io.protocol, io.io === io);" },
      conditions: ["@tautline/source"],
      write: false,
    });
    const output = execFileSync(process.execPath, ["-e", script.outputFiles[0]?.text ?? ""]).toString();
    expect(output.trim()).toBe("function 5 true");
  });
});
