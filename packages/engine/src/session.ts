// One Engine.IO connection, across its transports.
//
//   opening ──open──▶ open ──close──▶ closing ──end──▶ closed
//   open ──end──▶ closed
//
// Invariants:
// - packets leave in the order in which they were queued, also across an upgrade: the queue is the session's, and
//   is handed over whole, to the transport that is current at that moment;
// - a turn writes a session once: what is sent only joins the queue, which the engine's TurnWriter hands over;
// - `close` listeners and the owner are told once, and nothing is received or sent afterwards;
// - no function of the program can throw into it.

import { GuardedEmitter } from "@tautline/events/guarded-emitter";
import { type MachineTable, next } from "@tautline/events/machine";
import type { EnginePacket } from "@tautline/protocol/engine-packet";
import type { CloseReason } from "./close-reasons.ts";
import { TransportError } from "./errors.ts";
import { Heartbeat } from "./heartbeat.ts";
import { toOutgoingData } from "./options.ts";
import { byteLengthOf } from "./outbound-forms.ts";
import { NOOP, OutboundPacket, PING, PONG } from "./outbound-packet.ts";
import { OutboundQueue } from "./outbound-queue.ts";
import { SendCallbacks } from "./send-callbacks.ts";
import type { SendCallback, SendOptions, SessionEvents } from "./session-events.ts";
import type { SessionHost } from "./session-host.ts";
import type { Revision, Transport, TransportOwner } from "./transport.ts";
import { Upgrade } from "./upgrade.ts";

export type SessionState = "opening" | "open" | "closing" | "closed";
type SessionEvent = "open" | "close" | "end";

/** The transitions of a session. */
export const sessionMachine: MachineTable<SessionState, SessionEvent> = {
  opening: { open: "open", end: "closed" },
  open: { close: "closing", end: "closed" },
  closing: { end: "closed" },
  closed: {},
};

/** The layer above: it is called directly, without events. Neither method may throw. */
export interface SessionOwner {
  /** One engine message. */
  onMessage(data: string | Uint8Array | undefined): void;
  /** The session ended; called once, before `close` listeners. */
  onClose(reason: CloseReason, description?: unknown): void;
}

/** What a session is fixed to at its handshake. */
export interface SessionIdentity<Request> {
  readonly id: string;
  readonly protocol: Revision;
  readonly request: Request | null;
  readonly remoteAddress: string | undefined;
  /** Whether the client was told that it may ping, and asked for that. */
  readonly isProbed?: boolean;
}

/** Of `maxBufferedBytes`: how much more than needed is dropped when older events make room. */
const SPARE_SHARE = 0.25;

/** `false` before any upgrade, the attempt while it lasts, `true` once upgraded. */
type UpgradeProgress = false | Upgrade | true;

/**
 * The raw socket: `socket.conn` of the Socket.IO layer.
 *
 * @see EIO §43
 */
export class Session<Request = unknown> extends GuardedEmitter<SessionEvents> implements TransportOwner {
  readonly id: string;
  readonly protocol: Revision;
  /** The handshake request; may be set to `null` to save memory. `null` for WebTransport. */
  request: Request | null;
  readonly remoteAddress: string | undefined;
  readonly server: SessionHost<Request>;
  /** Whether a client of revision 4 may ping as well (design §2.9). */
  readonly isProbed: boolean;
  transport: Transport;
  readyState: SessionState = "opening";
  /** Set by the Socket.IO layer in its `connection` handler. */
  owner: SessionOwner | undefined = undefined;

  readonly #queue: OutboundQueue = new OutboundQueue();
  readonly #heartbeat: Heartbeat;
  #progress: UpgradeProgress = false;
  #isDirty = false;
  /** Set by a queue that passed `maxBufferedBytes`, until the end of the turn closes the session. */
  #isOverflowing = false;
  #callbacks: SendCallbacks | undefined = undefined;
  /** Whoever waits until nothing waits any more. */
  #flushWaiters: (() => void)[] | undefined = undefined;

  constructor(server: SessionHost<Request>, identity: SessionIdentity<Request>, transport: Transport) {
    super();
    this.id = identity.id;
    this.protocol = identity.protocol;
    this.request = identity.request;
    this.remoteAddress = identity.remoteAddress;
    this.isProbed = identity.isProbed ?? false;
    this.server = server;
    this.transport = transport;
    transport.owner = this;
    const { pingInterval, pingTimeout } = server.opts;
    this.#heartbeat = new Heartbeat(server.deadlines, this, pingInterval, pingTimeout);
    this.#open();
  }

  get upgrading(): boolean {
    return typeof this.#progress === "object";
  }

  get upgraded(): boolean {
    return this.#progress === true;
  }

  /** What is queued and was not handed to the transport. */
  get writeBuffer(): readonly OutboundPacket[] {
    return this.#queue.packets;
  }

  /** Open, nothing queued, and the transport can take more: decides the fate of a volatile packet. */
  get isWritable(): boolean {
    return this.readyState === "open" && this.#isQueueEmpty && this.transport.writable;
  }

  /** The bytes that wait: queued here, or handed over and not taken by the system (SEC §4). */
  get bufferedBytes(): number {
    return this.#queue.byteLength + this.transport.bufferedBytes;
  }

  get #isQueueEmpty(): boolean {
    return this.#queue.packets.length === 0;
  }

  // Sending

  /** HOT PATH: queues a reference. Ignored unless open. */
  sendPacket(packet: OutboundPacket): void {
    if (this.readyState !== "open" || this.#isOverflowing) return;
    if (this.hasListeners("packetCreate")) this.emit("packetCreate", packet);
    const isLong = this.#queue.push(packet);
    if (!this.#isDirty) {
      this.#isDirty = true;
      this.server.turnWriter.add(this);
    }
    if (isLong) this.#flushOrCheck();
  }

  /**
   * Queues one message. Ignored when the session is closing or closed.
   *
   * @example session.send("hello", { compress: false }, () => console.log("written"));
   */
  send(data: unknown, callback?: SendCallback): this;
  send(data: unknown, options?: SendOptions | null, callback?: SendCallback): this;
  send(data: unknown, options?: SendOptions | SendCallback | null, callback?: SendCallback): this {
    if (this.readyState !== "open") return this;
    const isBare = typeof options === "function";
    const compress = isBare ? true : (options?.compress ?? true);
    const onWritten = isBare ? options : callback;
    if (typeof onWritten === "function") {
      this.#callbacks ??= new SendCallbacks(this.server.report);
      this.#callbacks.add(onWritten);
    }
    this.sendPacket(new OutboundPacket("message", toOutgoingData(data), compress));
    return this;
  }

  /** As `send`. */
  write(data: unknown, options?: SendOptions | SendCallback | null, callback?: SendCallback): this {
    return typeof options === "function" ? this.send(data, options) : this.send(data, options, callback);
  }

  /** Hands the whole queue to the transport, if that can take more. */
  flush(): void {
    if (this.transport.writable) this.#handOver();
  }

  /**
   * Hands over the open packet and what `connection` handlers sent, behind a handshake response that the host may
   * still hold back: both then leave together.
   */
  handOverFirst(): void {
    if (this.transport.readyState === "open") this.#handOver();
  }

  #handOver(): void {
    if (this.readyState === "closed" || this.#isQueueEmpty) return;
    const packets = this.#queue.take();
    if (this.hasListeners("flush")) this.emit("flush", packets);
    this.server.onFlush(this, packets);
    this.#callbacks?.onHandedOver();
    this.transport.send(packets);
    // EIO §43: handed over, not delivered.
    if (this.hasListeners("drain")) this.emit("drain");
    this.server.onDrain(this);
    if (this.transport.writable || this.transport.name === "polling") this.#callbacks?.run(this.transport);
    if (this.readyState === "closing" && this.#isQueueEmpty) this.transport.close();
    this.#checkFlushed();
  }

  /** Called by the engine's TurnWriter. */
  onTurnEnd(): void {
    this.#isDirty = false;
    if (this.#isOverflowing) this.#endSlowConsumer();
    else this.#flushOrCheck();
  }

  #flushOrCheck(): void {
    this.flush();
    if (!this.#isQueueEmpty) this.#checkBuffered();
  }

  // Peers that do not read (SEC §4)

  /** One packet alone may be larger than the limit: it is the backlog that is refused. */
  #checkBuffered(): void {
    if (this.readyState === "closed") return;
    if (this.bufferedBytes <= this.server.opts.maxBufferedBytes) return;
    if (this.#queue.packets.length === 1 && this.transport.bufferedBytes === 0) return;
    this.#isOverflowing = true;
    if (this.#isDirty) return;
    this.#isDirty = true;
    this.server.turnWriter.add(this);
  }

  /**
   * Whether one more event, whose packets these are, may be sent: of a policy other than `disconnect` it must not let
   * more wait than the limit. Older events are dropped for it if its policy says so.
   */
  makeRoom(packets: readonly OutboundPacket[]): boolean {
    const { maxBufferedBytes } = this.server.opts;
    let excessBytes = this.bufferedBytes - maxBufferedBytes;
    for (const packet of packets) excessBytes += byteLengthOf(packet);
    if (excessBytes <= 0) return true;
    if (packets[0]?.slowConsumer !== "drop-oldest") return false;
    // More than is needed: what is dropped for each event would be looked for in the whole queue.
    return this.#queue.dropOldest(excessBytes + maxBufferedBytes * SPARE_SHARE) >= excessBytes;
  }

  /** Calls `callback` once nothing waits any more (SEC §4), or the session has ended; never before it returns. */
  whenFlushed(callback: () => void): void {
    if (this.readyState === "closed" || this.bufferedBytes === 0) {
      this.server.clock.nextTick(callback);
      return;
    }
    this.#flushWaiters ??= [];
    this.#flushWaiters.push(callback);
  }

  #checkFlushed(): void {
    if (this.#flushWaiters === undefined || (this.readyState !== "closed" && this.bufferedBytes > 0)) return;
    const waiters = this.#flushWaiters;
    this.#flushWaiters = undefined;
    for (const waiter of waiters) this.server.clock.nextTick(waiter);
  }

  #endSlowConsumer(): void {
    const { transport } = this;
    const waiting = this.bufferedBytes;
    this.#end(
      "slow consumer",
      new TransportError("EIO_SLOW_CONSUMER", `${waiting} bytes wait for a peer that does not read`),
    );
    transport.terminate();
  }

  // Receiving: TransportOwner

  /** HOT PATH. */
  onMessage(data: string | Uint8Array | undefined): void {
    if (this.readyState !== "open") return;
    if (this.hasListeners("packet")) {
      this.emit("packet", data === undefined ? { type: "message" } : { type: "message", data });
    }
    this.#heartbeat.onPacket();
    if (this.hasListeners("data")) this.emit("data", data);
    if (this.hasListeners("message")) this.emit("message", data);
    this.owner?.onMessage(data);
  }

  onPacket(packet: EnginePacket): void {
    if (this.readyState !== "open") return;
    if (this.hasListeners("packet")) this.emit("packet", packet);
    switch (packet.type) {
      case "ping":
        this.#onPing();
        break;
      case "pong":
        this.#onPong();
        break;
      case "error":
        this.#end("parse error");
        break;
      default:
        // EIO §22: reported, otherwise ignored.
        this.#heartbeat.onPacket();
    }
  }

  onDrain(): void {
    this.#callbacks?.run(this.transport);
    // A peer may ask for more without having read what it was given: polling, on ever new connections.
    if (this.transport.bufferedBytes > this.server.opts.maxBufferedBytes) this.#endSlowConsumer();
    else this.#flushOrCheck();
    this.#checkFlushed();
  }

  onTransportClose(): void {
    this.#end(this.readyState === "closing" ? "forced close" : "transport close");
  }

  onTransportError(error: TransportError): void {
    this.#end("transport error", error);
  }

  #onPing(): void {
    if (this.protocol === 4 && !this.isProbed) {
      this.#endWrongHeartbeat();
      return;
    }
    // EIO §12.2; in revision 4 it is a packet like any other
    if (this.protocol === 3) this.#heartbeat.onPing();
    else this.#heartbeat.onPacket();
    this.sendPacket(PONG);
    if (this.hasListeners("heartbeat")) this.emit("heartbeat");
  }

  #onPong(): void {
    if (this.protocol === 3) {
      this.#endWrongHeartbeat();
      return;
    }
    this.#heartbeat.onPong();
    if (this.hasListeners("heartbeat")) this.emit("heartbeat");
  }

  #endWrongHeartbeat(): void {
    this.#end(
      "transport error",
      new TransportError("EIO_HEARTBEAT_DIRECTION", "invalid heartbeat direction"),
    );
  }

  // Heartbeat

  onPingDue(): void {
    this.sendPacket(PING);
  }

  onPingTimeout(): void {
    this.#end("ping timeout");
  }

  // Upgrade

  /** Tries another transport; `false` when the session takes none (EIO §13.2.1). */
  tryUpgrade(candidate: Transport): boolean {
    if (this.#progress !== false || this.readyState === "closed") return false;
    this.#progress = new Upgrade(this.server.deadlines, this, candidate, this.server.opts.upgradeTimeout);
    return true;
  }

  onProbed(candidate: Transport): void {
    if (this.hasListeners("upgrading")) this.emit("upgrading", candidate);
  }

  releasePoll(): void {
    if (this.transport.name === "polling" && this.transport.writable) this.transport.send([NOOP]);
  }

  /** EIO §13.2.3. */
  onUpgraded(candidate: Transport): void {
    const previous = this.transport;
    this.#progress = true;
    previous.owner = undefined;
    this.transport = candidate;
    candidate.owner = this;
    previous.discard();
    this.#heartbeat.onUpgrade();
    if (this.hasListeners("upgrade")) this.emit("upgrade", candidate);
    this.flush();
    if (this.readyState === "closing" && this.#isQueueEmpty) candidate.close();
  }

  onUpgradeAbandoned(): void {
    this.#progress = false;
  }

  // Closing

  /**
   * Closes the session, after what is queued was handed over; at once with `discard`.
   *
   * @see EIO §14.1
   */
  close(discard = false): void {
    if (discard && (this.readyState === "open" || this.readyState === "closing")) {
      this.#discard();
      return;
    }
    if (this.readyState !== "open") return;
    this.readyState = "closing";
    if (this.#isQueueEmpty) this.transport.close();
    else this.flush();
  }

  #discard(): void {
    this.readyState = "closing";
    this.transport.discard();
  }

  #open(): void {
    this.#move("open");
    const { server } = this;
    this.sendPacket(new OutboundPacket("open", server.describeSession(this)));
    const initial = server.opts.initialPacket;
    if (initial) this.sendPacket(new OutboundPacket("message", toOutgoingData(initial)));
    this.#heartbeat.begin(this.protocol);
  }

  /** EIO §14.4: once, whoever ends it. */
  #end(reason: CloseReason, description?: unknown): void {
    if (this.readyState === "closed") return;
    this.#move("end");
    this.#heartbeat.stop();
    this.#callbacks = undefined;
    this.#checkFlushed();
    this.transport.owner = undefined;
    this.transport.discard();
    if (typeof this.#progress === "object") this.#progress.abandon();
    this.server.onSessionClosed(this);
    const { owner } = this;
    this.owner = undefined;
    owner?.onClose(reason, description);
    if (this.hasListeners("close")) this.emit("close", reason, description);
    // EIO §62.38: `close` listeners may read what was not sent.
    this.server.clock.nextTick(() => this.#queue.take());
  }

  protected override onListenerError(error: unknown): void {
    this.server.report(error);
  }

  #move(event: SessionEvent): void {
    this.readyState = next(sessionMachine, this.readyState, event) ?? this.readyState;
  }
}
