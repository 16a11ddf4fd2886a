// Long polling (EIO §9): at most one GET waits for packets, at most one POST brings some.
//
//   idle ──poll──▶ pending ──answer──▶ idle
//   pending ──close, discard, abort──▶ closed
//   idle ──close──▶ closing ──poll, expire, discard──▶ closed
//   idle ──discard──▶ closed
//
// `closing` exists because a close can only be told in the answer to a GET (EIO §14.1).

import type { Clock } from "@tautline/events/clock";
import type { MachineTable } from "@tautline/events/machine";
import { next } from "@tautline/events/machine";
import type { EnginePacket } from "@tautline/protocol/engine-packet";
import type { Deadline, DeadlineQueue } from "../deadlines.ts";
import { type EngineErrorCode, TransportError } from "../errors.ts";
import type { HttpCompressionOptions } from "../options.ts";
import { utf8Length } from "../outbound-forms.ts";
import { CLOSE, NOOP, type OutboundPacket } from "../outbound-packet.ts";
import type { AbortSink, BodySink, Headers, HttpExchange } from "../ports.ts";
import { Transport, type TransportIdentity } from "../transport.ts";
import { decodePostBody, encodePollBody, isAcceptedContent, type PollDialect } from "./poll-body.ts";

type PollState = "idle" | "pending" | "closing" | "closed";
type PollEvent = "poll" | "answer" | "close" | "discard" | "abort" | "expire";

/** The transitions of the poll slot. */
export const pollMachine: MachineTable<PollState, PollEvent> = {
  idle: { poll: "pending", close: "closing", discard: "closed" },
  pending: { answer: "idle", close: "closed", discard: "closed", abort: "closed" },
  closing: { poll: "closed", expire: "closed", discard: "closed" },
  closed: {},
};

type PollSlot<Request> =
  | { readonly state: "idle" }
  | { readonly state: "pending"; readonly exchange: HttpExchange<Request> }
  | { readonly state: "closing"; readonly expiry: Deadline }
  | { readonly state: "closed" };

const IDLE = { state: "idle" } as const;
const CLOSED = { state: "closed" } as const;

/** EIO §14.1: how long a close waits for a GET. */
const CLOSE_WAIT_MS = 30_000;

/** How often, and how many times, it is asked whether the peer has read what it was answered before the session ended. */
const UNREAD_CHECK_MS = 1_000;
const UNREAD_CHECKS = 30;

/** What a polling transport needs of its engine. */
export interface PollingHost<Request> {
  readonly clock: Clock;
  readonly deadlines: DeadlineQueue;
  readonly opts: {
    readonly maxHttpBufferSize: number;
    readonly httpCompression: HttpCompressionOptions | false;
  };
  /** Lets listeners edit the headers of a successful response (EIO §21). */
  editHeaders(headers: Headers, exchange: HttpExchange<Request>, sid: string): void;
}

export class PollingTransport<Request = unknown> extends Transport {
  override readonly name = "polling" as const;
  readonly #host: PollingHost<Request>;
  readonly #dialect: PollDialect;
  #slot: PollSlot<Request> = IDLE;
  /** The POST whose body has not arrived in whole. */
  #post: HttpExchange<Request> | undefined;
  /** The answered requests whose answers the system has not taken: each is a connection that the peer does not read. */
  #unread: HttpExchange<Request>[] = [];

  constructor(
    host: PollingHost<Request>,
    identity: TransportIdentity,
    dialect: Pick<PollDialect, "jsonpIndex" | "base64">,
  ) {
    super(identity);
    this.#host = host;
    this.#dialect = { ...dialect, protocol: identity.protocol, supportsBinary: identity.supportsBinary };
  }

  // Requests

  /** One request of this session, admitted. */
  onExchange(exchange: HttpExchange<Request>): void {
    if (exchange.method === "GET") this.#onGet(exchange);
    else if (exchange.method === "POST") this.#onPost(exchange);
    else exchange.reply(emptyReply(500)); // EIO §9.3
  }

  #onGet(exchange: HttpExchange<Request>): void {
    const slot = this.#slot;
    switch (slot.state) {
      case "idle":
        this.#wait(exchange);
        break;
      case "pending":
        // EIO §9.3: the second is refused, and closing releases the first.
        exchange.reply(emptyReply(400));
        this.#fault("EIO_POLL_OVERLAP", "overlap from client");
        break;
      case "closing":
        this.#answerClosing(exchange, slot.expiry);
        break;
      case "closed":
        exchange.reply(emptyReply(400));
        break;
    }
  }

  #wait(exchange: HttpExchange<Request>): void {
    this.#move("poll", { state: "pending", exchange });
    exchange.waitWith(this.#abortSink(exchange));
    if (this.hasListeners("ready")) this.emit("ready");
    this.owner?.onDrain();
  }

  /** EIO §14.1: the awaited GET arrived; the session ends just before it is answered. */
  #answerClosing(exchange: HttpExchange<Request>, expiry: Deadline): void {
    this.#host.deadlines.disarm(expiry);
    this.#move("poll", CLOSED);
    this.confirmClosed();
    this.#answer(exchange, [NOOP, CLOSE]);
  }

  #abortSink(exchange: HttpExchange<Request>): AbortSink {
    return {
      onAbort: () => {
        if (this.#slot.state !== "pending" || this.#slot.exchange !== exchange) return;
        this.#move("abort", CLOSED);
        this.#fault("EIO_POLL_ABORTED", "poll connection closed prematurely");
        this.confirmClosed();
      },
    };
  }

  #onPost(exchange: HttpExchange<Request>): void {
    if (this.#post !== undefined) {
      // EIO §9.3: the second is refused, and closing destroys the first.
      exchange.reply(emptyReply(400));
      this.#fault("EIO_DATA_OVERLAP", "data request overlap from client");
      return;
    }
    const contentType = exchange.header("content-type");
    if (!isAcceptedContent(contentType, this.#dialect)) {
      exchange.reply(emptyReply(400));
      this.#fault("EIO_INVALID_CONTENT", "invalid content");
      return;
    }
    this.#post = exchange;
    exchange.readBody(this.#host.opts.maxHttpBufferSize, this.#bodySink(exchange, contentType));
  }

  #bodySink(exchange: HttpExchange<Request>, contentType: string | undefined): BodySink {
    return {
      onBody: (body) => {
        if (this.#post !== exchange) return;
        // From here a close does not destroy the request: it is answered (EIO §62.13).
        this.#post = undefined;
        try {
          this.#receive(decodePostBody(body, contentType, this.#dialect));
        } finally {
          this.#replyOk(exchange);
        }
      },
      onTooLarge: () => {
        if (this.#post !== exchange) return;
        this.#post = undefined;
        exchange.reply(emptyReply(413)); // EIO §9.4: the session stays
      },
      onAbort: () => {
        if (this.#post !== exchange) return;
        this.#post = undefined;
        this.#fault("EIO_DATA_ABORTED", "data request connection closed prematurely");
      },
    };
  }

  #receive(packets: readonly EnginePacket[]): void {
    for (const packet of packets) {
      if (this.readyState === "closed") return;
      if (packet.type === "close") {
        this.#onPeerClose();
        return;
      }
      this.report(packet);
    }
  }

  /** EIO §14.3: the rest of the payload is dropped and a pending GET released with `noop`. */
  #onPeerClose(): void {
    if (this.#slot.state === "pending") this.send([NOOP]);
    if (this.#slot.state === "closing") this.#host.deadlines.disarm(this.#slot.expiry);
    this.#move("discard", CLOSED);
    this.confirmClosed();
  }

  // Sending

  override get writable(): boolean {
    return this.#slot.state === "pending";
  }

  /** A peer may poll by ever new connections and read none of them (SEC §4): all that it was answered counts. */
  override get bufferedBytes(): number {
    if (this.#unread.length === 0) return 0;
    this.#unread = this.#unread.filter((exchange) => exchange.unsentBytes > 0);
    return this.#unread.reduce((bytes, exchange) => bytes + exchange.unsentBytes, 0);
  }

  override send(packets: readonly OutboundPacket[]): void {
    if (this.#slot.state !== "pending") return;
    const { exchange } = this.#slot;
    this.#move("answer", IDLE);
    this.#answer(exchange, packets);
    if (this.hasListeners("drain")) this.emit("drain");
  }

  #answer(exchange: HttpExchange<Request>, packets: readonly OutboundPacket[]): void {
    const { body, contentType } = encodePollBody(packets, this.#dialect);
    const byteLength = typeof body === "string" ? utf8Length(body) : body.byteLength;
    const headers: Headers = {
      "Content-Type": contentType,
      "Content-Length": byteLength,
      "cache-control": "no-store",
    };
    this.#editHeaders(headers, exchange);
    const compression = this.#compressionOf(packets, byteLength);
    exchange.reply({ status: 200, headers, body, compression });
    if (exchange.unsentBytes > 0) this.#unread.push(exchange);
  }

  #replyOk(exchange: HttpExchange<Request>): void {
    // EIO §9.2
    const headers: Headers = {
      "Content-Type": "text/html",
      "Content-Length": 2,
      "cache-control": "no-store",
    };
    this.#editHeaders(headers, exchange);
    exchange.reply({ status: 200, headers, body: "ok" });
  }

  #editHeaders(headers: Headers, exchange: HttpExchange<Request>): void {
    const userAgent = exchange.header("user-agent");
    // EIO §9.1: Internet Explorer takes some answers for an attack.
    if (userAgent !== undefined && (userAgent.includes(";MSIE") || userAgent.includes("Trident/"))) {
      headers["X-XSS-Protection"] = "0";
    }
    if (this.hasListeners("headers")) this.emit("headers", headers, exchange.request);
    this.#host.editHeaders(headers, exchange, this.sid);
  }

  /** EIO §19.1, except for what the request accepts, which the host knows. */
  #compressionOf(packets: readonly OutboundPacket[], byteLength: number): HttpCompressionOptions | undefined {
    const compression = this.#host.opts.httpCompression;
    if (compression === false || byteLength < (compression.threshold ?? 0)) return undefined;
    return packets.some((packet) => packet.compress) ? compression : undefined;
  }

  // Closing

  override close(): void {
    this.#destroyPost();
    switch (this.#slot.state) {
      case "pending":
        this.discard();
        break;
      case "idle": {
        this.readyState = "closing";
        const expiry = this.#host.deadlines.after(CLOSE_WAIT_MS, () => {
          this.#move("expire", CLOSED);
          this.confirmClosed();
        });
        this.#move("close", { state: "closing", expiry });
      }
    }
  }

  override discard(): void {
    this.#destroyPost();
    const slot = this.#slot;
    if (slot.state === "closed") return;
    if (slot.state === "closing") this.#host.deadlines.disarm(slot.expiry);
    this.#move("discard", CLOSED);
    // EIO §62.14: a pending GET is never left hanging.
    if (slot.state === "pending") this.#answer(slot.exchange, [CLOSE]);
    this.confirmClosed();
  }

  override terminate(): void {
    this.discard();
    this.#cutUnread();
  }

  #cutUnread(): void {
    for (const exchange of this.#unread) exchange.destroy();
    this.#unread = [];
  }

  protected override confirmClosed(): void {
    if (this.readyState === "closed") return;
    super.confirmClosed();
    // Behind the last answer, which the system takes at once if the peer reads.
    this.#host.clock.atTurnEnd(() => this.#awaitReading(UNREAD_CHECKS));
  }

  /** What the peer has not read in time is not kept for it: nothing else would ever end its connections. */
  #awaitReading(checks: number): void {
    if (this.bufferedBytes === 0) return;
    if (checks === 0) this.#cutUnread();
    else this.#host.deadlines.after(UNREAD_CHECK_MS, () => this.#awaitReading(checks - 1));
  }

  #destroyPost(): void {
    const post = this.#post;
    this.#post = undefined;
    post?.destroy();
  }

  #fault(code: EngineErrorCode, message: string): void {
    this.fail(new TransportError(code, message));
  }

  #move(event: PollEvent, slot: PollSlot<Request>): void {
    if (next(pollMachine, this.#slot.state, event) === slot.state) this.#slot = slot;
  }
}

function emptyReply(status: number): { status: number; headers: Headers; body: string } {
  return { status, headers: { "Content-Length": 0 }, body: "" };
}
