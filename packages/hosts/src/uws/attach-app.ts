// How an engine joins an app of µWebSockets.js: a route for polling, and one for WebSocket (server.md §2.4).

import { type AttachOptions, computePath } from "../node/attach.ts";
import { exposeQuery } from "../node/compat.ts";
import type { EngineServer } from "../node/server.ts";
import { UwsAnswer } from "./answer.ts";
import type { UwsApp, UwsRequestView, UwsResponder } from "./app.ts";
import { UwsBody } from "./body.ts";
import { UwsExchange } from "./exchange.ts";
import { UwsRequest } from "./request.ts";
import { UwsResponse } from "./response.ts";
import { UwsUpgrade } from "./upgrade.ts";

/** More than µWebSockets.js collects before it writes: what is merely collected must not count as a peer's backlog. */
const MIN_BACKPRESSURE_BYTES = 64 * 1024;

/** What goes to the WebSocket route of µWebSockets.js. */
export interface UwsOptions extends AttachOptions {
  /** One of the compressors of µWebSockets.js. Default 0, its `DISABLED`. */
  compression?: number;
  /** Seconds after which a connection on which nothing arrives is closed. Default 120. */
  idleTimeout?: number;
  /** Bytes that may wait there for one connection; what is more waits here. Default 1 MiB, at least 64 KiB. */
  maxBackpressure?: number;
}

/** Takes the requests of an app whose path is the engine's, exactly (EIO §24). */
export function attachToApp(app: UwsApp, engine: EngineServer, options: UwsOptions): void {
  const path = computePath(options);
  const isEncrypted = isSslApp(app);
  app.any(path, (res, req) => takeRequest(engine, res, new UwsRequest(res, req, isEncrypted)));
  if (!engine.opts.transports.includes("websocket")) return;
  const { compression = 0, idleTimeout = 120, maxBackpressure = 1024 * 1024 } = options;
  const isCompressing = compression !== 0;
  app.ws(path, {
    compression,
    idleTimeout,
    maxBackpressure: Math.max(maxBackpressure, MIN_BACKPRESSURE_BYTES),
    maxPayloadLength: engine.opts.maxHttpBufferSize,
    upgrade: (res, req, context) => takeUpgrade(engine, res, req, { context, isEncrypted, isCompressing }),
    open: (socket) => socket.getUserData().events.onOpen(socket),
    message: (socket, data, isBinary) => socket.getUserData().events.onMessage(data, isBinary),
    drain: (socket) => socket.getUserData().events.onDrain(),
    close: (socket, code, reason) => socket.getUserData().events.onClose(code, reason),
  });
}

/** The two kinds of app are told apart by their names alone. */
export function isSslApp(app: UwsApp): boolean {
  return app.constructor.name.endsWith("SSLApp");
}

function takeRequest(engine: EngineServer, res: UwsResponder, request: UwsRequest): void {
  const answer = new UwsAnswer(res, request.method === "HEAD");
  const response = engine.hasMiddlewares ? new UwsResponse(request, answer) : undefined;
  const body = new UwsBody(res, engine.opts.maxHttpBufferSize);
  const parts = { query: exposeQuery(request), answer, body, response, report: engine.report };
  engine.takeExchange(new UwsExchange(request, parts), response);
}

function takeUpgrade(
  engine: EngineServer,
  res: UwsResponder,
  req: UwsRequestView,
  route: { readonly context: object; readonly isEncrypted: boolean; readonly isCompressing: boolean },
): void {
  const { context, isEncrypted, isCompressing } = route;
  const request = new UwsRequest(res, req, isEncrypted);
  const answer = new UwsAnswer(res, false);
  const response = engine.hasMiddlewares ? new UwsResponse(request, answer) : undefined;
  const [protocol = ""] = req.getHeader("sec-websocket-protocol").split(",");
  const handshake = {
    key: req.getHeader("sec-websocket-key"),
    protocol: protocol.trim(),
    extensions: req.getHeader("sec-websocket-extensions"),
    context,
  };
  const query = exposeQuery(request);
  const parts = { query, answer, handshake, isCompressing, response, report: engine.report };
  engine.takeUpgrade(new UwsUpgrade(request, parts), response);
}
