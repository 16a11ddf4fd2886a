import { once } from "node:events";
import http from "node:http";
import { createRequire } from "node:module";
import net, { type AddressInfo } from "node:net";
import { Server } from "@tautline/server";
import { io as connect, type Socket } from "socket.io-client";
import { afterEach } from "vitest";

// Tests of the server's API run against both classes. Upstream's proves the test; where ours differs on purpose, a test
// says so.

/** A server class with the API of socket.io 4. */
export type ServerClass = typeof Server;

const upstreamServer: ServerClass = createRequire(import.meta.url)("socket.io").Server;

export const serverClasses: readonly (readonly [string, ServerClass])[] = [
  ["socket.io", upstreamServer],
  ["tautline", Server],
];

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Runs after the test, in reverse order. */
export function whenDone(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** The port of a server that listens, or is about to; it is closed when the test is done. */
export async function listening(io: Server): Promise<number> {
  const { httpServer } = io;
  whenDone(async () => {
    if ("closeAllConnections" in httpServer) httpServer.closeAllConnections();
    await io.close();
  });
  if (!httpServer.listening) await once(httpServer, "listening");
  return (httpServer.address() as AddressInfo).port;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own. Headers that say how the answer travels are left out. */
export function ask(
  port: number,
  path: string,
  { body, ...options }: http.RequestOptions & { body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, path, agent: false, ...options });
    request.on("error", reject).end(body);
    request.on("response", async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      const { date: _, connection: __, "transfer-encoding": ___, ...headers } = response.headers;
      resolve({ status: response.statusCode ?? 0, headers, body: text });
    });
  });
}

/** The raw answer to a request to switch to WebSocket: its head, and its body if there is one. */
export function askUpgrade(port: number, path: string, headers: readonly string[] = []): Promise<string> {
  const lines = [
    `GET ${path} HTTP/1.1`,
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  ];
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1");
    let answer = "";
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      // Nothing that was switched is of interest here.
      if (answer.startsWith("HTTP/1.1 101") && answer.includes("\r\n\r\n")) socket.destroy();
    });
  });
}

/** A client of upstream's that does not come back. Default: by WebSocket alone, and over HTTP if a port is given. */
export function client(at: number | string, nsp = "", options: Parameters<typeof connect>[1] = {}): Socket {
  const origin = typeof at === "string" ? at : `http://127.0.0.1:${at}`;
  const socket = connect(`${origin}${nsp}`, {
    forceNew: true,
    reconnection: false,
    transports: ["websocket"],
    ...options,
  });
  whenDone(() => socket.disconnect());
  return socket;
}

/** The arguments of the next event. */
export function nextOf(
  emitter: { once(event: string, listener: (...args: never[]) => void): unknown },
  event: string,
): Promise<unknown[]> {
  return new Promise((resolve) => emitter.once(event, (...args: unknown[]) => resolve(args)));
}

/** Whether a client is let in: `connected`, or the error. */
export async function admission(socket: Socket): Promise<"connected" | Error> {
  const refused = nextOf(socket, "connect_error").then(([error]) => error as Error);
  return Promise.race([nextOf(socket, "connect").then(() => "connected" as const), refused]);
}
