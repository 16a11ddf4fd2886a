// The server on Node: attaches the Socket.IO layer to HTTP servers.

import { createServer, type Server as HttpServer } from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";
import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import { nodeRuntime } from "@tautline/hosts/node/runtime";
import { EngineServer } from "@tautline/hosts/node/server";
import type { ServerOptions } from "./options.ts";
import { SocketServer } from "./server.ts";

/** Any server of Node that speaks HTTP. */
export type AnyHttpServer = HttpServer | HttpsServer | Http2SecureServer | Http2Server;

/**
 * A Socket.IO server.
 *
 * @example
 * const io = new Server(3000);
 * io.on("connection", (socket) => {
 *   socket.on("hello", (name, ack) => ack(`hello, ${name}`));
 * });
 * @see server.md §2
 */
export class Server<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  // biome-ignore lint/suspicious/noExplicitAny: programs that do not type their data keep what they like in it
  SocketData = any,
> extends SocketServer<ListenEvents, EmitEvents, ServerSideEvents, SocketData, EngineServer> {
  /** The HTTP server that this one is attached to. */
  declare httpServer: AnyHttpServer;
  /** The options as they were given. */
  readonly opts: Partial<ServerOptions>;

  /**
   * Attaches at once when given an HTTP server, or a port to listen on (`0` picks a free one).
   *
   * @throws Error when given a request handler such as an Express application
   */
  constructor(options?: Partial<ServerOptions>);
  constructor(server: AnyHttpServer | number | string | undefined, options?: Partial<ServerOptions>);
  constructor(
    first?: AnyHttpServer | number | string | Partial<ServerOptions>,
    second: Partial<ServerOptions> = {},
  ) {
    const options = isOptions(first) ? first : second;
    super({ ...nodeRuntime, report: printError }, options);
    this.opts = options;
    if (first !== undefined && !isOptions(first)) this.attach(first, options);
  }

  /** As `attach`. */
  listen(server: AnyHttpServer | number | string, options: Partial<ServerOptions> = {}): this {
    return this.attach(server, options);
  }

  /**
   * Attaches to an HTTP server, or to one that it creates and lets listen on a port.
   *
   * The options of the constructor win over these (server.md §2.2 S1).
   */
  attach(server: AnyHttpServer | number | string, options: Partial<ServerOptions> = {}): this {
    if (typeof server === "function") {
      throw new Error(
        "You are trying to attach socket.io to an express request handler function. Please pass a http.Server instance.",
      );
    }
    if (typeof server === "object") return this.#attachTo(server, options);
    const httpServer = createServer((_request, response) => {
      response.writeHead(404);
      response.end();
    });
    this.#attachTo(httpServer, options);
    httpServer.listen(Number(server));
    return this;
  }

  /**
   * Shuts down: every socket is closed with `server shutting down`, then adapters, sessions and the HTTP server.
   * `callback` gets an error with code `ERR_SERVER_NOT_RUNNING` when the HTTP server was not listening.
   */
  async close(callback?: (error?: Error) => void): Promise<void> {
    await this.closeNamespaces();
    const { httpServer } = this;
    if (httpServer === undefined) {
      callback?.();
      return;
    }
    await new Promise<void>((resolve) => {
      httpServer.close((error?: Error) => {
        callback?.(error);
        resolve();
      });
      // Those that were being answered at that moment are idle by the next turn.
      if ("closeIdleConnections" in httpServer) setImmediate(() => httpServer.closeIdleConnections());
    });
  }

  #attachTo(httpServer: AnyHttpServer, options: Partial<ServerOptions>): this {
    const merged = { ...options, ...this.opts };
    const engine = new EngineServer(merged);
    engine.attach(httpServer, { ...merged, path: this.path() });
    this.httpServer = httpServer;
    return this.bind(engine);
  }
}

function isOptions(first: unknown): first is Partial<ServerOptions> {
  return typeof first === "object" && first !== null && !("listen" in first);
}

/** Where errors of listeners and middleware go unless the program says otherwise. */
function printError(error: unknown): void {
  console.error("tautline: a listener or middleware failed;", error);
}
