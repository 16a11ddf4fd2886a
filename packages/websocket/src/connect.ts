// The client's side of the opening handshake (RFC 6455 §4.1), over node:http and node:https.

import { randomBytes } from "node:crypto";
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Duplex } from "node:stream";
import { type ClientOptions, requestOptionsOf } from "./client-options.ts";
import { ABNORMAL, encodeClose } from "./close-codes.ts";
import { Connection } from "./connection.ts";
import type { ConnectionHandler } from "./connection-handler.ts";
import { createLimits } from "./connection-options.ts";
import { type DeflateOptions, type NegotiatedDeflate, readDeflateAnswer } from "./deflate-negotiation.ts";
import { HandshakeError, UsageError } from "./errors.ts";
import { acceptKeyOf, hasToken, prepareSocket } from "./handshake.ts";

/** What a client learns from the server's answer. */
export interface UpgradeResponse {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
}

/**
 * Receives what happens to one client. A failed handshake is `onError` with a `HandshakeError`, then `onClose`
 * with 1006; both come after `connect` has returned.
 */
export interface ClientHandler extends ConnectionHandler {
  /** The handshake succeeded; messages may be sent, and follow. */
  onOpen(connection: Connection, response: UpgradeResponse): void;
}

/** A client from its call of `connect` on. */
export interface ClientHandle {
  /** The connection, once the handshake has succeeded. */
  readonly connection: Connection | undefined;
  /** Begins the closing handshake, or abandons the opening one. Throws as `Connection.close` does. */
  close(code?: number, reason?: string): void;
  /** Ends the connection, or the attempt, at once. */
  terminate(): void;
}

/**
 * Connects to a WebSocket server.
 *
 * Throws a `UsageError` for a URL, subprotocol or option that cannot be used; everything else is reported to
 * `handler`.
 *
 * @example
 * connect("wss://example.org/chat", { maxPayloadBytes: 1_000_000 }, {
 *   onOpen: (connection) => connection.send("hello"),
 *   onText: (text) => console.log(text),
 *   onBinary() {},
 *   onDrain() {},
 *   onError: (error) => console.error(error.code, error.message),
 *   onClose: (code, reason) => console.log(code, reason),
 * });
 */
export function connect(url: string | URL, options: ClientOptions, handler: ClientHandler): ClientHandle {
  return new Client(url, options, handler);
}

/** connecting: the request is under way. connected: the connection reports for itself. failed: all is said. */
type Phase =
  | { readonly kind: "connecting" }
  | { readonly kind: "connected"; readonly connection: Connection }
  | { readonly kind: "failed" };

class Client implements ClientHandle {
  readonly #options: ClientOptions;
  readonly #handler: ClientHandler;
  readonly #key = randomBytes(16).toString("base64");
  readonly #request: ClientRequest;
  #phase: Phase = { kind: "connecting" };
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(url: string | URL, options: ClientOptions, handler: ClientHandler) {
    this.#options = options;
    this.#handler = handler;
    createLimits(options);
    this.#request = createRequest(url, options, this.#key);
    this.#listen(this.#request);
    const { handshakeTimeoutMs = 0, signal } = options;
    if (handshakeTimeoutMs > 0) this.#timer = setTimeout(this.#onTimeout, handshakeTimeoutMs);
    if (options.autoUnref === true) this.#timer?.unref();
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (signal?.aborted) this.#onAbort();
    this.#request.end();
  }

  get connection(): Connection | undefined {
    return this.#phase.kind === "connected" ? this.#phase.connection : undefined;
  }

  close(code?: number, reason = ""): void {
    encodeClose(code, reason);
    if (this.#phase.kind === "connected") this.#phase.connection.close(code, reason);
    else this.#fail(new HandshakeError("WS_ABORTED", "closed before the handshake was done"));
  }

  terminate(): void {
    if (this.#phase.kind === "connected") this.#phase.connection.terminate();
    else this.#fail(new HandshakeError("WS_ABORTED", "terminated before the handshake was done"));
  }

  #listen(request: ClientRequest): void {
    request.on("error", (cause) => {
      this.#fail(new HandshakeError("WS_CONNECT_FAILED", `cannot connect: ${messageOf(cause)}`, { cause }));
    });
    request.on("response", (response) => {
      response.resume();
      const message = `unexpected response status ${response.statusCode}`;
      this.#fail(new HandshakeError("WS_UNEXPECTED_RESPONSE", message, detailsOf(response)));
    });
    request.on("upgrade", (response, socket, head) => this.#onUpgrade(response, socket, head));
    if (this.#options.autoUnref === true) request.on("socket", (socket) => socket.unref());
  }

  #onUpgrade(response: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#phase.kind === "failed") {
      socket.destroy();
      return;
    }
    const answer = readAnswer(response, this.#key, this.#options);
    if (!answer.ok) {
      socket.on("error", () => {});
      socket.destroy();
      this.#fail(new HandshakeError("WS_BAD_HANDSHAKE", answer.message, detailsOf(response)));
      return;
    }
    prepareSocket(socket);
    const limits = createLimits(this.#options);
    const { protocol, deflate } = answer;
    const connection = new Connection(socket, { role: "client", limits, protocol, deflate });
    this.#leave({ kind: "connected", connection });
    this.#handler.onOpen(connection, { status: 101, headers: response.headers });
    connection.start(this.#handler, head);
    if (this.#options.signal !== undefined) this.#terminateOnAbort(this.#options.signal, connection);
  }

  #terminateOnAbort(signal: AbortSignal, connection: Connection): void {
    const onAbort = (): void => connection.terminate();
    signal.addEventListener("abort", onAbort, { once: true });
    connection.socket.once("close", () => signal.removeEventListener("abort", onAbort));
  }

  #fail(error: HandshakeError): void {
    if (this.#phase.kind !== "connecting") return;
    this.#leave({ kind: "failed" });
    this.#request.destroy();
    process.nextTick(() => {
      this.#handler.onError(error);
      this.#handler.onClose(ABNORMAL, "");
    });
  }

  #leave(phase: Phase): void {
    this.#phase = phase;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
  }

  readonly #onTimeout = (): void => {
    const message = `no answer to the handshake in ${this.#options.handshakeTimeoutMs} ms`;
    this.#fail(new HandshakeError("WS_HANDSHAKE_TIMEOUT", message));
  };

  readonly #onAbort = (): void => {
    const cause: unknown = this.#options.signal?.reason;
    this.#fail(new HandshakeError("WS_ABORTED", "handshake was aborted", { cause }));
  };
}

function createRequest(url: string | URL, options: ClientOptions, key: string): ClientRequest {
  const { isSecure, requestOptions } = requestOptionsOf(url, options, key);
  try {
    return isSecure ? requestHttps(requestOptions) : requestHttp(requestOptions);
  } catch (cause) {
    throw new UsageError(`cannot make the request: ${messageOf(cause)}`, cause);
  }
}

type Answer =
  | { readonly ok: true; readonly protocol: string; readonly deflate: NegotiatedDeflate | undefined }
  | { readonly ok: false; readonly message: string };

/** RFC 6455 §4.1, what the client checks of the response. */
function readAnswer(response: IncomingMessage, key: string, options: ClientOptions): Answer {
  const { headers } = response;
  if (!hasToken(headers.upgrade, "websocket")) return bad("upgrade header is not websocket");
  if (!hasToken(headers.connection, "upgrade")) return bad("connection header is not upgrade");
  if (headers["sec-websocket-accept"] !== acceptKeyOf(key)) return bad("sec-websocket-accept is wrong");
  const protocol = headers["sec-websocket-protocol"];
  if (protocol !== undefined && !options.protocols?.includes(protocol)) {
    return bad(`server chose subprotocol ${JSON.stringify(protocol)}, which was not offered`);
  }
  const deflate = readDeflate(headers["sec-websocket-extensions"], options.perMessageDeflate);
  return deflate.ok ? { ok: true, protocol: protocol ?? "", deflate: deflate.negotiated } : deflate;
}

function readDeflate(
  header: string | undefined,
  option: DeflateOptions | boolean | undefined,
): { ok: true; negotiated: NegotiatedDeflate | undefined } | { ok: false; message: string } {
  if (header === undefined) return { ok: true, negotiated: undefined };
  if (option === false) return readDeflateAnswer(header, undefined);
  return readDeflateAnswer(header, option === undefined || option === true ? {} : option);
}

function bad(message: string): Answer {
  return { ok: false, message };
}

function detailsOf(response: IncomingMessage): {
  status: number | undefined;
  headers: IncomingMessage["headers"];
} {
  return { status: response.statusCode, headers: response.headers };
}

/** A failure to reach any of a host's addresses is an AggregateError, whose own message is empty. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  return "code" in error ? String(error.code) : error.name;
}
