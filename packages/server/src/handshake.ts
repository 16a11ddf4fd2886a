import type { IncomingMessage } from "node:http";
import type { RawSocket } from "./raw-socket.ts";

/** How a socket came to be connected (server.md §9.2). */
export interface Handshake {
  /** The headers of the first request. */
  headers: IncomingMessage["headers"];
  /** The date of creation, as text. */
  time: string;
  /** The peer's address; proxies are not considered. */
  address: string;
  /** Whether the request was cross-origin, i.e. carried an `Origin`. */
  xdomain: boolean;
  /** Whether the connection is encrypted. */
  secure: boolean;
  /** The date of creation, in milliseconds since the epoch. */
  issued: number;
  /** The path and query of the first request. */
  url: string;
  /** The query parameters of the first request; of a repeated one, the last value. */
  query: Record<string, string>;
  /** What the client sent to authenticate itself: whatever it likes, so check it. */
  // biome-ignore lint/suspicious/noExplicitAny: programs written for upstream pass its members on as they need them
  auth: Record<string, any>;
}

/** Describes how a socket was connected; a program may have dropped the request by then. */
export function createHandshake(conn: RawSocket, auth: Record<string, unknown>, issuedMs: number): Handshake {
  const { request } = conn;
  const url = request?.url ?? "";
  return {
    headers: request?.headers ?? {},
    time: `${new Date(issuedMs)}`,
    address: conn.remoteAddress ?? "",
    xdomain: request?.headers.origin !== undefined,
    secure: request ? "encrypted" in request.socket && request.socket.encrypted === true : true,
    issued: issuedMs,
    url,
    query: parseQuery(url),
    auth,
  };
}

/** The parameters of a URL's query, without prototype: a peer may name one `__proto__` (SEC §1). */
export function parseQuery(url: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null);
  const start = url.indexOf("?");
  if (start < 0) return query;
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) query[name] = value;
  return query;
}
