import { encodeTextPacket } from "@tautline/protocol/engine-packet";
import { decodePayload, encodePayload } from "@tautline/protocol/engine-payload";
import { decodeHandshake } from "./handshake.ts";
import type { TransportOptions } from "./options.ts";
import type { OutgoingPacket, Packet } from "./packet.ts";
import { Transport } from "./transport.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly uri: string;
  readonly body: string | undefined;
  readonly headers: { readonly [name: string]: string };
}

export type HttpOutcome =
  | { readonly ok: true; readonly body: string }
  /** `description` and `context` are those of the TransportError. */
  | { readonly ok: false; readonly description: unknown; readonly context: unknown };

/** How a platform makes HTTP requests. */
export interface HttpRequester {
  readonly readFailure: string;
  readonly writeFailure: string;
  /**
   * Makes one request; returns the way to abort it.
   *
   * MUST call `onOutcome` once, never before it has returned, and not after it was aborted. It may throw.
   */
  send(
    request: HttpRequest,
    options: TransportOptions,
    onOutcome: (outcome: HttpOutcome) => void,
  ): () => void;
}

// How long a farewell may take when the connection is already known to be broken.
const FAREWELL_MS = 10_000;

/** Carries packets by HTTP: at most one GET to receive and one POST to send at any time (EIO §9). */
export class Polling extends Transport {
  readonly #requester: HttpRequester;
  #abortGet: (() => void) | undefined;
  #abortPost: (() => void) | undefined;
  #onPaused: (() => void) | undefined;

  constructor(options: TransportOptions, requester: HttpRequester) {
    super(options);
    this.#requester = requester;
  }

  get name(): string {
    return "polling";
  }

  protected override get failure(): string {
    return this.#requester.readFailure;
  }

  override pause(onPaused: () => void): void {
    this.readyState = "pausing";
    this.#onPaused = onPaused;
    this.#settlePause();
  }

  override resume(): void {
    if (this.readyState !== "pausing" && this.readyState !== "paused") return;
    this.readyState = "open";
    if (!this.#abortGet) this.#poll();
  }

  protected override doOpen(): void {
    this.#poll();
  }

  protected override doClose(): void {
    if (this.query.sid) this.#sayClose();
    // C 8.7: there is no session to close yet; the answer to the handshake will name it
    else if (this.#abortGet) this.socket.clock.setTimer(() => this.#abortGet?.(), FAREWELL_MS);
  }

  protected override write(packets: readonly OutgoingPacket[]): void {
    const body = encodePayload(packets, this.socket.platform.base64);
    this.#abortPost = this.#request("POST", body, (outcome) => {
      this.#abortPost = undefined;
      if (!outcome.ok) {
        this.onError(this.#requester.writeFailure, outcome.description, outcome.context);
        return;
      }
      this.onDrain();
      this.#settlePause();
    });
  }

  #poll(): void {
    this.emitReserved("poll");
    this.#abortGet = this.#request("GET", undefined, (outcome) => {
      this.#abortGet = undefined;
      if (outcome.ok) this.#onPayload(outcome.body);
      else this.onError(this.failure, outcome.description, outcome.context);
    });
  }

  #onPayload(body: string): void {
    for (const packet of decodePayload(body, this.socket.platform.base64)) {
      if (this.readyState === "closed") {
        this.#closeLate(packet);
        return;
      }
      if (this.readyState === "opening" && packet.type === "open") this.onOpen();
      if (packet.type === "close") {
        this.onClose({ description: "transport closed by the server" });
        return;
      }
      this.onPacket(packet);
    }
    this.#onPollComplete();
  }

  #onPollComplete(): void {
    if (this.readyState === "closed") return;
    this.emitReserved("pollComplete");
    if (this.readyState === "opening") this.onError(this.failure, "no handshake");
    else if (this.readyState === "open") this.#poll();
    else this.#settlePause();
  }

  /** Closes the session that was opened for a transport closed meanwhile. */
  #closeLate({ type, data }: Packet): void {
    const sid = type === "open" && decodeHandshake(data)?.sid;
    if (!sid || this.query.sid) return;
    this.query.sid = sid;
    this.#sayClose();
  }

  #sayClose(): void {
    this.#abortPost?.();
    this.#request(
      "POST",
      encodeTextPacket("close"),
      // The server has answered the GET by now, unless the connection is broken.
      () => this.#abortGet?.(),
      FAREWELL_MS,
    );
  }

  #settlePause(): void {
    if (this.readyState !== "pausing" || this.#abortGet || !this.writable) return;
    this.readyState = "paused";
    this.#onPaused?.();
  }

  #request(
    method: HttpRequest["method"],
    body: string | undefined,
    onOutcome: (outcome: HttpOutcome) => void,
    timeoutMs = this.opts.requestTimeout ?? 0,
  ): () => void {
    const query = this.stamp(this.opts.timestampRequests !== false);
    // C 8.7: EIO §3.3, binary is base64 here anyway; the server then knows it for other transports
    if (!this.supportsBinary && !query.sid) query.b64 = 1;
    const headers: Record<string, string> = { Accept: "*/*", ...this.opts.extraHeaders };
    if (body !== undefined) headers["Content-type"] = "text/plain;charset=UTF-8";
    const uri = this.createUri(this.opts.secure ? "https" : "http", query);
    const { clock } = this.socket;
    const abort = this.#requester.send({ method, uri, body, headers }, this.opts, (outcome) => {
      timer?.cancel();
      onOutcome(outcome);
    });
    const onTimeout = (): void => {
      abort();
      onOutcome({ ok: false, description: 0, context: new Error(`no response in ${timeoutMs} ms`) });
    };
    const timer = timeoutMs > 0 ? clock.setTimer(onTimeout, timeoutMs) : undefined;
    return () => {
      timer?.cancel();
      abort();
    };
  }
}
