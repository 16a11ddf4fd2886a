import type { EventEmitter } from "node:events";
import { createServer, type Server } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { TEST_CERTIFICATE, TEST_KEY } from "./testing/certificate.ts";
import { portOf } from "./testing/raw-http.ts";
import { followUnusedConnections } from "./unused-connections.ts";

const tls = { key: TEST_KEY, cert: TEST_CERTIFICATE };
const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

interface Following {
  readonly port: number;
  readonly closeUnused: () => void;
  /** Connections as the server sees them, TLS done. */
  readonly accepted: (count: number) => Promise<void>;
}

async function follow(
  server: Server | ReturnType<typeof createSecureServer>,
  event: string,
): Promise<Following> {
  const closeUnused = followUnusedConnections(server);
  let accepted = 0;
  let wake: () => void = () => {};
  const emitter: EventEmitter = server;
  emitter.on(event, () => {
    accepted += 1;
    wake();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  cleanups.push(() => server.close());
  return {
    port: portOf(server),
    closeUnused,
    accepted: async (count) => {
      while (accepted < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function opened(socket: Socket): { socket: Socket; closed: Promise<void> } {
  socket.on("error", () => {});
  socket.resume();
  cleanups.push(() => socket.destroy());
  return { socket, closed: new Promise((resolve) => socket.once("close", () => resolve())) };
}

describe("unused connections", () => {
  it("are ended, those of TLS with and without their handshake too", async () => {
    const plain = await follow(createServer(), "connection");
    const secure = await follow(createTlsServer(tls), "secureConnection");
    const both = await follow(createSecureServer({ ...tls, allowHTTP1: true }), "secureConnection");
    const options = { rejectUnauthorized: false };
    const unused = [
      opened(connect(plain.port, "127.0.0.1")),
      opened(connectTls({ port: secure.port, ...options })),
      opened(connect(secure.port, "127.0.0.1")),
      opened(connectTls({ port: both.port, ...options })),
    ];
    await Promise.all([plain.accepted(1), secure.accepted(1), both.accepted(1)]);
    for (const { closeUnused } of [plain, secure, both]) closeUnused();
    await Promise.all(unused.map(({ closed }) => closed));
  });

  it("are not those on which a request has begun, even if only its first bytes have come", async () => {
    const server = createServer((_, response) => response.end("whole"));
    const { port, closeUnused, accepted } = await follow(server, "connection");
    const received = new Promise<void>((resolve) => {
      server.once("connection", (socket) => {
        const timer = setInterval(() => {
          if (socket.bytesRead === 0) return;
          clearInterval(timer);
          resolve();
        }, 1);
      });
    });
    const { socket, closed } = opened(connect(port, "127.0.0.1"));
    socket.write("GET / HT");
    await accepted(1);
    await received;
    closeUnused();
    let text = "";
    socket.on("data", (piece) => {
      text += piece;
    });
    socket.write("TP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    await closed;
    expect(text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*whole$/);
  });
});
