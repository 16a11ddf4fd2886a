import {
  BroadcastOperator,
  type BroadcastScope,
  type MultipleResponsesOperator,
} from "@tautline/adapter/broadcast-operator";
import { RESERVED_SERVER_EVENTS, refuseReserved } from "@tautline/adapter/errors";
import type { BroadcastFlags, BroadcastPacket, Room, SocketId } from "@tautline/adapter/namespace-view";
import type {
  KeptPacket,
  PrivateSessionId,
  RecoverySettings,
  RecoveryView,
} from "@tautline/adapter/recovery";
import { RemoteSocket, type RemoteSocketDetails } from "@tautline/adapter/remote-socket";
import type { SlowConsumerPolicy } from "@tautline/engine/outbound-packet";
import type { Clock } from "@tautline/events/clock";
import type { Report } from "@tautline/events/guard";
import { GuardedEmitter } from "@tautline/events/guarded-emitter";
import type {
  AllButLast,
  DecorateAcknowledgementsWithMultipleResponses,
  DecorateAcknowledgementsWithTimeoutAndMultipleResponses,
  DefaultEventsMap,
  EventName,
  EventNames,
  EventNamesWithAck,
  EventNamesWithoutAck,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
  NameWithError,
  RemoveAcknowledgements,
} from "@tautline/events/types";
import { PacketType } from "@tautline/protocol/socket-packet";
import type { Connection } from "./connection.ts";
import { untyped } from "./main-namespace.ts";
import { type ExtendedError, type Next, requireMiddleware, runChain } from "./middleware.ts";
import type { AdapterFactory, NamespaceAdapter } from "./namespace-adapter.ts";
import { NamespaceRecovery } from "./namespace-recovery.ts";
import type { SocketLimits } from "./options.ts";
import type { Encoded } from "./parser.ts";
import type { RawSocket } from "./raw-socket.ts";
import { RecoverableSocket } from "./recoverable-socket.ts";
import { type RecoveryPolicy, resolveRecovery } from "./recovery-options.ts";
import type { SocketServer } from "./server.ts";
import { Socket } from "./socket.ts";
import type { NamespaceReservedEvents } from "./socket-events.ts";

/** What a namespace needs of its server. */
export interface NamespaceScope {
  readonly clock: Clock;
  readonly report: Report;
  /** How many rooms one socket may be in. */
  readonly maxRoomsPerSocket: number;
  readonly slowConsumer: SlowConsumerPolicy;
  readonly limits: SocketLimits;
  /** How clients resume; undefined when they do not. */
  readonly recovery: RecoveryPolicy | undefined;
  /** A fresh public id. */
  createId(): SocketId;
  encode(packet: BroadcastPacket, compress: boolean): Encoded;
  encodeToKeep(packet: BroadcastPacket, compress: boolean): KeptPacket<Encoded>;
  decode(encoded: Encoded): unknown[];
}

/**
 * A named channel with its own sockets, rooms and middleware.
 *
 * @example
 * const orders = io.of("/orders");
 * orders.use((socket, next) => next(socket.handshake.auth.token ? undefined : new Error("no token")));
 * orders.on("connection", (socket) => orders.emit("joined", socket.id));
 */
export class Namespace<
    ListenEvents extends EventsMap = DefaultEventsMap,
    EmitEvents extends EventsMap = ListenEvents,
    ServerSideEvents extends EventsMap = DefaultEventsMap,
    // biome-ignore lint/suspicious/noExplicitAny: programs that do not type their data keep what they like in it
    SocketData = any,
  >
  extends GuardedEmitter<
    ServerSideEvents,
    RemoveAcknowledgements<EmitEvents>,
    NamespaceReservedEvents<ListenEvents, EmitEvents, ServerSideEvents, SocketData>
  >
  implements
    RecoveryView<Encoded, Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>>,
    BroadcastScope
{
  readonly name: string;
  /** The server that the namespace belongs to; not typed by its events, of which the other namespaces have others. */
  readonly server: SocketServer;
  /** The connected sockets of this node, by id. */
  readonly sockets: Map<SocketId, Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>> = new Map();
  readonly clock: Clock;
  readonly report: Report;
  /** Called when the last socket has left, none being in middleware either. */
  onEmpty: (() => void) | undefined;
  /** What becomes of events of this namespace for clients that do not read; default as of the server (SEC §4). */
  slowConsumer: SlowConsumerPolicy;
  /** What a socket passes before it is connected, in order. */
  middlewares: ((
    socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    next: Next,
  ) => unknown)[] = [];
  /** The id of the next event that asks for an acknowledgement. */
  upcomingAckId = 0;
  /** The sockets that are in middleware. */
  readonly joining: Set<{ readonly id: SocketId }> = new Set();
  readonly #scope: NamespaceScope;
  readonly #recovery: NamespaceRecovery | undefined;
  #adapter: NamespaceAdapter;

  constructor(server: SocketServer, scope: NamespaceScope, name: string, adapter: AdapterFactory) {
    super();
    this.server = server;
    this.name = name;
    this.#scope = scope;
    this.clock = scope.clock;
    this.report = scope.report;
    this.slowConsumer = scope.slowConsumer;
    this.#recovery = scope.recovery && new NamespaceRecovery(this);
    this.#adapter = this.#createAdapter(adapter);
  }

  /** Keeps the rooms and carries the broadcasts of this namespace. */
  get adapter(): NamespaceAdapter {
    return this.#adapter;
  }

  /**
   * Replaces the adapter, and closes the old one (server.md §2.6 S3). Memberships are not carried over, but of each
   * socket in its own room: by that it is reached, and left out of what it sends to others.
   */
  replaceAdapter(factory: AdapterFactory): void {
    const old = this.#adapter;
    const adapter = this.#createAdapter(factory);
    this.#adapter = adapter;
    for (const id of this.sockets.keys()) this.#settle(() => adapter.addAll(id, new Set([id])));
    this.#settle(() => old.close());
  }

  /**
   * Adds a function that every socket passes before it is connected; `next(error)` refuses it, and the client gets
   * the error's message and `data`.
   */
  use(
    middleware: (
      socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
      next: (error?: ExtendedError) => void,
    ) => void,
  ): this {
    requireMiddleware(middleware);
    this.middlewares = [...this.middlewares, middleware];
    return this;
  }

  /**
   * Sends an event to every socket of the namespace.
   *
   * @throws EmitError `SIO_RESERVED_EVENT`
   */
  override emit<Ev extends EventNamesWithoutAck<EmitEvents> & EventName>(
    event: Ev,
    ...args: EventParams<EmitEvents, Ev>
  ): true;
  override emit(event: EventName, ...args: unknown[]): true {
    const operator = this.operator();
    return Reflect.apply(operator.emit, operator, [event, ...args]);
  }

  /** As `emit` with an acknowledgement; a timeout must have been set: `timeout(ms).emitWithAck(…)`. */
  emitWithAck<Ev extends EventNames<EmitEvents>>(
    event: NameWithError<EmitEvents, Ev>,
    ...args: AllButLast<EventParams<EmitEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<EmitEvents, Ev>>>[]>;
  emitWithAck(event: EventName, ...args: unknown[]): Promise<unknown> {
    const operator = this.operator();
    return Reflect.apply(operator.emitWithAck, operator, [event, ...args]);
  }

  /** Sends the event `message` to every socket. */
  send(...args: unknown[]): this {
    // Programs replace `emit`, on a namespace or for all: theirs is called.
    Reflect.apply(this.emit, this, ["message", ...args]);
    return this;
  }

  /** As `send`. */
  write(...args: unknown[]): this {
    return this.send(...args);
  }

  /** Chooses a room, or several. */
  to(room: Room | Room[]): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.operator().to(room);
  }

  /** As `to`. */
  in(room: Room | Room[]): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.operator().to(room);
  }

  /** Leaves out a room, or several. */
  except(room: Room | Room[]): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.operator().except(room);
  }

  get volatile(): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.operator().volatile;
  }

  get local(): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.operator().local;
  }

  compress(compress: boolean): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.operator().compress(compress);
  }

  /** How long to wait for acknowledgements, in milliseconds. */
  timeout(
    timeoutMs: number,
  ): BroadcastOperator<DecorateAcknowledgementsWithTimeoutAndMultipleResponses<EmitEvents>, SocketData> {
    return this.operator().timeout(timeoutMs);
  }

  fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]> {
    return new BroadcastOperator<EmitEvents, SocketData>(this).fetchSockets();
  }

  socketsJoin(room: Room | Room[]): void {
    this.operator().socketsJoin(room);
  }

  socketsLeave(room: Room | Room[]): void {
    this.operator().socketsLeave(room);
  }

  disconnectSockets(close = false): void {
    this.operator().disconnectSockets(close);
  }

  /** @deprecated use `fetchSockets` */
  allSockets(): Promise<Set<SocketId>> {
    return this.operator().allSockets();
  }

  /**
   * Sends an event to the other nodes of the cluster; a function as last argument gets `(err, responses)`.
   *
   * @throws EmitError `SIO_RESERVED_EVENT`
   */
  serverSideEmit<Ev extends EventNames<ServerSideEvents>>(
    event: Ev,
    ...args: EventParams<DecorateAcknowledgementsWithTimeoutAndMultipleResponses<ServerSideEvents>, Ev>
  ): true;
  serverSideEmit(event: EventName, ...args: unknown[]): true {
    refuseReserved(event, RESERVED_SERVER_EVENTS);
    this.adapter.serverSideEmit([event, ...args]);
    return true;
  }

  /** As `serverSideEmit`, as a promise of the responses. */
  serverSideEmitWithAck<Ev extends EventNamesWithAck<ServerSideEvents>>(
    event: Ev,
    ...args: AllButLast<EventParams<ServerSideEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<ServerSideEvents, Ev>>>[]>;
  serverSideEmitWithAck(event: EventName, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      refuseReserved(event, RESERVED_SERVER_EVENTS);
      this.adapter.serverSideEmit([
        event,
        ...args,
        (error: Error | null, responses: unknown) =>
          error ? reject(Object.assign(error, { responses })) : resolve(responses),
      ]);
    });
  }

  // --- called by the server, its sockets and its adapter ---

  /** An operator of this namespace. */
  operator(
    rooms?: ReadonlySet<Room>,
    except?: ReadonlySet<Room>,
    flags?: BroadcastFlags,
  ): MultipleResponsesOperator<EmitEvents, SocketData> {
    return new BroadcastOperator<DecorateAcknowledgementsWithMultipleResponses<EmitEvents>, SocketData>(
      this,
      rooms,
      except,
      flags,
    );
  }

  present(found: unknown): unknown {
    if (found instanceof Socket) return found;
    return new RemoteSocket(this, found as RemoteSocketDetails<SocketData>);
  }

  encode(packet: BroadcastPacket, compress: boolean): Encoded {
    const encoded = this.#scope.encode(packet, compress);
    if (this.slowConsumer !== "disconnect" && packet.type === PacketType.EVENT) this.#markDroppable(encoded);
    return encoded;
  }

  encodeToKeep(packet: BroadcastPacket, compress: boolean): KeptPacket<Encoded> {
    const kept = this.#scope.encodeToKeep(packet, compress);
    if (this.slowConsumer !== "disconnect") this.#markDroppable(kept.encoded);
    return kept;
  }

  decode(encoded: Encoded): unknown[] {
    return this.#scope.decode(encoded);
  }

  /** How much is kept for clients that may come back, and for how long. */
  get recovery(): RecoverySettings {
    return this.#scope.recovery ?? resolveRecovery();
  }

  /** A fresh secret, by which a client continues its session. */
  createPid(): PrivateSessionId {
    return this.#scope.createId();
  }

  nextAckId(): number {
    const id = this.upcomingAckId;
    this.upcomingAckId += 1;
    return id;
  }

  get limits(): SocketLimits {
    return this.#scope.limits;
  }

  get maxRoomsPerSocket(): number {
    return this.#scope.maxRoomsPerSocket;
  }

  /** Takes over middleware and connection listeners, as they are now. */
  inherit(parent: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>): void {
    this.middlewares = [...parent.middlewares];
    this.slowConsumer = parent.slowConsumer;
    for (const event of ["connect", "connection"] as const) {
      for (const listener of parent.listeners(event)) untyped(this).on(event, listener);
    }
  }

  /** The public id of a socket; a client of revision 4 derives it from its session (SIO §33). */
  createSocketId(conn: RawSocket): SocketId {
    if (conn.protocol !== 3) return this.#scope.createId();
    return this.name === "/" ? conn.id : `${this.name}#${conn.id}`;
  }

  /** Lets a connection in, once all middleware agrees (server.md §8.1). */
  admit(connection: Connection, auth: Record<string, unknown>): void {
    const recovery = this.#recovery;
    // SIO §33: a client of revision 4 knows nothing of recovery.
    if (recovery === undefined || connection.conn.protocol === 3) {
      this.#enter(new Socket(this, connection, auth));
      return;
    }
    recovery.admit(connection, auth, (admission) =>
      this.#enter(new RecoverableSocket(this, connection, auth, admission, recovery)),
    );
  }

  #enter(socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>): void {
    this.joining.add(socket);
    socket.client.addJoining(socket);
    if (socket.recovered && this.#scope.recovery?.skipsMiddleware) {
      this.#conclude(socket, undefined);
      return;
    }
    runChain(
      this.middlewares,
      (middleware, next) => middleware(socket, next),
      this.report,
      (error) => this.clock.nextTick(() => this.#conclude(socket, error)),
    );
  }

  /** A socket has left, or will not come. */
  remove(socket: { readonly id: SocketId }): void {
    this.joining.delete(socket);
    this.sockets.delete(socket.id);
    this.checkEmpty();
  }

  /** Tells when nobody is left who is in, is coming in or may come back. */
  checkEmpty(): void {
    if (this.sockets.size > 0 || this.joining.size > 0 || this.#recovery?.isAwaiting) return;
    this.onEmpty?.();
  }

  /** The namespace is removed. */
  closeAdapter(): void {
    this.#settle(() => this.#adapter.close());
  }

  /** The server shuts down: clients see their connection close, and come back. */
  async shutDown(): Promise<void> {
    for (const socket of [...this.sockets.values()]) socket.onClose("server shutting down");
    await this.adapter.close();
  }

  #conclude(
    socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
    error: ExtendedError | undefined,
  ): void {
    const { client } = socket;
    // The client has left meanwhile, and the socket with it.
    if (!this.joining.has(socket)) return;
    if (client.conn.readyState !== "open") {
      socket.discard();
      return;
    }
    if (error) {
      socket.discard();
      client.refuse(this.name, describeRefusal(error, client.conn.protocol));
      return;
    }
    // What it has missed grew past the limits while middleware took its time: the client asks again, and is told.
    if (socket instanceof RecoverableSocket && !socket.replay()) {
      socket.discard();
      client.close();
      return;
    }
    this.joining.delete(socket);
    this.sockets.set(socket.id, socket);
    socket.onConnect();
    this.fire("connect", [socket]);
    this.fire("connection", [socket]);
  }

  protected override onListenerError(error: unknown): void {
    this.report(error);
  }

  /** The policy stands in the packets themselves, which all receivers share (SEC §4). */
  #markDroppable(encoded: Encoded): void {
    encoded.forEach((one, index) => {
      one.slowConsumer = this.slowConsumer;
      one.isPart = index > 0;
    });
  }

  #createAdapter(factory: AdapterFactory): NamespaceAdapter {
    const adapter = isConstructible(factory) ? new factory(this) : factory(this);
    this.#settle(() => adapter.init());
    return adapter;
  }

  /** Runs a hook of the adapter; that it fails is reported and stops nothing. */
  #settle(hook: () => Promise<void> | void): void {
    try {
      const result = hook();
      if (result instanceof Promise) result.catch(this.report);
    } catch (error) {
      this.report(error);
    }
  }
}

/** CONNECT_ERROR data: an object; for a client of revision 4 the error's own data or message (SIO §33). */
function describeRefusal(error: ExtendedError, protocol: number): unknown {
  if (protocol === 3) return error.data || error.message;
  return error.data === undefined ? { message: error.message } : { message: error.message, data: error.data };
}

/** Arrow functions and methods cannot be called with `new`; ordinary functions and classes can. */
function isConstructible(factory: AdapterFactory): factory is new (namespace: unknown) => NamespaceAdapter {
  return "prototype" in factory && factory.prototype !== undefined;
}
