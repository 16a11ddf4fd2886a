// How an engine joins an HTTP server that others use too (EIO §40).

import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { isTaken } from "./upgrade.ts";

/** EIO §40. */
export interface AttachOptions {
  /** Requests whose URL begins with it belong to the engine. Default `/engine.io`. */
  path?: string;
  /** Whether `path` ends in a slash. Default true. */
  addTrailingSlash?: boolean;
  /** Whether upgrades that nobody answers are ended. Default true. */
  destroyUpgrade?: boolean;
  /** Milliseconds until then. Default 1000. */
  destroyUpgradeTimeout?: number;
}

/** What of an engine an HTTP server needs. */
export interface Attachable {
  handleRequest(req: IncomingMessage, res: ServerResponse): void;
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The HTTP server listens, perhaps again. */
  onListening(): void;
  close(): unknown;
}

/** Answers a request, or says that it is not its own by `false`. */
export type RequestTaker = (req: IncomingMessage, res: ServerResponse) => boolean;

/** EIO §6.1: one trailing slash is dropped, and one added unless that is turned off. */
export function computePath(options: AttachOptions): string {
  const path = (options.path ?? "/engine.io").replace(/\/$/, "");
  return options.addTrailingSlash === false ? path : `${path}/`;
}

/** Any server of `node:http`, `node:https` or `node:http2` that speaks HTTP/1 as well. */
export function attachTo(
  httpServer: EventEmitter,
  engine: Attachable,
  options: AttachOptions,
  isWebSocketEnabled: boolean,
): void {
  const path = computePath(options);
  const isOurs = (req: IncomingMessage): boolean => req.url?.startsWith(path) ?? false;
  takeRequests(httpServer, (req, res) => {
    if (!isOurs(req)) return false;
    engine.handleRequest(req, res);
    return true;
  });
  if (isWebSocketEnabled) takeUpgrades(httpServer, engine, isOurs, options);
  httpServer.on("close", () => engine.close());
  httpServer.on("listening", () => engine.onListening());
}

/** Asks `take` first; the listeners that are there come behind it, in their order. */
export function takeRequests(httpServer: EventEmitter, take: RequestTaker): void {
  const others = httpServer.listeners("request");
  httpServer.removeAllListeners("request");
  httpServer.on("request", (req: IncomingMessage, res: ServerResponse) => {
    if (take(req, res)) return;
    for (const other of others) other.call(httpServer, req, res);
  });
}

/**
 * Other upgrade listeners stay (EIO §62.19). Of several engines on one path, or one that is attached twice, the last to
 * be attached answers, as it does requests.
 */
function takeUpgrades(
  httpServer: EventEmitter,
  engine: Attachable,
  isOurs: (req: IncomingMessage) => boolean,
  options: AttachOptions,
): void {
  const { destroyUpgrade = true, destroyUpgradeTimeout = 1000 } = options;
  httpServer.prependListener("upgrade", (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isOurs(req)) {
      if (!isTaken(socket)) engine.handleUpgrade(req, socket, head);
    } else if (destroyUpgrade) endIfUnanswered(socket, destroyUpgradeTimeout);
  });
}

/** EIO §62.20: a socket to which somebody has written is left alone. */
function endIfUnanswered(socket: Duplex, delayMs: number): void {
  // CVE-2022-41940: nobody listens to this socket yet, and its peer may reset it.
  socket.on("error", () => {});
  const timeout = setTimeout(() => {
    if (isTaken(socket) || bytesWrittenTo(socket) > 0) return;
    socket.end();
  }, delayMs);
  socket.once("close", () => clearTimeout(timeout));
}

function bytesWrittenTo(socket: Duplex): number {
  return "bytesWritten" in socket && typeof socket.bytesWritten === "number" ? socket.bytesWritten : 0;
}
