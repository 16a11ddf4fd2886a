// What becomes of an event in each state of a socket (client.md 6.6, 6.7, 6.8, 10).

import http from "node:http";
import { io, type Socket } from "@tautline/client";
import { Server } from "@tautline/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listen } from "./peers/node-server.ts";
import { until, within } from "./wire/deadline.ts";

const TIMED_OUT = "operation has timed out";
const DISCONNECTED = "socket has been disconnected";

let port: number;
let server: Server;
let heard: string[];
let socket: Socket;

beforeEach(async () => {
  const httpServer = http.createServer();
  server = new Server(httpServer, { serveClient: false });
  heard = [];
  server.on("connection", (peer) => {
    peer.onAny((name: string) => heard.push(name));
    peer.on("ask", (ack: (...args: unknown[]) => void) => ack("yes", "more"));
  });
  port = await listen(httpServer);
});

afterEach(async () => {
  socket.io.disconnect();
  await server.close();
});

function create(transport: string, options: object = {}): Socket {
  return io(`http://127.0.0.1:${port}`, {
    forceNew: true,
    transports: [transport],
    reconnectionDelay: 20,
    randomizationFactor: 0,
    ...options,
  });
}

async function settled(): Promise<void> {
  if (!socket.connected) await until(() => socket.connected, "connection");
  await within(socket.emitWithAck("ask"), "an answer behind all others");
}

/** How a socket is brought into each state; what it does after that is what the test looks at. */
const states: Readonly<Record<string, (transport: string) => Promise<void>>> = {
  "before connect": async (transport) => {
    socket = create(transport, { autoConnect: false });
  },
  "while the connection is opened": async (transport) => {
    socket = create(transport);
  },
  "while the namespace is being joined": async (transport) => {
    socket = create(transport);
    await new Promise<void>((resolve) => socket.io.once("open", resolve));
  },
  "during reconnection": async (transport) => {
    socket = create(transport);
    await until(() => socket.connected, "connection");
    socket.io.engine.close();
    await until(() => !socket.connected, "loss");
  },
  "after disconnect": async (transport) => {
    socket = create(transport);
    await until(() => socket.connected, "connection");
    socket.disconnect();
  },
};

describe.each([["polling"], ["websocket"]])("over %s", (transport) => {
  describe.each(Object.keys(states))("%s", (state) => {
    beforeEach(() => states[state]?.(transport));

    it("an event waits, and is sent once when connected", async () => {
      socket.emit("waiting");
      if (!socket.active) socket.connect();
      await settled();
      expect(heard).toEqual(["waiting", "ask"]);
    });

    it("a volatile event is dropped, and its acknowledgement times out", async () => {
      const outcome = socket.volatile.timeout(1).emitWithAck("volatile");
      await expect(outcome).rejects.toThrow(TIMED_OUT);
      expect(socket.sendBuffer).toEqual([]);
      if (!socket.active) socket.connect();
      await settled();
      expect(heard).toEqual(["ask"]);
    });

    it("acknowledgements of all three forms are answered when connected", async () => {
      const answers: unknown[] = [];
      socket.emit("ask", (...args: unknown[]) => answers.push(args));
      socket.timeout(10_000).emit("ask", (...args: unknown[]) => answers.push(args));
      const promise = socket.emitWithAck("ask");
      if (!socket.active) socket.connect();
      expect(await within(promise, "the answer")).toBe("yes");
      expect(answers).toEqual([
        ["yes", "more"],
        [null, "yes", "more"],
      ]);
    });

    it("an event that has timed out is not sent", async () => {
      // In states that pass by themselves the namespace must not be joined before.
      socket.disconnect();
      const outcome = socket.timeout(1).emitWithAck("late");
      await expect(outcome).rejects.toThrow(TIMED_OUT);
      socket.connect();
      await settled();
      expect(heard).toEqual(["ask"]);
    });
  });

  it("leaving and returning with other credentials, in whatever state, spares the other namespaces", async () => {
    const decisions: (() => void)[] = [];
    server.of("/slow").use((_, next) => {
      decisions.push(next);
    });
    socket = create(transport);
    const losses: unknown[] = [];
    socket.on("disconnect", (reason) => losses.push(reason));
    const slow = socket.io.socket("/slow", { auth: { name: "first" } });
    const names = (): unknown[] =>
      [...server.of("/slow").sockets.values()].map((peer) => peer.handshake.auth.name);
    await until(() => socket.connected && decisions.length === 1, "the first request");
    for (const name of ["second", "third", "fourth"]) {
      slow.disconnect();
      slow.auth = { name };
      slow.connect();
      decisions.shift()?.();
      await until(() => decisions.length === 1, `the request of the ${name}`);
    }
    decisions.shift()?.();
    await until(() => slow.connected, "connection");
    expect(names()).toEqual(["fourth"]);
    slow.disconnect().connect();
    await until(() => decisions.length === 1, "the last request");
    decisions.shift()?.();
    await until(() => slow.connected && names().length === 1, "connection");
    expect(losses).toEqual([]);
  });

  describe("connected", () => {
    beforeEach(async () => {
      socket = create(transport);
      await until(() => socket.connected, "connection");
    });

    it("a volatile event is sent while the transport can take it, and dropped in the tick of another", async () => {
      await until(() => socket.io.engine.transport.writable, "a transport that can take more");
      socket.volatile.emit("first");
      socket.volatile.emit("second");
      await settled();
      expect(heard).toEqual(["first", "ask"]);
    });

    it("acknowledgements of all three forms are settled when it disconnects", async () => {
      const outcomes: unknown[] = [];
      socket.on("disconnect", (reason) => outcomes.push(reason));
      socket.emit("nobody answers", () => outcomes.push("plain"));
      socket.timeout(10_000).emit("nobody answers", (error: Error) => outcomes.push(error.message));
      const promise = socket.emitWithAck("nobody answers");
      socket.disconnect();
      await expect(promise).rejects.toThrow(DISCONNECTED);
      expect(outcomes).toEqual(["io client disconnect", DISCONNECTED]);
    });

    it("an event emitted just before it disconnects still arrives", async () => {
      socket.emit("last words");
      socket.disconnect();
      await until(() => heard.length > 0, "the last words");
      expect(heard).toEqual(["last words"]);
    });
  });
});
