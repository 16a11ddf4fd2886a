// One connection in one namespace: what `connection` listeners are given (server.md §9).

import type { IncomingMessage } from "node:http";
import type { MultipleResponsesOperator } from "@tautline/adapter/broadcast-operator";
import { refuseName } from "@tautline/adapter/errors";
import type {
  AdapterSocket,
  BroadcastFlags,
  BroadcastPacket,
  Room,
  SocketId,
} from "@tautline/adapter/namespace-view";
import type { RecoveryRefusal } from "@tautline/adapter/recovery";
import { guard } from "@tautline/events/guard";
import { GuardedEmitter } from "@tautline/events/guarded-emitter";
import type {
  AllButLast,
  CatchAllListener,
  DecorateAcknowledgements,
  DefaultEventsMap,
  EventName,
  EventNames,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
  NameWithAck,
} from "@tautline/events/types";
import { PacketType, type SocketPacket } from "@tautline/protocol/socket-packet";
import { type AckListener, Acks } from "./acks.ts";
import { CatchAll } from "./catch-all.ts";
import type { Connection, ConnectionMember } from "./connection.ts";
import { createHandshake, type Handshake } from "./handshake.ts";
import { type Next, requireMiddleware, runChain } from "./middleware.ts";
import type { Namespace } from "./namespace.ts";
import type { Encoded } from "./parser.ts";
import type { RawSocket } from "./raw-socket.ts";
import { refuseTooManyRooms } from "./room-limit.ts";
import type { SocketServer } from "./server.ts";
import type { DisconnectReason, SocketReservedEvents } from "./socket-events.ts";
import { TokenBucket } from "./token-bucket.ts";

/** An incoming event with its arguments, the acknowledgement function included. */
export type Event = [eventName: string, ...args: unknown[]];

type EventMiddleware = (event: Event, next: Next) => unknown;

const NO_FLAGS: BroadcastFlags = {};
const NO_ROOMS: ReadonlySet<Room> = new Set();
/** server.md §8.1: every socket begins with a listener of its errors, which does nothing. */
const FIRST_LISTENERS: ReadonlyMap<string, readonly (() => void)[]> = new Map([["error", [() => {}]]]);

/**
 * A client in a namespace.
 *
 * @example
 * io.on("connection", (socket) => {
 *   socket.join("lobby");
 *   socket.on("say", (text, ack) => {
 *     socket.to("lobby").emit("said", text);
 *     ack("ok");
 *   });
 * });
 */
export class Socket<
    ListenEvents extends EventsMap = DefaultEventsMap,
    EmitEvents extends EventsMap = ListenEvents,
    ServerSideEvents extends EventsMap = DefaultEventsMap,
    // biome-ignore lint/suspicious/noExplicitAny: programs that do not type their data keep what they like in it
    SocketData = any,
  >
  extends GuardedEmitter<ListenEvents, EmitEvents, SocketReservedEvents>
  implements AdapterSocket<Encoded>, ConnectionMember
{
  readonly id: SocketId;
  readonly nsp: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;
  readonly client: Connection;
  /** Whether the socket was restored with its id, rooms and data after a loss of connection. */
  readonly recovered: boolean = false;
  /** Why the client, which asked for the session that it had before, got a new one (docs/recovery.md). */
  declare readonly recoveryRefusal?: RecoveryRefusal | undefined;
  /** True from the end of the middleware until the socket has left its rooms. */
  connected = false;
  /** Whatever the program keeps with the socket. */
  data: SocketData = {} as SocketData;
  readonly #auth: Record<string, unknown>;
  readonly #issuedMs: number;
  #handshake: Handshake | undefined;
  #flags: BroadcastFlags = NO_FLAGS;
  #acks: Acks | undefined;
  /** Counts events, if there is a limit. */
  #arrivals: TokenBucket | undefined;
  #middlewares: EventMiddleware[] | undefined;
  #incoming: CatchAll | undefined;
  #outgoing: CatchAll | undefined;
  /** `leaving` while `disconnecting` is announced: whatever a listener does, that begins once. */
  #membership: "in" | "leaving" | "out" = "in";

  constructor(
    nsp: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    client: Connection,
    auth: Record<string, unknown>,
    id: SocketId = nsp.createSocketId(client.conn),
  ) {
    super(FIRST_LISTENERS);
    this.nsp = nsp;
    this.client = client;
    this.id = id;
    this.#auth = auth;
    this.#issuedMs = nsp.clock.now();
  }

  /** The engine session below. */
  get conn(): RawSocket {
    return this.client.conn;
  }

  /** The request that opened the session, unless the program dropped it. */
  get request(): IncomingMessage {
    return this.client.request as IncomingMessage;
  }

  get server(): SocketServer {
    return this.nsp.server;
  }

  /** How the socket came to be connected. */
  get handshake(): Handshake {
    this.#handshake ??= createHandshake(this.conn, this.#auth, this.#issuedMs);
    return this.#handshake;
  }

  /** The rooms that the socket is in: a live set. */
  get rooms(): Set<Room> {
    return this.nsp.adapter.socketRooms(this.id) ?? new Set();
  }

  get disconnected(): boolean {
    return !this.connected;
  }

  /** The bytes that wait for the client, of all of its namespaces: queued, or not yet taken by the system. */
  get bufferedAmount(): number {
    return this.client.bufferedBytes;
  }

  /**
   * Waits until nothing waits for the client any more, or its connection has ended: a program that sends much awaits
   * this now and then, and so never holds more than it has sent in between.
   *
   * @example
   * for await (const row of rows) {
   *   socket.emit("row", row);
   *   if (socket.bufferedAmount > 1_000_000) await socket.flush();
   * }
   * @see SEC §4
   */
  flush(): Promise<void> {
    return new Promise((resolve) => this.client.whenFlushed(resolve));
  }

  /**
   * Sends an event to the client; a function as last argument is called with the answer.
   *
   * @throws EmitError `SIO_RESERVED_EVENT`, `SIO_TOO_MANY_ACKS`
   */
  override emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): true;
  override emit(...data: unknown[]): true {
    refuseName(data[0]);
    const flags = this.#takeFlags();
    let id: number | undefined;
    const ack = data.at(-1);
    if (typeof ack === "function") {
      data.pop();
      id = this.nsp.nextAckId();
      this.pendingAcks.expect(id, ack as AckListener, flags.timeout);
    }
    const packet: SocketPacket = { type: PacketType.EVENT, nsp: this.nsp.name, data, id };
    try {
      this.transmit(packet, flags);
    } catch (error) {
      // What cannot be encoded was not sent: no answer will come.
      if (id !== undefined) this.#acks?.delete(id);
      throw error;
    }
    return true;
  }

  /**
   * As `emit`, as a promise of the first value of the answer. Without `timeout` it waits for ever.
   *
   * @throws AckTimeoutError when `timeout` ran out
   */
  emitWithAck<Ev extends EventNames<EmitEvents>>(
    event: NameWithAck<EmitEvents, Ev>,
    ...args: AllButLast<EventParams<EmitEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<EmitEvents, Ev>>>>;
  emitWithAck(event: EventName, ...args: unknown[]): Promise<unknown> {
    const hasTimeout = this.#flags.timeout !== undefined;
    return new Promise((resolve, reject) => {
      const onAck = hasTimeout
        ? (error: unknown, value: unknown) => (error ? reject(error) : resolve(value))
        : (value: unknown) => resolve(value);
      // Programs replace `emit`, on a socket or for all: theirs is called.
      Reflect.apply(this.emit, this, [event, ...args, onAck]);
    });
  }

  /** Sends the event `message`. */
  send(...args: unknown[]): this {
    Reflect.apply(this.emit, this, ["message", ...args]);
    return this;
  }

  /** As `send`. */
  write(...args: unknown[]): this {
    return this.send(...args);
  }

  /** Broadcasts to a room, or several, without this socket. */
  to(room: Room | Room[]): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.#operator().to(room);
  }

  /** As `to`. */
  in(room: Room | Room[]): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.#operator().to(room);
  }

  /** Broadcasts to everyone but this socket and those in the rooms. */
  except(room: Room | Room[]): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.#operator().except(room);
  }

  /** Broadcasts to everyone in the namespace but this socket. */
  get broadcast(): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.#operator();
  }

  /** As `broadcast`, on this node only. */
  get local(): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.#operator().local;
  }

  /** The next event is dropped unless it can be written at once. */
  get volatile(): this {
    return this.#withFlag({ volatile: true });
  }

  /** Whether the next event may be compressed. */
  compress(compress: boolean): this {
    return this.#withFlag({ compress });
  }

  /** How long the next event waits for its answer, in milliseconds. */
  timeout(
    timeoutMs: number,
  ): Socket<ListenEvents, DecorateAcknowledgements<EmitEvents>, ServerSideEvents, SocketData>;
  timeout(timeoutMs: number): unknown {
    return this.#withFlag({ timeout: timeoutMs });
  }

  /**
   * Joins a room, or several. Does nothing once the socket is closed.
   *
   * @throws EmitError `SIO_TOO_MANY_ROOMS` when it would be in more than `maxRoomsPerSocket`
   */
  join(rooms: Room | Room[]): Promise<void> | void {
    if (this.#membership === "out") return;
    const joined = new Set(Array.isArray(rooms) ? rooms : [rooms]);
    // In middleware it is not yet in its own room, for which there must be a place.
    refuseTooManyRooms(this.nsp.maxRoomsPerSocket, () => [this.id, ...this.rooms, ...joined]);
    return this.nsp.adapter.addAll(this.id, joined);
  }

  leave(room: Room): Promise<void> | void {
    return this.nsp.adapter.del(this.id, room);
  }

  /** Leaves the namespace; with `close`, closes the whole connection, with all of its namespaces. */
  disconnect(close = false): this {
    if (!this.connected) return this;
    if (close) {
      this.client.disconnect();
      return this;
    }
    if (this.#membership !== "in") return this;
    this.client.announce({ type: PacketType.DISCONNECT, nsp: this.nsp.name });
    this.onClose("server namespace disconnect");
    return this;
  }

  /** Adds a function that sees every incoming event before its listeners, and may refuse it. */
  use(middleware: (event: Event, next: Next) => void): this {
    requireMiddleware(middleware);
    this.#middlewares = [...(this.#middlewares ?? []), middleware];
    return this;
  }

  /** Adds a listener of every incoming event, called before middleware and listeners. */
  onAny(listener: CatchAllListener): this {
    this.#incoming ??= new CatchAll();
    this.#incoming.add(listener);
    return this;
  }

  prependAny(listener: CatchAllListener): this {
    this.#incoming ??= new CatchAll();
    this.#incoming.prepend(listener);
    return this;
  }

  /** Removes one catch-all listener, or all. */
  offAny(listener?: CatchAllListener): this {
    this.#incoming?.remove(listener);
    return this;
  }

  listenersAny(): CatchAllListener[] {
    return this.#incoming?.list ?? [];
  }

  /** Adds a listener of every outgoing event, called before it is written. */
  onAnyOutgoing(listener: CatchAllListener): this {
    this.#outgoing ??= new CatchAll();
    this.#outgoing.add(listener);
    return this;
  }

  prependAnyOutgoing(listener: CatchAllListener): this {
    this.#outgoing ??= new CatchAll();
    this.#outgoing.prepend(listener);
    return this;
  }

  offAnyOutgoing(listener?: CatchAllListener): this {
    this.#outgoing?.remove(listener);
    return this;
  }

  listenersAnyOutgoing(): CatchAllListener[] {
    return this.#outgoing?.list ?? [];
  }

  // --- called by the adapter, the namespace and the connection ---

  /** The answers that the socket waits for. */
  get pendingAcks(): Acks {
    this.#acks ??= new Acks(this.nsp.clock, this.nsp.report);
    return this.#acks;
  }

  deliver(encoded: Encoded, isVolatile: boolean): void {
    this.client.write(encoded, isVolatile);
  }

  notifyOutgoing(packet: BroadcastPacket | SocketPacket): void {
    const { data } = packet;
    if (this.#outgoing === undefined || !Array.isArray(data)) return;
    this.#outgoing.call(this, data, this.nsp.report);
  }

  expectAck(id: number, onAck: AckListener): void {
    // A client that owes too many answers keeps the broadcast from nobody else: it counts as one that does not answer.
    guard(this.nsp.report, () => this.pendingAcks.expect(id, onAck, undefined));
  }

  forgetAck(id: number): void {
    this.#acks?.delete(id);
  }

  onPacket(packet: SocketPacket): void {
    if (!this.connected) return;
    if (packet.type === PacketType.EVENT) this.#takeEvent(packet);
    else if (packet.type === PacketType.ACK) this.#onAck(packet);
    else if (packet.type === PacketType.DISCONNECT) this.onClose("client namespace disconnect");
  }

  /** The middleware let the socket in: it joins its own room and tells the client. */
  onConnect(): void {
    this.connected = true;
    guard(this.nsp.report, () => this.join(this.id));
    this.client.announce({ type: PacketType.CONNECT, nsp: this.nsp.name, data: this.greet() });
    this.client.addSocket(this);
  }

  onError(error: Error): void {
    this.fire("error", [error]);
  }

  /** The socket is disconnected, for whatever reason (server.md §9.5 states the order). */
  onClose(reason: DisconnectReason, description?: unknown): void {
    if (!this.connected || this.#membership !== "in") return;
    this.#membership = "leaving";
    this.fire("disconnecting", [reason, description]);
    this.onLeaving(reason);
    this.discard();
    this.connected = false;
    this.fire("disconnect", [reason, description]);
  }

  /** Leaves everything, silently: also the end of a socket that was refused, or lost, while in middleware. */
  discard(): void {
    if (this.#membership === "out") return;
    this.#membership = "out";
    this.nsp.adapter.delAll(this.id);
    this.nsp.remove(this);
    this.client.removeSocket(this);
  }

  /** SIO §33: a client of revision 4 expects no data with its CONNECT. */
  protected greet(): Record<string, unknown> | undefined {
    return this.conn.protocol === 3 ? undefined : { sid: this.id };
  }

  protected onLeaving(_reason: DisconnectReason): void {}

  protected transmit(packet: SocketPacket, flags: BroadcastFlags): void {
    this.notifyOutgoing(packet);
    this.deliver(this.nsp.encode(packet, flags.compress !== false), flags.volatile === true);
  }

  /** SEC §2: a client that sends more events than it may is told by an acknowledgement, and leaves. */
  #takeEvent(packet: SocketPacket): void {
    const { events } = this.nsp.limits;
    if (events === undefined) {
      this.#onEvent(packet);
      return;
    }
    this.#arrivals ??= new TokenBucket(this.nsp.clock, events);
    if (this.#arrivals.take(1)) {
      this.#onEvent(packet);
      return;
    }
    if (packet.id !== undefined) this.#createAck(packet.id)({ message: "rate limit exceeded" });
    this.client.send({ type: PacketType.DISCONNECT, nsp: this.nsp.name });
    this.onClose("rate limit exceeded");
  }

  #onEvent(packet: SocketPacket): void {
    const args = Array.isArray(packet.data) ? packet.data : [];
    if (packet.id !== undefined) args.push(this.#createAck(packet.id));
    if (this.#incoming !== undefined) this.#incoming.call(this, args, this.nsp.report);
    if (this.#middlewares === undefined) this.#dispatch(args);
    else this.#filter(args, this.#middlewares);
  }

  /** server.md §8.3: a catch-all listener, or middleware, may have disconnected the socket. */
  #dispatch(args: unknown[]): void {
    if (this.connected) this.fire(String(args[0]), args.slice(1));
  }

  #filter(args: unknown[], middlewares: readonly EventMiddleware[]): void {
    runChain(
      middlewares,
      (middleware, next) => middleware(args as Event, next),
      this.nsp.report,
      (error) => {
        this.nsp.clock.nextTick(() => {
          if (error) this.fire("error", [error]);
          else this.#dispatch(args);
        });
      },
    );
  }

  /** The function that answers event `id`; only its first call counts (SIO §30). */
  #createAck(id: number): AckListener {
    let isSent = false;
    return (...values) => {
      if (isSent || !this.connected) return;
      this.client.send({ type: PacketType.ACK, nsp: this.nsp.name, id, data: values });
      // Values that cannot be encoded have been thrown to the caller, who may still answer by others.
      isSent = true;
    };
  }

  #onAck(packet: SocketPacket): void {
    if (packet.id === undefined) return;
    this.#acks?.settle(packet.id, Array.isArray(packet.data) ? packet.data : []);
  }

  #takeFlags(): BroadcastFlags {
    const flags = this.#flags;
    this.#flags = NO_FLAGS;
    return flags;
  }

  #withFlag(flag: BroadcastFlags): this {
    this.#flags = { ...this.#flags, ...flag };
    return this;
  }

  #operator(): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.nsp.operator(NO_ROOMS, new Set([this.id]), this.#takeFlags());
  }

  protected override onListenerError(error: unknown): void {
    this.nsp.report(error);
  }
}
