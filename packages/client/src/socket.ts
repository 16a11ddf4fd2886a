// One namespace's endpoint (client.md 6). Its place in the namespace:
//
//     inactive ─connect()─▶ waiting ─manager opens─▶ joining ─credentials─▶ asked ─CONNECT─▶ joined
//        ▲                     ▲                        │                     │               │
//        │                     └─────manager closes─────┴─────────────────────┴───────────────┤
//        └──disconnect(), DISCONNECT, CONNECT_ERROR, no credentials───────────────────────────┘

import type {
  AllButLast,
  DecorateAcknowledgements,
  DefaultEventsMap,
  EventNames,
  EventNamesWithAck,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
} from "@tautline/events/types";
import { RESERVED_EVENTS } from "@tautline/protocol/reserved-events";
import type { SocketPacket } from "@tautline/protocol/socket-packet";
import { type AckHandler, type AckTable, createAckTable } from "./acks.ts";
import { CatchAllEmitter } from "./catch-all.ts";
import type { EngineSocket } from "./engine/engine-socket.ts";
import { diagnose } from "./engine/failure.ts";
import type { Manager } from "./manager.ts";
import type { Auth, SocketOptions } from "./options.ts";
import { createRetryQueue, type RetryQueue } from "./retries.ts";
import type {
  DisconnectDescription,
  DisconnectReason,
  EmitFlags,
  EventPacket,
  SocketLink,
  SocketReservedEvents,
} from "./socket-types.ts";

// SIO §26
const CONNECT = 0;
const DISCONNECT = 1;
const EVENT = 2;
const ACK = 3;
const CONNECT_ERROR = 4;

type Place = "inactive" | "waiting" | "joining" | "asked" | "joined";

const V2_SERVER =
  "It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client, but they are not compatible";

/**
 * One namespace's endpoint: its events come from the server, and what it emits goes there.
 *
 * @example
 * const socket = io("https://example.com");
 * socket.on("connect", () => socket.emit("hello", "world"));
 */
export class Socket<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends CatchAllEmitter<ListenEvents, EmitEvents, SocketReservedEvents> {
  /** Public id, given by the server; absent while not connected. */
  id?: string | undefined;
  /** Whether the latest connection resumed the one before, so that no event was missed. */
  recovered = false;
  /** Credentials; read at each CONNECT. */
  auth: Auth | undefined;
  /** Events emitted while not connected. */
  sendBuffer: EventPacket[] = [];
  /** Events received before the CONNECT reply. */
  receiveBuffer: (readonly unknown[])[] = [];
  readonly io: Manager<ListenEvents, EmitEvents>;
  readonly nsp: string;
  readonly #link: SocketLink;
  readonly #acks: AckTable;
  readonly #retries: RetryQueue | undefined;
  readonly #ackTimeoutMs: number | undefined;
  #flags: EmitFlags = {};
  #place: Place = "inactive";
  /** Counts the times that it began to join; what belongs to an earlier time is void. */
  #visit = 0;
  /** The connection on which the server has not answered the CONNECT of an earlier visit. */
  #owing: EngineSocket | undefined;
  /** Packets at the head of `sendBuffer` that were sent, while the buffer is being sent. */
  #flushed = 0;
  #pid: string | undefined;
  #offset: string | undefined;
  /** Whether the server says that each event that ends in a string ends in an offset. */
  #isMarked = false;

  /** Called by `Manager#socket` alone. */
  constructor(
    io: Manager<ListenEvents, EmitEvents>,
    nsp: string,
    options: SocketOptions | undefined,
    link: SocketLink,
  ) {
    super(link.clock);
    this.io = io;
    this.nsp = nsp;
    this.auth = options?.auth;
    this.#link = link;
    this.#acks = createAckTable(link.clock);
    this.#ackTimeoutMs = options?.ackTimeout;
    this.#retries = options?.retries
      ? createRetryQueue(
          options.retries,
          () => this.#canSend(),
          (args, flags, handler) => this.#transmit(args, flags, handler),
        )
      : undefined;
    io.on("packet", this.#onPacket);
  }

  /** Whether the server has accepted this socket and the connection stands. */
  get connected(): boolean {
    return this.#place === "joined";
  }

  get disconnected(): boolean {
    return !this.connected;
  }

  /** Whether it is connected or will connect when the manager does. */
  get active(): boolean {
    return this.#place !== "inactive";
  }

  /** Connects, and opens the manager if need be. */
  connect(): this {
    if (!this.active) this.#activate();
    if (!this.#link.isReconnecting()) this.io.open();
    this.#onOpen();
    return this;
  }

  /** The same as `connect`. */
  open(): this {
    return this.connect();
  }

  /** Leaves the namespace; the connection closes with its last active socket. */
  disconnect(): this {
    const wasConnected = this.connected;
    if (wasConnected) this.#link.send({ type: DISCONNECT, nsp: this.nsp });
    if (this.#place === "asked") this.#owing = this.io.engine;
    this.#deactivate();
    if (wasConnected) this.#onDisconnect("io client disconnect");
    return this;
  }

  /** The same as `disconnect`. */
  close(): this {
    return this.disconnect();
  }

  /**
   * Sends an event; buffered while not connected. A function at the end is called with the server's answer.
   *
   * @throws Error for a reserved name; RangeError for data that is circular or nested too deep, and for more bytes than
   * the server takes (`EIO_PAYLOAD_TOO_LARGE`).
   */
  override emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): this;
  override emit(event: string, ...args: unknown[]): this {
    return this.#emitCalling(event, args);
  }

  /**
   * Sends an event and resolves with the first value of the server's answer.
   *
   * Rejects with an Error if the time-out passes or the connection is lost first, and with what `emit` throws.
   */
  emitWithAck<Ev extends EventNamesWithAck<EmitEvents>>(
    event: Ev,
    ...args: AllButLast<EventParams<EmitEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<EmitEvents, Ev>>>>;
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#emit([event, ...args], (error, [first]) => (error ? reject(error) : resolve(first)));
    });
  }

  /** Sends a `message` event. */
  send(...args: EventParams<EmitEvents, "message" & EventNames<EmitEvents>>): this;
  send(...args: unknown[]): this {
    return this.#emitCalling("message", args);
  }

  /** The next event, if it asks for an answer, waits this many milliseconds for it: `(error, ...answer)`. */
  timeout(timeoutMs: number): Socket<ListenEvents, DecorateAcknowledgements<EmitEvents>>;
  timeout(timeoutMs: number): unknown {
    this.#flags.timeoutMs = timeoutMs;
    return this;
  }

  /** Whether the next event may be compressed. Default true. */
  compress(compress: boolean): this {
    this.#flags.compress = compress;
    return this;
  }

  /** The next event is dropped if it cannot be sent at this moment. */
  get volatile(): this {
    this.#flags.isVolatile = true;
    return this;
  }

  // Outgoing

  /** Takes a callback off the arguments. */
  #emitCalling(event: string, args: readonly unknown[]): this {
    const callback = args.at(-1);
    if (typeof callback !== "function") return this.#emit([event, ...args]);
    const flags = this.#flags;
    const isRetried = this.#retries && !flags.isVolatile;
    const isErrorFirst = isRetried || this.#timeoutOf(flags) !== undefined;
    return this.#emit([event, ...args.slice(0, -1)], (error, reply) => {
      if (isErrorFirst) callback.call(this, error ?? null, ...reply);
      else if (!error) callback.apply(this, reply);
      // It cannot be told: `emit` throws.
      else if (error instanceof RangeError) throw error;
    });
  }

  #emit(args: readonly [event: string, ...unknown[]], handler?: AckHandler): this {
    if (RESERVED_EVENTS.has(args[0])) throw new Error(`"${args[0]}" is a reserved event name`);
    const flags = this.#flags;
    this.#flags = {};
    // What waits must not turn out to be unfit for JSON in the middle of a flush.
    if (this.#retries || !this.#canSend()) this.#link.check({ type: EVENT, nsp: this.nsp, data: args });
    if (this.#retries && !flags.isVolatile) this.#retries.add(args, flags, handler);
    else this.#transmit(args, flags, handler);
    return this;
  }

  #transmit(args: readonly unknown[], flags: EmitFlags, handler: AckHandler | undefined): void {
    const id = handler && this.#acks.add(handler, this.#timeoutOf(flags), (id) => this.#unbuffer(id));
    const packet: EventPacket = {
      type: EVENT,
      nsp: this.nsp,
      data: args,
      options: { compress: flags.compress !== false },
      ...(id !== undefined && { id }),
    };
    const canSend = this.#canSend();
    if (flags.isVolatile && !(canSend && this.io.engine.transport.writable)) return;
    if (canSend) this.#write(packet);
    else this.sendBuffer.push(packet);
  }

  /** client.md 6.6: after a suspension the connection may be long dead, though no timer has run. */
  #canSend(): boolean {
    return this.connected && !this.io.engine.isOverdue();
  }

  #write(packet: EventPacket): void {
    this.guard(() => this.announce(this.listenersAnyOutgoing(), packet.data));
    try {
      this.#link.send(packet);
    } catch (error) {
      // Too long for the server: whoever waits for the answer hears of it; else the program, as of any unfit data.
      const handler = this.#acks.take(packet.id);
      if (!handler || !isTooLong(error)) throw error;
      handler(error, []);
    }
  }

  #unbuffer(id: number): void {
    const index = this.sendBuffer.findIndex((packet) => packet.id === id);
    if (index >= 0) this.sendBuffer.splice(index, 1);
  }

  #timeoutOf(flags: EmitFlags): number | undefined {
    return flags.timeoutMs ?? this.#ackTimeoutMs;
  }

  // Place in the namespace

  #activate(): void {
    this.#place = "waiting";
    this.io.on("open", this.#onOpen).on("error", this.#onError).on("close", this.#onClose);
  }

  #deactivate(): void {
    this.#place = "inactive";
    this.io.off("open", this.#onOpen).off("error", this.#onError).off("close", this.#onClose);
    this.#link.onInactive();
  }

  readonly #onOpen = (): void => {
    // A listener before this one may have closed the manager, and opened it again.
    const { engine } = this.io;
    if (this.#place !== "waiting" || engine.readyState !== "open" || engine === this.#owing) return;
    this.#place = "joining";
    const visit = ++this.#visit;
    const isAwaited = (): boolean => this.#place === "joining" && this.#visit === visit;
    const join = (data: object | undefined): void => {
      if (!isAwaited()) return;
      this.#place = "asked";
      // SIO §32: credentials win over what resumes the session
      this.#link.send({
        type: CONNECT,
        nsp: this.nsp,
        data: this.#pid ? { pid: this.#pid, offset: this.#offset, ...data } : data,
      });
    };
    const { auth } = this;
    if (typeof auth !== "function") {
      join(auth);
      return;
    }
    // Without credentials there is no joining; the program hears why, and may call `connect` again.
    const onFailure = (error: Error): void => {
      if (!isAwaited()) return;
      this.#deactivate();
      this.#onError(error);
    };
    try {
      const promise = auth.call(this, join);
      if (promise instanceof Promise) promise.then(join, onFailure);
    } catch (error) {
      onFailure(error instanceof Error ? error : new Error(String(error)));
    }
  };

  readonly #onError = (error: Error): void => {
    if (!this.connected) this.emitReserved("connect_error", error);
  };

  readonly #onClose = (reason: DisconnectReason, description?: DisconnectDescription): void => {
    // A listener before this one may have disconnected.
    if (this.active) this.#place = "waiting";
    this.#onDisconnect(reason, description);
  };

  #onDisconnect(reason: DisconnectReason, description?: DisconnectDescription): void {
    delete this.id;
    this.emitReserved("disconnect", reason, description);
    const unsent = new Set(this.sendBuffer.slice(this.#flushed).map(({ id }) => id));
    for (const handler of this.#acks.takeAllBut(unsent))
      this.guard(() => handler(new Error("socket has been disconnected"), []));
  }

  // Incoming

  readonly #onPacket = ({ type, nsp, data, id }: SocketPacket): void => {
    if (nsp !== this.nsp) return;
    if (this.#place !== "asked" && !this.connected) {
      this.#onOwed(type);
      return;
    }
    const args: readonly unknown[] = Array.isArray(data) ? data : [];
    switch (type) {
      case CONNECT:
        this.#onConnect(Object(data));
        break;
      case EVENT:
        this.#onEvent(id === undefined ? args : [...args, this.#createReply(id)]);
        break;
      case ACK:
        this.#acks.reply(id, args);
        break;
      case DISCONNECT:
        this.#deactivate();
        this.#onDisconnect("io server disconnect");
        break;
      case CONNECT_ERROR:
        this.#deactivate();
        this.#onRefused(data);
        break;
    }
  };

  /** It has left while the server was deciding; it asks again only once that visit is over. */
  #onOwed(type: SocketPacket["type"]): void {
    if (type !== CONNECT && type !== CONNECT_ERROR) return;
    this.#owing = undefined;
    if (type === CONNECT_ERROR) {
      this.#onOpen();
      return;
    }
    // Servers of upstream close a connection that brings DISCONNECT and CONNECT in one tick.
    this.io.engine.once("drain", () => this.clock.setTimer(this.#onOpen, 0));
    this.#link.send({ type: DISCONNECT, nsp: this.nsp });
  }

  #onConnect({ sid, pid, offsets }: { sid?: unknown; pid?: unknown; offsets?: unknown }): void {
    if (typeof sid !== "string") {
      this.#onError(diagnose(this.io.engine, new Error(V2_SERVER), "SIO_OLD_SERVER", "namespace"));
      return;
    }
    this.id = sid;
    this.recovered = pid !== undefined && pid === this.#pid;
    this.#pid = typeof pid === "string" ? pid : undefined;
    this.#isMarked = offsets === true;
    this.#place = "joined";
    // client.md 6.10: what came early, what waited, the retries, and only then `connect`
    for (const args of this.receiveBuffer.splice(0))
      this.guard(() => {
        if (this.connected) this.#deliver(args);
      });
    this.#flush();
    this.#retries?.drain();
    if (this.connected) this.emitReserved("connect");
  }

  #flush(): void {
    const packets = this.sendBuffer;
    for (const packet of packets) {
      // Any listener may disconnect; what was not sent by then waits on.
      if (!this.#canSend()) break;
      this.#flushed++;
      this.guard(() => {
        try {
          this.#write(packet);
        } catch (error) {
          if (!isTooLong(error)) throw error;
          // Who emitted it is gone.
          this.emitReserved("connect_error", error);
        }
      });
    }
    packets.splice(0, this.#flushed);
    this.#flushed = 0;
  }

  #onRefused(data: unknown): void {
    const { message, data: details } = typeof data === "string" ? { message: data } : Object(data);
    const code = message === "Invalid namespace" ? "SIO_INVALID_NAMESPACE" : "SIO_REFUSED";
    const error = Object.assign(new Error(message), { data: details });
    this.emitReserved("connect_error", diagnose(this.io.engine, error, code, "namespace"));
  }

  #onEvent(args: readonly unknown[]): void {
    if (this.connected) this.#deliver(args);
    else this.receiveBuffer.push(args);
  }

  #deliver(args: readonly unknown[]): void {
    const last = args.at(-1);
    // SIO §32: the server appends the offset to each event
    const hasOffset = this.#pid && typeof last === "string";
    // Before the listeners, which may throw, or connect anew.
    if (hasOffset) this.#offset = last;
    const shown = hasOffset && this.#isMarked ? args.slice(0, -1) : args;
    const [event, ...rest] = shown;
    this.announce(this.listenersAny(), shown);
    if (typeof event === "string" || typeof event === "number") this.dispatch(event, rest);
  }

  /** Answers the event `id`, once. */
  #createReply(id: number): (...args: unknown[]) => void {
    let isSent = false;
    const visit = this.#visit;
    return (...args) => {
      // To a server that the socket has left an answer is a breach of the protocol; later the id means another event.
      if (isSent || !this.connected || this.#visit !== visit) return;
      isSent = true;
      this.#link.send({ type: ACK, nsp: this.nsp, id, data: args });
    };
  }
}

/** Whether an event was refused because the server would close the connection for it. */
function isTooLong(error: unknown): error is RangeError {
  return error instanceof RangeError && "code" in error;
}
