// The server on Node: attaches the Socket.IO layer to HTTP servers.

import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { Http2SecureServer, Http2Server } from "node:http2";
import type { Server as HttpsServer } from "node:https";
import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import { nodeRuntime } from "@tautline/hosts/node/runtime";
import { EngineServer } from "@tautline/hosts/node/server";
import { followUnusedConnections } from "@tautline/hosts/node/unused-connections";
import type { UwsApp } from "@tautline/hosts/uws/app";
import { attachToApp, type UwsOptions } from "@tautline/hosts/uws/attach-app";
import { type BundleRoute, serveBundles, serveBundlesOnApp } from "./bundle-route.ts";
import { ClientBundles } from "./client-bundles.ts";
import { isAnyScopeEnabled } from "./debug-scopes.ts";
import { followHttp2Sessions } from "./http2-sessions.ts";
import type { ServerOptions } from "./options.ts";
import { SocketServer } from "./server.ts";
import { Trace } from "./trace.ts";

/** Any server of Node that speaks HTTP. */
export type AnyHttpServer = HttpServer | HttpsServer | Http2SecureServer | Http2Server;

// The folder stands beside both `src` and `dist`.
const bundles = new ClientBundles(() => new URL("../client-dist/", import.meta.url));

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
  /**
   * Answers a request for a client bundle; the common headers are set by then. A program whose files a bundler has
   * moved may replace it.
   *
   * @example
   * Server.sendFile = (filename, _request, response) => response.end(embedded[filename]);
   * @see server.md §17
   */
  static sendFile(filename: string, req: IncomingMessage, res: ServerResponse): Promise<void> | void {
    return bundles.send(filename, req, res);
  }

  /** The HTTP server that this one is attached to. */
  declare httpServer: AnyHttpServer;
  declare readonly opts: Partial<ServerOptions>;
  #servesClient: boolean;
  /** When the environment asks for it. */
  readonly #trace: Trace | undefined;
  #closeHttp2Sessions: () => void = () => {};
  #closeUnusedConnections: () => void = () => {};

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
    this.#servesClient = options.serveClient !== false;
    this.#trace = createTrace(process.env.DEBUG);
    this.#trace?.followNamespaces(this.sockets);
    if ((first || typeof first === "number") && !isOptions(first)) this.attach(first);
  }

  /** Whether the client bundles are served; the setter affects later attachments. */
  serveClient(): boolean;
  serveClient(serve: boolean): this;
  serveClient(serve?: boolean): boolean | this {
    if (serve === undefined) return this.#servesClient;
    this.#servesClient = serve;
    return this;
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
   * Attaches to an app of µWebSockets.js, which the program lets listen and closes. `httpServer` stays undefined.
   *
   * @example
   * const app = uWS.App();
   * const io = new Server();
   * io.attachApp(app);
   * app.listen(3000, () => {});
   * @see server.md §2.4
   */
  attachApp(app: UwsApp, options: Partial<ServerOptions> & UwsOptions = {}): this {
    const merged = this.#merge(options);
    const engine = new EngineServer({ ...merged, onError: this.report });
    attachToApp(app, engine, merged);
    if (this.#servesClient) serveBundlesOnApp(app, this.#bundleRoute(merged.cors));
    this.#trace?.sayOfServer(`attached to ${merged.path}`);
    return this.bind(engine);
  }

  override bind(engine: EngineServer): this {
    this.#trace?.followEngine(engine);
    return super.bind(engine);
  }

  /**
   * Shuts down: every socket is closed with `server shutting down`, then adapters, sessions and the HTTP server.
   * `callback` gets an error with code `ERR_SERVER_NOT_RUNNING` when the HTTP server was not listening.
   */
  async close(callback?: (error?: Error) => void): Promise<void> {
    this.#trace?.sayOfServer("closing");
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
      this.#closeHttp2Sessions();
      this.#closeUnusedConnections();
      // Those that were being answered at that moment are idle by the next turn.
      if ("closeIdleConnections" in httpServer) setImmediate(() => httpServer.closeIdleConnections());
    });
  }

  #attachTo(httpServer: AnyHttpServer, options: Partial<ServerOptions>): this {
    const merged = this.#merge(options);
    const engine = new EngineServer({ ...merged, onError: this.report });
    engine.attach(httpServer, merged);
    if (this.#servesClient) serveBundles(httpServer, this.#bundleRoute(merged.cors));
    this.#closeHttp2Sessions = followHttp2Sessions(httpServer);
    this.#closeUnusedConnections = followUnusedConnections(httpServer);
    this.httpServer = httpServer;
    this.#trace?.sayOfServer(`attached to ${merged.path}`);
    return this.bind(engine);
  }

  /** The options of the constructor win (server.md §2.2 S1). */
  #merge<Options extends Partial<ServerOptions>>(options: Options): Options & { path: string } {
    const given = { ...options, ...this.opts };
    return { ...given, path: given.path || this.path() };
  }

  #bundleRoute(cors: BundleRoute["cors"]): BundleRoute {
    return {
      path: this.path(),
      cors,
      sendFile: (filename, req, res) => Server.sendFile(filename, req, res),
      report: this.report,
    };
  }
}

function isOptions(first: unknown): first is Partial<ServerOptions> {
  return typeof first === "object" && first !== null && !("listen" in first);
}

function createTrace(setting: string | undefined): Trace | undefined {
  if (!setting || !isAnyScopeEnabled(setting)) return undefined;
  return new Trace(setting, (line) => process.stderr.write(line));
}

/** Where errors of listeners and middleware go unless the program says otherwise. */
function printError(error: unknown): void {
  console.error("tautline: a listener or middleware failed;", error);
}
