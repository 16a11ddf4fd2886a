// What programs written for upstream read on the request objects themselves. Nothing else here touches an object
// that is not ours.

import type { IncomingMessage, ServerResponse } from "node:http";
import { unescape as unescapePercent } from "node:querystring";
import type { Query } from "@tautline/engine/ports";

interface RequestExtras {
  /** EIO §6.2: the parsed query; engine middlewares and `allowRequest` hooks read it. */
  _query?: Query | undefined;
  /** EIO §44: the response of a polling request, while it waits. */
  res?: ServerResponse | undefined;
  /** EIO §44: the connection of a WebSocket request. */
  websocket?: object | undefined;
}

/** The query of a request, also shown as `req._query`. One that is there already is used as it is (EIO §6.2). */
export function exposeQuery(req: IncomingMessage & RequestExtras): Query {
  if (typeof req._query === "object" && req._query !== null) return req._query;
  const query = parseQuery(req.url ?? "");
  req._query = query;
  return query;
}

/** Shows the response as `req.res`; whether nobody else, such as Express, did that before. */
export function exposeResponse(req: IncomingMessage & RequestExtras, res: ServerResponse): boolean {
  if (req.res !== undefined) return false;
  req.res = res;
  return true;
}

/** Undoes `exposeResponse` once the response is given: the session keeps the request, not the response. */
export function concealResponse(req: IncomingMessage & RequestExtras): void {
  req.res = undefined;
}

export function exposeWebSocket(req: IncomingMessage & RequestExtras, websocket: object): void {
  req.websocket = websocket;
}

/**
 * Of a parameter that repeats, the last occurrence; names are ordinary, `__proto__` too (SEC §1.1).
 * Written out because `URLSearchParams` costs more than the rest of a handshake's admission.
 */
function parseQuery(url: string): Query {
  const query: Record<string, string> = Object.create(null);
  const start = url.indexOf("?");
  if (start < 0) return query;
  for (const pair of url.slice(start + 1).split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    query[decode(name)] = equals < 0 ? "" : decode(pair.slice(equals + 1));
  }
  return query;
}

/** Never throws: escapes that are not UTF-8 become U+FFFD, and a lone `%` stands for itself. */
function decode(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  return spaced.includes("%") ? unescapePercent(spaced) : spaced;
}
