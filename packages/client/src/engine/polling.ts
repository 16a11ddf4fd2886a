import type { Timer } from "@tautline/events/clock";
import type { FailureCode } from "../errors.ts";
import { parseJson } from "../json.ts";
import { decodeHandshake } from "./handshake.ts";
import type { TransportOptions } from "./options.ts";
import {
  bytesOf,
  decodeText,
  encodeText,
  type OutgoingPacket,
  type Packet,
  type PacketData,
  type QueuedPacket,
} from "./packet.ts";
import { Transport } from "./transport.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly uri: string;
  readonly body: string | undefined;
  readonly headers: { readonly [name: string]: string };
}

/** A body of text; without one it is a failure, whose TransportError has `description` and `context`. */
export interface HttpOutcome {
  readonly body?: string | undefined;
  readonly description?: unknown;
  readonly context?: unknown;
}

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

/** Stands between two packets of a body (EIO §4). */
const SEPARATOR = "\x1e";

/** The packet that ends a session. */
const CLOSE = "1";

/** As every client reckons (EIO §9.6); it is a third, in truth. */
const BASE64_GROWTH = 1.33;

/** What a server says by the `code` of a refusal (EIO §7.2). */
const REFUSALS: { readonly [code: string]: FailureCode } = {
  1: "EIO_SESSION_UNKNOWN",
  4: "EIO_FORBIDDEN",
  5: "EIO_VERSION_UNSUPPORTED",
};

// How long a farewell may take when the connection is already known to be broken.
const FAREWELL_MS = 10_000;

/** Carries packets by HTTP: at most one GET to receive and one POST to send at any time (EIO §9). */
export class Polling extends Transport {
  readonly #requester: HttpRequester;
  #abortGet: (() => void) | undefined;
  #abortPost: (() => void) | undefined;
  #onPaused: (() => void) | undefined;
  /** Runs while the transport is closed and its handshake not answered. */
  #patience: Timer | undefined;

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

  override countTakeable(packets: readonly QueuedPacket[], maxPayloadBytes: number): number {
    // Each packet has a digit, and all but the first a separator.
    let bytes = -1;
    const excess = packets.findIndex(({ data = "" }, index) => {
      bytes += 2 + Math.ceil(bytesOf(data) * (typeof data === "string" ? 1 : BASE64_GROWTH));
      return index > 0 && bytes > maxPayloadBytes;
    });
    return excess < 0 ? packets.length : excess;
  }

  /** As base64, binary grows by a third. */
  override measure(data: PacketData): number {
    return typeof data === "string" ? super.measure(data) : 1 + Math.ceil(bytesOf(data) / 3) * 4;
  }

  /** EIO §22: a server answers the request, and ignores what it brings. */
  override probe(onAlive: () => void): void {
    this.once("drain", onAlive).send([{ type: "noop" }]);
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
    else if (this.#abortGet) this.#patience = this.clock.setTimer(this.#abortGet, FAREWELL_MS);
  }

  protected override write(packets: readonly OutgoingPacket[]): void {
    const { base64 } = this.socket.platform;
    const body = packets.map((packet) => encodeText(packet, base64)).join(SEPARATOR);
    this.#abortPost = this.#request("POST", body, ({ body: answer, description, context }) => {
      this.#abortPost = undefined;
      if (answer === undefined) this.#fail(this.#requester.writeFailure, description, context);
      else {
        this.onDrain();
        this.#settlePause();
      }
    });
  }

  #poll(): void {
    this.emitReserved("poll");
    this.#abortGet = this.#request("GET", undefined, ({ body, description, context }) => {
      this.#abortGet = undefined;
      this.#patience?.cancel();
      if (body === undefined) this.#fail(this.failure, description, context);
      else this.#onPayload(body);
    });
  }

  #fail(message: string, description: unknown, context: unknown): void {
    const { code } = Object(parseJson(Object(context).responseText));
    const answered = description === 413 ? "EIO_PAYLOAD_TOO_LARGE" : "EIO_HTTP_STATUS";
    const known = Number(description) > 0 ? (REFUSALS[code] ?? answered) : undefined;
    this.onError(message, description, context, known);
  }

  #onPayload(body: string): void {
    for (const text of body.split(SEPARATOR)) {
      const packet = decodeText(text, this.socket.platform.base64);
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
    if (this.readyState === "open") this.#poll();
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
      CLOSE,
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
      onOutcome({ description: 0, context: new Error(`no response in ${timeoutMs} ms`) });
    };
    const timer = timeoutMs > 0 ? clock.setTimer(onTimeout, timeoutMs) : undefined;
    return () => {
      timer?.cancel();
      abort();
    };
  }
}
