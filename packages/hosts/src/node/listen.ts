import type { EventEmitter } from "node:events";
import { createServer } from "node:http";
import type { AttachOptions } from "./attach.ts";
import { EngineServer, type EngineServerOptions } from "./server.ts";

/**
 * Makes an HTTP server that answers everything but the engine's requests with 501, and listens (EIO §40).
 *
 * @example
 * const engine = listen(3000);
 * engine.on("connection", (session) => session.send("hello"));
 */
export function listen(
  port: number,
  options?: (EngineServerOptions & AttachOptions) | (() => void) | null,
  callback?: () => void,
): EngineServer {
  const isBare = typeof options === "function";
  const httpServer = createServer((_req, res) => {
    res.writeHead(501);
    res.end("Not Implemented");
  });
  const engine = attach(httpServer, isBare ? {} : (options ?? {}));
  engine.httpServer = httpServer;
  httpServer.listen(port, isBare ? options : callback);
  return engine;
}

/** Makes an engine and attaches it to an HTTP server (EIO §40). */
export function attach(
  httpServer: EventEmitter,
  options: EngineServerOptions & AttachOptions = {},
): EngineServer {
  const engine = new EngineServer(options);
  engine.attach(httpServer, options);
  return engine;
}
