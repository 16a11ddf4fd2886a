import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Headers, Query, UpgradeAttempt, WebSocketLink } from "@tautline/engine/ports";
import { guard, type Report } from "@tautline/events/guard";
import { exposeWebSocket } from "./compat.ts";
import type { UpgradeResponse } from "./upgrade-response.ts";

/** Switches a request to WebSocket: our own endpoint, or a class that the program gave as `wsEngine`. */
export interface WebSocketAcceptor {
  /** Completes the handshake, or refuses a malformed one and never calls back. */
  accept(
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    headers: Headers,
    onAccepted: (link: WebSocketLink, head?: Uint8Array) => void,
  ): void;
  close(): void;
}

/** One `upgrade` event of an HTTP server. */
export class NodeUpgrade implements UpgradeAttempt<IncomingMessage> {
  readonly request: IncomingMessage;
  readonly query: Query;
  readonly #socket: Duplex;
  readonly #head: Buffer;
  readonly #acceptor: WebSocketAcceptor;
  readonly #report: Report;
  /** Only when there are middlewares. */
  readonly #response: UpgradeResponse | undefined;

  constructor(
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    parts: {
      query: Query;
      acceptor: WebSocketAcceptor;
      response: UpgradeResponse | undefined;
      report: Report;
    },
  ) {
    this.request = req;
    this.query = parts.query;
    this.#socket = socket;
    this.#head = head;
    this.#acceptor = parts.acceptor;
    this.#response = parts.response;
    this.#report = parts.report;
    // CVE-2022-41940: a peer that resets the connection while its request is examined ends only itself.
    socket.on("error", ignoreError);
    // Nobody reads yet, so `end` comes only to who asks: a peer that leaves while the program thinks holds nothing.
    socket.on("end", destroyThis);
    socket.read(0);
  }

  get method(): string {
    return this.request.method ?? "GET";
  }

  get remoteAddress(): string | undefined {
    return this.request.socket?.remoteAddress;
  }

  get isGone(): boolean {
    return this.#socket.destroyed || !this.#socket.writable;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  dropHeader(name: string): void {
    delete this.request.headers[name];
  }

  accept(headers: Headers, onAccepted: (link: WebSocketLink, head?: Uint8Array) => void): void {
    if (this.isGone) return;
    try {
      const all = { ...this.#response?.takeHeaders(), ...headers };
      this.#acceptor.accept(this.request, this.#socket, this.#head, all, (link, head) => {
        // The connection handles the socket's errors from here on.
        this.#socket.off("error", ignoreError);
        this.#socket.off("end", destroyThis);
        exposeWebSocket(this.request, link);
        onAccepted(link, head);
      });
    } catch (error) {
      // A header that a listener or middleware has set cannot be sent, or the `wsEngine` of the program failed.
      this.#report(error);
      writeRefusal(this.#socket, 500, "Internal Server Error", {});
    }
    this.#finishResponse();
  }

  refuse(status: number, message: string, headers: Headers = {}): void {
    writeRefusal(this.#socket, status, message, headers);
    this.#finishResponse();
  }

  #finishResponse(): void {
    guard(this.#report, () => this.#response?.finish());
  }
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** EIO §7.3: written raw, then the socket is destroyed. */
function writeRefusal(socket: Duplex, status: number, message: string, headers: Headers): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_TEXTS[status] ?? "Bad Request"}`,
    "Connection: close",
    "Content-type: text/html",
    `Content-Length: ${Buffer.byteLength(message)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    message,
  ];
  socket.end(lines.join("\r\n"), () => socket.destroy());
}

/** Whether the socket of an upgrade is somebody's: an engine's that still decides, or of whom reads or has ended it. */
export function isTaken(socket: Duplex): boolean {
  if (socket.destroyed || socket.writableEnded) return true;
  return socket.listenerCount("data") > 0 || socket.listeners("error").includes(ignoreError);
}

function ignoreError(): void {}

function destroyThis(this: Duplex): void {
  this.destroy();
}
