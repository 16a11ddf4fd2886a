// What programs written for upstream read on the request objects themselves. Nothing else here touches an object
// that is not ours.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Query } from "@tautline/engine/ports";

interface RequestExtras {
  /** EIO §6.2: the parsed query; engine middlewares and `allowRequest` hooks read it. */
  _query?: Query;
  /** EIO §44: the response of a polling request, while it waits. */
  res?: ServerResponse | undefined;
  /** EIO §44: the connection of a WebSocket request. */
  websocket?: object;
}

/** The query of a request, also shown as `req._query`. One that is there already is used as it is (EIO §6.2). */
export function exposeQuery(req: IncomingMessage & RequestExtras): Query {
  if (typeof req._query === "object" && req._query !== null) return req._query;
  const query = parseQuery(req.url ?? "");
  req._query = query;
  return query;
}

/** `undefined` once the response is given: the session keeps the request, not the response. */
export function exposeResponse(req: IncomingMessage & RequestExtras, res: ServerResponse | undefined): void {
  req.res = res;
}

export function exposeWebSocket(req: IncomingMessage & RequestExtras, websocket: object): void {
  req.websocket = websocket;
}

/** Of a parameter that repeats, the last occurrence; names are ordinary, `__proto__` too (SEC §1.1). */
function parseQuery(url: string): Query {
  const query: Record<string, string> = Object.create(null);
  const start = url.indexOf("?");
  if (start < 0) return query;
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) query[name] = value;
  return query;
}
