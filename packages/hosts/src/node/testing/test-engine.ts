import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import type { CloseReason } from "@tautline/engine/close-reasons";
import type { Session } from "@tautline/engine/session";
import type { AttachOptions } from "../attach.ts";
import { EngineServer, type EngineServerOptions } from "../server.ts";
import {
  fetchRaw,
  portOf,
  type RawExchange,
  type RawRequest,
  type RawResponse,
  sendRequest,
} from "./raw-http.ts";
import { RawWebSocket } from "./raw-websocket.ts";

/** The session id of the examples in EIO D. */
export const SID = "q3NfT0aZrW8kLx2DAAAB";

/** How a session ended. */
export interface Ending {
  readonly reason: CloseReason;
  readonly message: string | undefined;
}

/** An engine on an HTTP server of its own, on a free port, and the means to speak to it. */
export class TestEngine {
  readonly http: Server = createServer((_, res) => res.end("other"));
  readonly engine: EngineServer;
  readonly sessions: Session<IncomingMessage>[] = [];
  readonly endings: Ending[] = [];
  readonly messages: unknown[] = [];
  /** What the engine told `onError`. */
  readonly reported: unknown[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #sockets: Set<Socket> = new Set();

  constructor(options: EngineServerOptions = {}, attachOptions: AttachOptions = {}) {
    this.engine = new EngineServer({ onError: (error) => this.reported.push(error), ...options });
    this.engine.attach(this.http, attachOptions);
    this.http.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    this.engine.on("connection", (session) => {
      this.sessions.push(session);
      session.on("message", (data) => this.#changed(() => this.messages.push(data)));
      session.on("close", (reason, description) => {
        const message = description instanceof Error ? description.message : undefined;
        this.#changed(() => this.endings.push({ reason, message }));
      });
      this.#changed(() => {});
    });
  }

  static async start(
    options: EngineServerOptions = {},
    attachOptions: AttachOptions = {},
  ): Promise<TestEngine> {
    const test = new TestEngine(options, attachOptions);
    await new Promise<void>((resolve) => test.http.listen(0, "127.0.0.1", resolve));
    return test;
  }

  /** As `start`, with the session id of the examples. */
  static async startExample(options: EngineServerOptions = {}): Promise<TestEngine> {
    const test = await TestEngine.start(options);
    test.engine.generateId = () => SID;
    return test;
  }

  get port(): number {
    return portOf(this.http);
  }

  /** The latest session. */
  get session(): Session<IncomingMessage> {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new Error("there is no session");
    return session;
  }

  /** Sends `?query` to the engine's path. */
  fetch(query: string, request: RawRequest = {}): Promise<RawResponse> {
    return fetchRaw(this.port, `/engine.io/${query}`, request);
  }

  send(query: string, request: RawRequest = {}): RawExchange {
    return sendRequest(this.port, `/engine.io/${query}`, request);
  }

  connect(query: string, headers: readonly string[] = []): RawWebSocket {
    return new RawWebSocket(this.port, `/engine.io/${query}`, headers);
  }

  /** Waits until something that sessions do makes this true. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Waits until a GET waits on the latest session. */
  async untilPolled(): Promise<void> {
    const { transport } = this.session;
    if (!transport.writable) await new Promise<void>((resolve) => transport.once("ready", resolve));
  }

  async close(): Promise<void> {
    this.engine.close();
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    // Raw peers answer no close frame: waiting for them would take as long as the endpoint's own patience.
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #changed(change: () => void): void {
    change();
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
