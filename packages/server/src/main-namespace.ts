// What a Server passes on to its main namespace: `io.emit(…)` is `io.of("/").emit(…)` (server.md §4.2, §4.3).

import type { BroadcastOperator, MultipleResponsesOperator } from "@tautline/adapter/broadcast-operator";
import type { Room, SocketId } from "@tautline/adapter/namespace-view";
import type { RemoteSocket } from "@tautline/adapter/remote-socket";
import type {
  AllButLast,
  AnyListener,
  DecorateAcknowledgementsWithTimeoutAndMultipleResponses,
  EventName,
  EventNames,
  EventNamesWithAck,
  EventNamesWithoutAck,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
  NameWithError,
  ReservedOrUserListener,
} from "@tautline/events/types";
import type { ExtendedError } from "./middleware.ts";
import type { Namespace } from "./namespace.ts";
import type { Socket } from "./socket.ts";
import type { ServerReservedEvents } from "./socket-events.ts";

/**
 * The members of a server that stand for those of its main namespace.
 *
 * `on` and its like return that namespace, as upstream's do, although they are typed to return the server
 * (server.md §4.2 S4).
 */
export abstract class MainNamespaceFacade<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ServerSideEvents extends EventsMap,
  SocketData,
> {
  /** The main namespace, `/`. */
  abstract readonly sockets: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>;

  on<Ev extends ServerEventName | EventNames<ServerSideEvents>>(
    event: Ev,
    listener: ServerListener<ListenEvents, EmitEvents, ServerSideEvents, SocketData, Ev>,
  ): this;
  on(event: EventName, listener: AnyListener): unknown {
    return untyped(this.sockets).on(event, listener);
  }

  once<Ev extends ServerEventName | EventNames<ServerSideEvents>>(
    event: Ev,
    listener: ServerListener<ListenEvents, EmitEvents, ServerSideEvents, SocketData, Ev>,
  ): this;
  once(event: EventName, listener: AnyListener): unknown {
    return untyped(this.sockets).once(event, listener);
  }

  addListener<Ev extends ServerEventName | EventNames<ServerSideEvents>>(
    event: Ev,
    listener: ServerListener<ListenEvents, EmitEvents, ServerSideEvents, SocketData, Ev>,
  ): this;
  addListener(event: EventName, listener: AnyListener): unknown {
    return untyped(this.sockets).addListener(event, listener);
  }

  prependListener<Ev extends ServerEventName | EventNames<ServerSideEvents>>(
    event: Ev,
    listener: ServerListener<ListenEvents, EmitEvents, ServerSideEvents, SocketData, Ev>,
  ): this;
  prependListener(event: EventName, listener: AnyListener): unknown {
    return untyped(this.sockets).prependListener(event, listener);
  }

  prependOnceListener<Ev extends ServerEventName | EventNames<ServerSideEvents>>(
    event: Ev,
    listener: ServerListener<ListenEvents, EmitEvents, ServerSideEvents, SocketData, Ev>,
  ): this;
  prependOnceListener(event: EventName, listener: AnyListener): unknown {
    return untyped(this.sockets).prependOnceListener(event, listener);
  }

  off<Ev extends ServerEventName | EventNames<ServerSideEvents>>(
    event: Ev,
    listener: ServerListener<ListenEvents, EmitEvents, ServerSideEvents, SocketData, Ev>,
  ): this;
  off(event: EventName, listener: AnyListener): unknown {
    return untyped(this.sockets).off(event, listener);
  }

  removeListener<Ev extends ServerEventName | EventNames<ServerSideEvents>>(
    event: Ev,
    listener: ServerListener<ListenEvents, EmitEvents, ServerSideEvents, SocketData, Ev>,
  ): this;
  removeListener(event: EventName, listener: AnyListener): unknown {
    return untyped(this.sockets).removeListener(event, listener);
  }

  removeAllListeners(event?: EventName): this;
  removeAllListeners(event?: EventName): unknown {
    return this.sockets.removeAllListeners(event);
  }

  listeners(event: EventName): AnyListener[] {
    return this.sockets.listeners(event);
  }

  rawListeners(event: EventName): AnyListener[] {
    return this.sockets.rawListeners(event);
  }

  listenerCount(event: EventName): number {
    return this.sockets.listenerCount(event);
  }

  eventNames(): EventName[] {
    return this.sockets.eventNames();
  }

  setMaxListeners(count: number): this;
  setMaxListeners(count: number): unknown {
    return this.sockets.setMaxListeners(count);
  }

  getMaxListeners(): number {
    return this.sockets.getMaxListeners();
  }

  /** Adds middleware that every socket of the main namespace passes before it is connected. */
  use(
    middleware: (
      socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>,
      next: (error?: ExtendedError) => void,
    ) => void,
  ): this {
    this.sockets.use(middleware);
    return this;
  }

  /** Sends an event to every socket of the main namespace. */
  emit<Ev extends EventNamesWithoutAck<EmitEvents> & EventName>(
    event: Ev,
    ...args: EventParams<EmitEvents, Ev>
  ): true {
    return this.sockets.emit(event, ...args);
  }

  /** As `emit` with an acknowledgement; a timeout must have been set: `timeout(ms).emitWithAck(…)`. */
  emitWithAck<Ev extends EventNames<EmitEvents>>(
    event: NameWithError<EmitEvents, Ev>,
    ...args: AllButLast<EventParams<EmitEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<EmitEvents, Ev>>>[]> {
    return this.sockets.emitWithAck(event, ...args);
  }

  /** Sends the event `message` to every socket of the main namespace. */
  send(...args: unknown[]): this {
    this.sockets.send(...args);
    return this;
  }

  /** As `send`. */
  write(...args: unknown[]): this {
    return this.send(...args);
  }

  /** Chooses a room, or several. */
  to(room: Room | Room[]): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.sockets.to(room);
  }

  /** As `to`. */
  in(room: Room | Room[]): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.sockets.to(room);
  }

  /** Leaves out a room, or several. */
  except(room: Room | Room[]): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.sockets.except(room);
  }

  get volatile(): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.sockets.volatile;
  }

  get local(): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.sockets.local;
  }

  compress(compress: boolean): MultipleResponsesOperator<EmitEvents, SocketData> {
    return this.sockets.compress(compress);
  }

  /** How long to wait for acknowledgements, in milliseconds. */
  timeout(
    timeoutMs: number,
  ): BroadcastOperator<DecorateAcknowledgementsWithTimeoutAndMultipleResponses<EmitEvents>, SocketData> {
    return this.sockets.timeout(timeoutMs);
  }

  /** The sockets of the main namespace, in the whole cluster. */
  fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]> {
    return this.sockets.fetchSockets();
  }

  socketsJoin(room: Room | Room[]): void {
    this.sockets.socketsJoin(room);
  }

  socketsLeave(room: Room | Room[]): void {
    this.sockets.socketsLeave(room);
  }

  disconnectSockets(close = false): void {
    this.sockets.disconnectSockets(close);
  }

  /** @deprecated use `fetchSockets` */
  allSockets(): Promise<Set<SocketId>> {
    return this.sockets.allSockets();
  }

  /** Sends an event to the other nodes of the cluster. */
  serverSideEmit<Ev extends EventNames<ServerSideEvents>>(
    event: Ev,
    ...args: EventParams<DecorateAcknowledgementsWithTimeoutAndMultipleResponses<ServerSideEvents>, Ev>
  ): true {
    return this.sockets.serverSideEmit(event, ...args);
  }

  /** As `serverSideEmit`, as a promise of the responses. */
  serverSideEmitWithAck<Ev extends EventNamesWithAck<ServerSideEvents>>(
    event: Ev,
    ...args: AllButLast<EventParams<ServerSideEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<ServerSideEvents, Ev>>>[]> {
    return this.sockets.serverSideEmitWithAck(event, ...args);
  }
}

type ServerEventName = "connect" | "connection" | "new_namespace";

type ServerListener<
  L extends EventsMap,
  E extends EventsMap,
  S extends EventsMap,
  D,
  Ev extends ServerEventName | EventNames<S>,
> = ReservedOrUserListener<ServerReservedEvents<L, E, S, D>, S, Ev>;

/** The registry of listeners, below the typing of its events. */
export interface Registry {
  on(event: EventName, listener: AnyListener): unknown;
  once(event: EventName, listener: AnyListener): unknown;
  addListener(event: EventName, listener: AnyListener): unknown;
  prependListener(event: EventName, listener: AnyListener): unknown;
  prependOnceListener(event: EventName, listener: AnyListener): unknown;
  off(event: EventName, listener: AnyListener): unknown;
  removeListener(event: EventName, listener: AnyListener): unknown;
}

export function untyped(namespace: Registry): Registry {
  return namespace;
}
