import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { io } from "../../index.ts";
import { nextEvent } from "../../testing/events.ts";
import { type PeerServer, startPeerServer } from "../../testing/peer-server.ts";

const entry = fileURLToPath(new URL("../../index.ts", import.meta.url));

let peer: PeerServer;

beforeEach(async () => {
  peer = await startPeerServer();
});

afterEach(() => peer.stop());

/** Runs a program in a process of its own; rejects if it does not end by itself. */
async function run(program: string): Promise<string> {
  const source = `import { io } from ${JSON.stringify(entry)};\n${program}`;
  const args = ["--conditions=@tautline/source", "--import", "tsx", "--input-type=module", "-e", source];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 });
  return stdout.trim();
}

describe("the client on Node", () => {
  it("sends cookies along with the program's own, with withCredentials only", async () => {
    peer.server.engine.on("headers", (headers: Record<string, unknown>, request: { url: string }) => {
      if (!request.url.includes("sid=")) headers["set-cookie"] = ["a=1", "b=2; Max-Age=0"];
    });
    const cookies: unknown[] = [];
    peer.server.engine.on("headers", (_headers: object, request: { headers: { cookie?: string } }) => {
      cookies.push(request.headers.cookie);
    });
    const extraHeaders = { cookie: "own=1" };
    const socket = peer.connect("/", { withCredentials: true, extraHeaders });
    await Promise.all([nextEvent(socket, "connect"), nextEvent(socket.io.engine, "upgrade")]);
    expect(cookies[0]).toBe("own=1");
    expect(new Set(cookies.slice(1))).toEqual(new Set(["own=1; a=1"]));
    expect(extraHeaders).toEqual({ cookie: "own=1" });
    cookies.length = 0;
    const plain = peer.connect("/", { transports: ["polling"] });
    await nextEvent(plain, "connect");
    expect(new Set(cookies)).toEqual(new Set([undefined]));
  });

  it.each([["polling"], ["websocket"]])(
    "lets the process end while connected over %s, with autoUnref",
    async (transport) => {
      const output = await run(`
      const socket = io(${JSON.stringify(peer.url)}, { autoUnref: true, transports: ["${transport}"] });
      socket.on("connect", () => console.log("connected"));
      const alive = setInterval(() => { if (socket.connected) clearInterval(alive); }, 5);
    `);
      expect(output).toBe("connected");
    },
  );

  it.each([["polling"], ["websocket"]])(
    "lets the process end while it connects over %s, with autoUnref",
    async (transport) => {
      // Takes connections and never answers.
      const silent = createServer();
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      const { port } = Object(silent.address());
      const output = await run(`
        io("http://127.0.0.1:${port}", { autoUnref: true, transports: ["${transport}"] });
        setTimeout(() => console.log("waited long enough"), 300);
      `);
      silent.close();
      expect(output).toBe("waited long enough");
    },
  );

  it("lets the process end while it waits to reconnect, with autoUnref", async () => {
    const output = await run(`
      const socket = io("http://127.0.0.1:1", { autoUnref: true });
      socket.on("connect_error", () => console.log("failed"));
      const alive = setTimeout(() => {}, 300);
    `);
    expect(output).toBe("failed");
  });

  it("lets the process end after it disconnected", async () => {
    const output = await run(`
      const socket = io(${JSON.stringify(peer.url)});
      socket.on("connect", () => { console.log("connected"); socket.disconnect(); });
    `);
    expect(output).toBe("connected");
  });

  it("waits with native timers under fake ones, if told to", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    try {
      const socket = peer.connect("/", {
        useNativeTimers: true,
        reconnectionDelay: 10,
        randomizationFactor: 0,
      });
      await nextEvent(socket, "connect");
      socket.io.engine.close();
      await nextEvent(socket, "connect");
      expect(socket.connected).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it("delivers a Buffer, or what binaryType says", async () => {
    peer.server.on("connection", (serverSocket) =>
      serverSocket.on("bytes", (ack) => ack(Buffer.from("abc"))),
    );
    const socket = peer.connect("/", { transports: ["websocket"] });
    await nextEvent(socket, "connect");
    expect(Buffer.isBuffer(await socket.emitWithAck("bytes"))).toBe(true);
    socket.io.engine.binaryType = "arraybuffer";
    expect(await socket.emitWithAck("bytes")).toBeInstanceOf(ArrayBuffer);
    socket.io.engine.binaryType = "blob";
    expect(await (await socket.emitWithAck("bytes")).text()).toBe("abc");
  });

  it("shares connections between io() calls of one process", async () => {
    const first = io(`${peer.url}/`, { autoConnect: false });
    const second = io(`${peer.url}/other`);
    expect(second.io).toBe(first.io);
    second.io.disconnect();
  });
});
