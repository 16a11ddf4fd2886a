// WebTransport with both servers and both clients of this process, joined by streams of Node in place of HTTP/3.

import { createServer } from "node:http";
import { io as stockIo } from "socket.io-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { until } from "./differential/until.ts";
import {
  InProcessWebTransport,
  type ServerSession,
  serveWebTransport,
} from "./peers/in-process-webtransport.ts";
import { listen } from "./peers/node-server.ts";
import { serverClass } from "./peers/start-server.ts";
import { tautlineIo } from "./peers/tautline.ts";

type Listener = (...args: never[]) => unknown;

interface Emitting {
  on(event: string, listener: Listener): unknown;
  emit(event: string, ...args: unknown[]): unknown;
}

interface ServerSocket extends Emitting {
  readonly conn: {
    readonly transport: { readonly name: string };
    readonly upgraded: boolean;
    on(event: string, listener: Listener): unknown;
  };
  readonly handshake: Record<string, unknown>;
  disconnect(close: boolean): unknown;
}

interface Io {
  on(event: "connection", listener: (socket: ServerSocket) => void): unknown;
  readonly engine: {
    use(middleware: unknown): unknown;
    onWebTransportSession(session: ServerSession): Promise<unknown>;
  };
  close(): Promise<void>;
}

interface ClientSocket extends Emitting {
  readonly connected: boolean;
  readonly io: { readonly engine: { readonly transport: { readonly name: string } } };
  disconnect(): unknown;
}

const cleanups: (() => unknown)[] = [];

beforeEach(() => void vi.stubGlobal("WebTransport", InProcessWebTransport));
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  vi.unstubAllGlobals();
});

async function serve(kind: "tautline" | "socket.io", options: object = {}) {
  // Its constructor, as far as it is used here.
  const Server = (await serverClass(kind)) as unknown as new (...args: unknown[]) => Io;
  const httpServer = createServer();
  const io = new Server(httpServer, {
    serveClient: false,
    transports: ["polling", "websocket", "webtransport"],
    ...options,
  });
  cleanups.push(() => io.close());
  const port = await listen(httpServer);
  cleanups.push(
    serveWebTransport(`https://127.0.0.1:${port}`, (session) => io.engine.onWebTransportSession(session)),
  );
  const sockets: ServerSocket[] = [];
  io.on("connection", (socket) => sockets.push(socket));
  return { io, sockets, url: `http://127.0.0.1:${port}` };
}

async function connect(
  kind: string,
  url: string,
  transports: readonly string[],
  options: object = {},
): Promise<ClientSocket> {
  const connectTo = kind === "tautline" ? await tautlineIo() : stockIo;
  const socket = connectTo(url, {
    transports: [...transports],
    forceNew: true,
    reconnection: false,
    ...options,
  }) as ClientSocket;
  cleanups.push(() => socket.disconnect());
  return socket;
}

async function connected(kind: string, url: string, transports: readonly string[] = ["webtransport"]) {
  const socket = await connect(kind, url, transports);
  await until(() => socket.connected);
  return socket;
}

const ask = (from: Emitting, event: string, ...args: unknown[]): Promise<unknown[]> =>
  new Promise((resolve) => {
    from.emit(event, ...args, (...answers: unknown[]) => resolve(answers));
  });

for (const [server, client] of [
  ["tautline", "tautline"],
  ["tautline", "socket.io-client 4"],
  ["socket.io", "tautline"],
] as const) {
  describe(`${client} with ${server}, webtransport`, () => {
    it("connects without a request", async () => {
      const { sockets, url } = await serve(server);
      const socket = await connected(client, url);
      expect(socket.io.engine.transport.name).toBe("webtransport");
      expect(sockets[0]?.conn.transport.name).toBe("webtransport");
    });

    it("carries events in order, both ways", async () => {
      const { io, url } = await serve(server);
      io.on("connection", (socket) => socket.on("count", (...args) => socket.emit("count", ...args)));
      const socket = await connected(client, url);
      const received: unknown[] = [];
      socket.on("count", (value) => received.push(value));
      const sent = Array.from({ length: 300 }, (_, at) => "x".repeat(at) + at);
      for (const value of sent) socket.emit("count", value);
      await until(() => received.length === sent.length);
      expect(received).toEqual(sent);
    });

    it("carries binary, large and small", async () => {
      const { io, url } = await serve(server);
      const echo = (value: unknown, answer: (value: unknown) => void) => answer(value);
      io.on("connection", (socket) => socket.on("echo", echo as Listener));
      const socket = await connected(client, url);
      for (const length of [1, 125, 126, 65_535, 65_536, 300_000]) {
        const bytes = new Uint8Array(length).fill(length % 251);
        const [answer] = await ask(socket, "echo", { bytes });
        expect(Buffer.compare(Object(answer).bytes, bytes)).toBe(0);
      }
    });

    it("acknowledges, both ways", async () => {
      const { sockets, url } = await serve(server);
      const socket = await connected(client, url);
      socket.on("question", ((text: string, answer: (text: string) => void) =>
        answer(`${text}!`)) as Listener);
      await until(() => sockets.length === 1);
      const [serverSocket] = sockets;
      if (serverSocket === undefined) throw new Error("there is no socket");
      expect(await ask(serverSocket, "question", "hi")).toEqual(["hi!"]);
    });

    it("is told of a disconnection by the server, whose last event arrives", async () => {
      const { io, url } = await serve(server);
      io.on("connection", (socket) =>
        socket.on("leave", () => {
          socket.emit("bye");
          socket.disconnect(false);
        }),
      );
      const socket = await connected(client, url);
      const log: unknown[] = [];
      socket.on("bye", () => log.push("bye"));
      socket.on("disconnect", (reason) => log.push(reason));
      socket.emit("leave");
      await until(() => log.length === 2);
      expect(log).toEqual(["bye", "io server disconnect"]);
    });

    it("upgrades from polling, losing and reordering nothing", async () => {
      const { io, sockets, url } = await serve(server);
      const received: unknown[] = [];
      io.on("connection", (socket) => {
        for (let at = 0; at < 20; at++) socket.emit("down", at);
        socket.on("up", (value) => received.push(value));
      });
      const socket = await connect(client, url, ["polling", "webtransport"]);
      const down: unknown[] = [];
      socket.on("down", (value) => down.push(value));
      let count = 0;
      const timer = setInterval(() => socket.emit("up", count++), 1);
      cleanups.push(() => clearInterval(timer));
      await until(() => sockets[0]?.conn.upgraded === true && count > 30);
      clearInterval(timer);
      await until(() => received.length === count && down.length === 20);
      expect(received).toEqual(Array.from({ length: count }, (_, at) => at));
      expect(down).toEqual(Array.from({ length: 20 }, (_, at) => at));
      expect(socket.io.engine.transport.name).toBe("webtransport");
      expect(sockets[0]?.conn.transport.name).toBe("webtransport");
    });

    it("is refused when a middleware guards the engine (server.md §8.4)", async () => {
      const { io, sockets, url } = await serve(server);
      io.engine.use((_req: unknown, _res: unknown, next: () => void) => next());
      const socket = await connect(client, url, ["webtransport"], { timeout: 300 });
      const errors: unknown[] = [];
      socket.on("connect_error", (error) => errors.push(error));
      await until(() => errors.length === 1);
      expect(sockets).toEqual([]);
    });
  });
}

describe("tautline's server over WebTransport", () => {
  it("has a handshake without a request (server.md §9.2, §20.4)", async () => {
    const { sockets, url } = await serve("tautline");
    await connected("tautline", url);
    expect(sockets[0]?.handshake).toMatchObject({
      headers: {},
      address: "",
      xdomain: false,
      secure: true,
      url: "",
      query: {},
    });
  });

  it("delivers the last event of a connection that it closes as a whole", async () => {
    const { io, url } = await serve("tautline");
    io.on("connection", (socket) =>
      socket.on("leave", () => {
        socket.emit("bye", "x".repeat(100_000));
        socket.disconnect(true);
      }),
    );
    for (const client of ["tautline", "socket.io-client 4"]) {
      const socket = await connected(client, url);
      const log: unknown[] = [];
      socket.on("bye", (text: string) => log.push(text.length));
      socket.on("disconnect", (reason) => log.push(reason));
      socket.emit("leave");
      await until(() => log.length === 2);
      expect(log).toEqual([100_000, "io server disconnect"]);
    }
  });

  it("sends empty binary, for which WebTransport has no frame", async () => {
    const { io, url } = await serve("tautline");
    io.on("connection", (socket) => socket.emit("nothing", new Uint8Array(), "behind"));
    for (const client of ["tautline", "socket.io-client 4"]) {
      const socket = await connect(client, url, ["webtransport"]);
      const received: unknown[] = [];
      socket.on("nothing", (...args) => received.push(...args));
      await until(() => received.length === 2);
      expect(received[1]).toBe("behind");
      expect(Object(received[0]).byteLength).toBe(0);
    }
  });

  it("is left by a client that closes", async () => {
    const { sockets, url } = await serve("tautline");
    const socket = await connected("tautline", url);
    const reasons: unknown[] = [];
    await until(() => sockets.length === 1);
    sockets[0]?.on("disconnect", (reason) => reasons.push(reason));
    socket.disconnect();
    await until(() => reasons.length === 1);
    expect(["client namespace disconnect", "transport close"]).toContain(reasons[0]);
  });
});
