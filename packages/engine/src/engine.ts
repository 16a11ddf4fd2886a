// The Engine.IO server of one node, without a runtime: it admits requests, opens sessions and routes to them.

import type { Clock } from "@tautline/events/clock";
import { guard, guardReport, type Report } from "@tautline/events/guard";
import { GuardedEmitter } from "@tautline/events/guarded-emitter";
import { readJsonpIndex } from "@tautline/protocol/jsonp";
import { type Admission, admit } from "./admit.ts";
import { type Clients, createClientsView } from "./clients-view.ts";
import { DeadlineQueue } from "./deadlines.ts";
import type { EngineEvents } from "./engine-events.ts";
import { errorMessages, type Refusal, serverClosed } from "./errors.ts";
import { decideHandshake } from "./handshake.ts";
import { HandshakeLimiter } from "./handshake-limits.ts";
import { type EngineOptions, type ResolvedEngineOptions, resolveOptions } from "./options.ts";
import type { OutboundPacket } from "./outbound-packet.ts";
import type {
  Headers,
  HttpExchange,
  Incoming,
  Query,
  Runtime,
  UpgradeAttempt,
  WebSocketLink,
} from "./ports.ts";
import { createRefusalReply, retryHeadersOf, upgradeStatusOf, wireMessageOf } from "./refusals.ts";
import { Session } from "./session.ts";
import type { SessionHost } from "./session-host.ts";
import { SessionIds } from "./session-ids.ts";
import {
  type Revision,
  type Transport,
  type TransportIdentity,
  type TransportName,
  upgradeTargets,
} from "./transport.ts";
import { type PollingHost, PollingTransport } from "./transports/polling.ts";
import { WebSocketTransport } from "./transports/websocket.ts";
import { WebTransportTransport } from "./transports/webtransport.ts";
import { TurnWriter } from "./turn-writer.ts";
import { closeWebTransportSession, type WebTransportLink } from "./webtransport-link.ts";
import { type Opening, WebTransportOpenings } from "./webtransport-openings.ts";
import type { WebTransportSession } from "./webtransport-session.ts";

/**
 * Sessions and how they come to be. A host feeds it with `onExchange` and `onUpgrade`, a program that has
 * an HTTP/3 server with `onWebTransportSession`.
 *
 * @see EIO §42
 */
export class Engine<Request = unknown>
  extends GuardedEmitter<EngineEvents<Request>>
  implements SessionHost<Request>, PollingHost<Request>
{
  /** The options in effect; a program may change them for later sessions. */
  readonly opts: ResolvedEngineOptions<Request>;
  readonly clock: Clock;
  readonly deadlines: DeadlineQueue;
  readonly turnWriter: TurnWriter;
  readonly report: Report;
  /** Open sessions by id. */
  readonly clients: Clients<Request>;
  readonly #runtime: Runtime;
  readonly #sessions: Map<string, Session<Request>> = new Map();
  readonly #ids: SessionIds;
  readonly #limiter: HandshakeLimiter;
  readonly #openings: WebTransportOpenings;
  #isClosed = false;

  constructor(runtime: Runtime, options: EngineOptions<Request> = {}) {
    super();
    this.opts = resolveOptions({ ...options });
    this.clock = runtime.clock;
    this.deadlines = new DeadlineQueue(runtime.clock);
    this.turnWriter = new TurnWriter(runtime.clock);
    this.report = this.opts.onError ? guardReport(this.opts.onError, runtime.report) : runtime.report;
    this.clients = createClientsView(this.#sessions);
    this.#runtime = runtime;
    this.#ids = new SessionIds(runtime.fillRandom);
    this.#limiter = new HandshakeLimiter(runtime.clock, this.opts.limits);
    this.#openings = new WebTransportOpenings(this.deadlines, runtime.base64);
  }

  /** The number of open sessions; a closing one counts. */
  get clientsCount(): number {
    return this.#sessions.size;
  }

  /** Makes the id of a session; a program may replace it, with a function that may return a promise. */
  generateId(_request: Request): string | number | Promise<string | number> {
    return this.#ids.next();
  }

  /** What a session that begins on this transport could move to; clients are offered those that are enabled (EIO §8). */
  upgrades(name: TransportName): TransportName[] {
    return this.opts.allowUpgrades ? [...upgradeTargets[name]] : [];
  }

  /** Takes handshakes again after a `close`: an HTTP server may listen again (EIO §40). */
  reopen(): void {
    this.#isClosed = false;
  }

  /** Closes every session without waiting for what is queued (EIO §14.5), and takes no handshakes from here on. */
  close(): this {
    this.#isClosed = true;
    this.#openings.close();
    for (const session of [...this.#sessions.values()]) session.close(true);
    return this;
  }

  // Requests

  /** One HTTP request whose path is the engine's, after the middlewares. */
  onExchange(exchange: HttpExchange<Request>): void {
    const admission = this.#admit(exchange, false);
    switch (admission.kind) {
      case "refused":
        this.refuseExchange(exchange, admission.refusal);
        break;
      case "established":
        this.#route(exchange, admission.session.transport);
        break;
      case "handshake":
        this.#decide(
          exchange,
          admission.protocol,
          (refusal) => this.refuseExchange(exchange, refusal),
          (id) => this.#openPolling(exchange, id, admission.protocol),
        );
        break;
    }
  }

  /** One request to switch to WebSocket, after the middlewares. */
  onUpgrade(attempt: UpgradeAttempt<Request>): void {
    const admission = this.#admit(attempt, true);
    switch (admission.kind) {
      case "refused":
        this.refuseUpgrade(attempt, admission.refusal);
        break;
      case "established":
        this.#acceptCandidate(attempt, admission.session, admission.transport);
        break;
      case "handshake":
        this.#decide(
          attempt,
          admission.protocol,
          (refusal) => this.refuseUpgrade(attempt, refusal),
          (id) => this.#acceptSession(attempt, id, admission),
        );
        break;
    }
  }

  /** Answers a request that is not admitted (EIO §7.3). */
  refuseExchange(exchange: HttpExchange<Request>, refusal: Refusal): void {
    this.#reportRefusal(exchange, refusal);
    exchange.reply(createRefusalReply(refusal));
  }

  /** Answers an upgrade that is not admitted (EIO §7.3). */
  refuseUpgrade(attempt: UpgradeAttempt<Request>, refusal: Refusal): void {
    this.#reportRefusal(attempt, refusal);
    attempt.refuse(upgradeStatusOf(refusal), wireMessageOf(refusal), retryHeadersOf(refusal));
  }

  #admit(incoming: Incoming<Request>, isUpgrade: boolean): Admission<Session<Request>> {
    const { method, query } = incoming;
    const facts = { method, query, origin: incoming.header("origin"), isUpgrade };
    return admit(facts, this.opts.transports, (sid) => this.#sessions.get(sid));
  }

  #reportRefusal(incoming: Incoming<Request>, refusal: Refusal): void {
    const { code, context } = refusal;
    // EIO §7.1.4: nobody behind us is to copy such a value into an answer.
    if (context.name === "INVALID_ORIGIN") incoming.dropHeader("origin");
    if (!this.hasListeners("connection_error")) return;
    this.emit("connection_error", { req: incoming.request, code, message: errorMessages[code], context });
  }

  #route(exchange: HttpExchange<Request>, transport: Transport): void {
    if (transport instanceof PollingTransport) {
      transport.onExchange(exchange);
      return;
    }
    // EIO §7.1.5b lets only polling requests through to here, and only to sessions that poll or switched protocols.
    exchange.reply({ status: 400, headers: { "Content-Length": 0 }, body: "" });
  }

  #decide(
    incoming: Incoming<Request>,
    protocol: Revision,
    onRefused: (refusal: Refusal) => void,
    onAllowed: (id: string) => void,
  ): void {
    const refusal = this.#isClosed ? serverClosed : this.#limiter.admit(incoming.remoteAddress);
    if (refusal) {
      onRefused(refusal);
      return;
    }
    const rules = {
      clock: this.clock,
      report: this.report,
      allowRequest: this.opts.allowRequest,
      isRevision3Allowed: this.opts.allowEIO3,
      generateId: (request: Request) => this.generateId(request),
      isIdTaken: (id: string) => this.#sessions.has(id),
    };
    decideHandshake(incoming.request, protocol, rules, (decision) => {
      // The peer may have left while the program thought: no session is made for nobody.
      if (incoming.isGone) return;
      if (!decision.ok) return onRefused(decision.refusal);
      // Meanwhile the server may have closed, or others of the same address may have come in.
      const late = this.#isClosed ? serverClosed : this.#limiter.admitAddress(incoming.remoteAddress);
      if (late) onRefused(late);
      else onAllowed(decision.id);
    });
  }

  // Polling

  #openPolling(exchange: HttpExchange<Request>, id: string, protocol: Revision): void {
    const { j } = exchange.query;
    const transport = new PollingTransport<Request>(this, this.#identityOf(id, protocol, exchange.query), {
      base64: this.#runtime.base64,
      jsonpIndex: typeof j === "string" ? readJsonpIndex(j) : undefined,
    });
    const session = this.#createSession(exchange, id, protocol, transport);
    // EIO §62.41: answered before `connection`, whose packets go out with the next poll.
    transport.onExchange(exchange);
    this.#register(session);
  }

  /** Called by polling transports for each successful response. */
  editHeaders(headers: Headers, exchange: HttpExchange<Request>, sid: string): void {
    const isInitial = !exchange.query.sid;
    const { cookie } = this.opts;
    if (isInitial && cookie) {
      // The options are the program's, and so is `encode`: without a cookie the session works all the same.
      guard(this.report, () => {
        headers["Set-Cookie"] = this.#runtime.serializeCookie(cookie.name, sid, cookie);
      });
    }
    this.#announceHeaders(headers, exchange.request, isInitial);
  }

  /** EIO §21: `headers` follows `initial_headers` on the first response. */
  #announceHeaders(headers: Headers, request: Request, isInitial: boolean): void {
    if (isInitial && this.hasListeners("initial_headers")) this.emit("initial_headers", headers, request);
    if (this.hasListeners("headers")) this.emit("headers", headers, request);
  }

  // WebSocket

  #acceptSession(
    attempt: UpgradeAttempt<Request>,
    id: string,
    admission: { readonly transport: TransportName; readonly protocol: Revision },
  ): void {
    this.#accept(attempt, true, (link, head) => {
      // EIO §7.3: a transport to which nothing can be upgraded is switched and closed at once.
      if (admission.transport !== "websocket" || this.#sessions.has(id)) return closeLink(link);
      const transport = this.#createWebSocket(link, id, admission.protocol, attempt.query);
      const session = this.#createSession(attempt, id, admission.protocol, transport);
      this.#register(session);
      session.handOverFirst();
      transport.start(head);
    });
  }

  #acceptCandidate(attempt: UpgradeAttempt<Request>, session: Session<Request>, name: TransportName): void {
    this.#accept(attempt, false, (link, head) => {
      if (name !== "websocket") return closeLink(link);
      const candidate = this.#createWebSocket(link, session.id, session.protocol, attempt.query);
      // EIO §10.5: accepted and closed, when the session upgrades already or has.
      if (!session.tryUpgrade(candidate)) return closeLink(link);
      candidate.start(head);
    });
  }

  #accept(
    attempt: UpgradeAttempt<Request>,
    isInitial: boolean,
    onAccepted: (link: WebSocketLink, head?: Uint8Array) => void,
  ): void {
    const headers: Headers = {};
    this.#announceHeaders(headers, attempt.request, isInitial);
    attempt.accept(headers, onAccepted);
  }

  #createWebSocket(link: WebSocketLink, id: string, protocol: Revision, query: Query): WebSocketTransport {
    return new WebSocketTransport(link, this.#identityOf(id, protocol, query), this.#runtime.base64);
  }

  // WebTransport

  /**
   * Processes one session of an HTTP/3 server, whose first packet opens a session here or moves one. Resolves once it
   * is admitted or closed; never rejects.
   *
   * @example
   * for await (const session of acceptedSessions) io.engine.onWebTransportSession(session);
   *
   * @see EIO §11.1
   */
  async onWebTransportSession(session: WebTransportSession): Promise<void> {
    if (this.#isClosed) return closeWebTransportSession(session);
    const opening = await this.#openings.open(session, this.opts);
    if (opening === undefined) return;
    const isAdmitted =
      opening.sid === undefined
        ? this.#openWebTransport(opening)
        : this.#moveToWebTransport(opening, opening.sid);
    if (!isAdmitted) opening.link.close();
  }

  /** EIO §11.1.4: there is no request, and so nothing to ask the program about. */
  #openWebTransport({ link, early }: Opening): boolean {
    if (this.#isClosed || this.#limiter.admit(undefined)) return false;
    const id = this.#ids.next();
    const transport = this.#createWebTransport(link, id);
    const identity = { id, protocol: 4, request: null, remoteAddress: undefined } as const;
    const session = new Session<Request>(this, identity, transport);
    this.#register(session);
    session.handOverFirst();
    transport.start(early);
    return true;
  }

  #moveToWebTransport({ link, early }: Opening, sid: string): boolean {
    const session = this.#sessions.get(sid);
    // CVE-2026-102599: the revision of a session is fixed at its handshake, and here it is 4 (EIO §11.1.4).
    if (session?.protocol !== 4) return false;
    const candidate = this.#createWebTransport(link, sid);
    if (!session.tryUpgrade(candidate)) return false;
    candidate.start(early);
    return true;
  }

  #createWebTransport(link: WebTransportLink, id: string): WebTransportTransport {
    return new WebTransportTransport(this, link, this.#identityOf(id, 4, {}), this.#runtime.base64);
  }

  /** EIO §5.4. */
  #identityOf(sid: string, protocol: Revision, query: Query): TransportIdentity {
    return { sid, protocol, supportsBinary: !query.b64, report: this.report };
  }

  // Sessions

  #createSession(
    incoming: Incoming<Request>,
    id: string,
    protocol: Revision,
    transport: Transport,
  ): Session<Request> {
    const { request, remoteAddress, query } = incoming;
    const isProbed = protocol === 4 && query.probes === "1";
    return new Session<Request>(this, { id, protocol, request, remoteAddress, isProbed }, transport);
  }

  /** EIO §8: the session becomes visible, then `connection`. */
  #register(session: Session<Request>): void {
    if (session.readyState === "closed") return;
    // A listener of the handshake's headers has closed the engine.
    if (this.#isClosed) {
      session.close(true);
      return;
    }
    this.#sessions.set(session.id, session);
    this.#limiter.onSessionOpen(session.remoteAddress);
    this.emit("connection", session);
  }

  /** EIO §8: these keys in this order; one more for a client that asked for it (design §2.9). */
  describeSession(session: Session<Request>): string {
    return JSON.stringify({
      sid: session.id,
      upgrades: this.upgrades(session.transport.name).filter((name) => this.opts.transports.includes(name)),
      pingInterval: this.opts.pingInterval,
      pingTimeout: this.opts.pingTimeout,
      maxPayload: this.opts.maxHttpBufferSize,
      ...(session.isProbed && { probes: true }),
    });
  }

  onFlush(session: Session<Request>, packets: readonly OutboundPacket[]): void {
    if (this.hasListeners("flush")) this.emit("flush", session, packets);
  }

  onDrain(session: Session<Request>): void {
    if (this.hasListeners("drain")) this.emit("drain", session);
  }

  onSessionClosed(session: Session<Request>): void {
    if (this.#sessions.get(session.id) !== session) return;
    this.#sessions.delete(session.id);
    this.#limiter.onSessionClosed(session.remoteAddress);
  }

  protected override onListenerError(error: unknown): void {
    this.report(error);
  }
}

/** Of a connection that gets no session: what it says is not wanted, and its end is awaited in silence. */
function closeLink(link: WebSocketLink): void {
  const ignore = (): void => {};
  link.start({ onText: ignore, onBinary: ignore, onDrain: ignore, onError: ignore, onClose: ignore });
  link.close();
}
