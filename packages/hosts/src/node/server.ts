import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Engine } from "@tautline/engine/engine";
import { createBadRequest, errorCodes, errorMessages } from "@tautline/engine/errors";
import type { EngineOptions } from "@tautline/engine/options";
import type { HttpExchange, UpgradeAttempt } from "@tautline/engine/ports";
import { closeWebTransportSession } from "@tautline/engine/webtransport-link";
import type { WebTransportSession } from "@tautline/engine/webtransport-session";
import { type Attachable, type AttachOptions, attachTo } from "./attach.ts";
import { exposeQuery } from "./compat.ts";
import { type CorsOption, createCors } from "./cors.ts";
import { NodeExchange } from "./http-exchange.ts";
import { type Middleware, runMiddlewares } from "./middleware.ts";
import { OwnWebSocketAcceptor } from "./own-websocket.ts";
import { nodeRuntime } from "./runtime.ts";
import { NodeUpgrade, type WebSocketAcceptor } from "./upgrade.ts";
import { UpgradeResponse } from "./upgrade-response.ts";
import { WsEngineAcceptor, type WsEngineClass } from "./ws-engine.ts";

/** EIO §41: the options of an engine on Node. */
export interface EngineServerOptions extends EngineOptions<IncomingMessage> {
  /** As of the `cors` package; installed as the first middleware. Default off. */
  cors?: CorsOption;
  /** A WebSocket server class with the contract of the `ws` package's. Default: our own endpoint. */
  wsEngine?: WsEngineClass;
}

/**
 * An Engine.IO server on Node's HTTP servers: `io.engine`.
 *
 * @example
 * const engine = new EngineServer({ pingInterval: 10_000 });
 * engine.attach(httpServer);
 * engine.on("connection", (session) => session.send("hello"));
 *
 * @see EIO §42
 */
export class EngineServer extends Engine<IncomingMessage> implements Attachable {
  /** EIO §42: name → code. */
  static readonly errors: typeof errorCodes = errorCodes;
  /** EIO §42: code → text. */
  static readonly errorMessages: typeof errorMessages = errorMessages;
  /** Set by `listen`. */
  httpServer: EventEmitter | undefined = undefined;
  readonly #middlewares: Middleware[] = [];
  readonly #wsEngine: WsEngineClass | undefined;
  #acceptor: WebSocketAcceptor;

  constructor(options: EngineServerOptions = {}) {
    super(nodeRuntime, options);
    this.#wsEngine = options.wsEngine;
    this.#acceptor = this.#createAcceptor();
    // EIO §17: first, so that its headers are on every response.
    if (options.cors) this.use(createCors(options.cors));
  }

  /** Adds a middleware for every request of the engine, upgrades included (EIO §21). */
  use(middleware: Middleware): this {
    this.#middlewares.push(middleware);
    return this;
  }

  /** Takes the requests of an HTTP server whose URL begins with the path (EIO §40). */
  attach(httpServer: EventEmitter, options: AttachOptions = {}): void {
    attachTo(httpServer, this, options, this.opts.transports.includes("websocket"));
  }

  /** Processes one HTTP request. */
  handleRequest(req: IncomingMessage, res: ServerResponse): void {
    this.takeExchange(new NodeExchange(req, res, exposeQuery(req), this.report), res);
  }

  /** Whether requests have to pass any, for which they need a response of their own. */
  get hasMiddlewares(): boolean {
    return this.#middlewares.length > 0;
  }

  /** Takes an exchange through the middlewares; there must be a response if there are any. */
  takeExchange(exchange: HttpExchange<IncomingMessage>, response: ServerResponse | undefined): void {
    if (!this.hasMiddlewares || response === undefined) {
      this.onExchange(exchange);
      return;
    }
    runMiddlewares(this.#middlewares, exchange.request, response, this.report, (outcome) => {
      if (outcome.ok) this.onExchange(exchange);
      else this.refuseExchange(exchange, createBadRequest("MIDDLEWARE_FAILURE"));
    });
  }

  /** Processes one request to switch protocols. */
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const response = this.hasMiddlewares ? new UpgradeResponse(req, socket) : undefined;
    const attempt = new NodeUpgrade(req, socket, head, {
      query: exposeQuery(req),
      acceptor: this.#acceptor,
      report: this.report,
      response,
    });
    this.takeUpgrade(attempt, response);
  }

  /** Takes an attempt through the middlewares; there must be a response if there are any. */
  takeUpgrade(attempt: UpgradeAttempt<IncomingMessage>, response: ServerResponse | undefined): void {
    if (!this.hasMiddlewares || response === undefined) {
      this.onUpgrade(attempt);
      return;
    }
    runMiddlewares(this.#middlewares, attempt.request, response, this.report, (outcome) => {
      if (outcome.ok) this.onUpgrade(attempt);
      else this.refuseUpgrade(attempt, createBadRequest("MIDDLEWARE_FAILURE"));
    });
  }

  /** Processes one session of an HTTP/3 server (EIO §11.1). */
  override async onWebTransportSession(session: WebTransportSession): Promise<void> {
    // EIO §11.1.1: a middleware has no request to judge, so what it guards stays shut.
    if (this.hasMiddlewares) return closeWebTransportSession(session);
    return super.onWebTransportSession(session);
  }

  /** EIO §40: an HTTP server may be closed and listen again. */
  onListening(): void {
    this.reopen();
    this.#acceptor.close();
    this.#acceptor = this.#createAcceptor();
  }

  override close(): this {
    super.close();
    this.#acceptor.close();
    return this;
  }

  #createAcceptor(): WebSocketAcceptor {
    const { perMessageDeflate, maxHttpBufferSize } = this.opts;
    if (this.#wsEngine) return new WsEngineAcceptor(this.#wsEngine, perMessageDeflate, maxHttpBufferSize);
    return new OwnWebSocketAcceptor(perMessageDeflate, maxHttpBufferSize);
  }
}
