import type { Clock } from "@tautline/events/clock";
import { guard, type Report } from "@tautline/events/guard";
import type {
  AllButLast,
  DecorateAcknowledgements,
  DecorateAcknowledgementsWithMultipleResponses,
  DefaultEventsMap,
  EventName,
  EventNames,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
  NameWithError,
  TypedEventBroadcaster,
} from "@tautline/events/types";
import { PacketType } from "@tautline/protocol/socket-packet";
import { AckCollector, type CollectedAck } from "./ack-collector.ts";
import { AckTimeoutError, refuseName } from "./errors.ts";
import type { BroadcastFlags, BroadcastOptions, BroadcastPacket, Room, SocketId } from "./namespace-view.ts";
import type { RemoteSocket } from "./remote-socket.ts";

/** The part of an adapter that broadcasts need: a custom adapter need not extend ours. */
export interface BroadcastAdapter {
  broadcast(packet: BroadcastPacket, options: BroadcastOptions): unknown;
  broadcastWithAck(
    packet: BroadcastPacket,
    options: BroadcastOptions,
    onClientCount: (count: number) => void,
    ack: (...values: unknown[]) => void,
  ): unknown;
  serverCount(): Promise<number>;
  sockets(rooms: Set<Room>): Promise<Set<SocketId>>;
  fetchSockets(options: BroadcastOptions): Promise<unknown[]>;
  addSockets(options: BroadcastOptions, rooms: Room[]): unknown;
  delSockets(options: BroadcastOptions, rooms: Room[]): unknown;
  disconnectSockets(options: BroadcastOptions, close: boolean): unknown;
}

/** Where an operator broadcasts: the adapter in force at the moment of the call, and the time. */
export interface BroadcastScope {
  readonly adapter: BroadcastAdapter;
  readonly clock: Clock;
  /** Where what an acknowledgement throws goes. */
  readonly report: Report;
  /** A fetched socket as programs see it: one of this node is itself, one of another node a RemoteSocket. */
  present(found: unknown): unknown;
}

const NO_ROOMS: ReadonlySet<Room> = new Set();

/**
 * Chooses receivers and sends to them. Immutable: each chaining call returns a new operator.
 *
 * @example
 * io.to("room1").except("room2").timeout(500).emit("ping", (err, answers) => {});
 * @see server.md §11
 */
export class BroadcastOperator<EmitEvents extends EventsMap = DefaultEventsMap, SocketData = unknown>
  implements TypedEventBroadcaster<EmitEvents>
{
  readonly #scope: BroadcastScope;
  readonly #rooms: ReadonlySet<Room>;
  readonly #except: ReadonlySet<Room>;
  readonly #flags: BroadcastFlags;

  constructor(
    scope: BroadcastScope,
    rooms: ReadonlySet<Room> = NO_ROOMS,
    except: ReadonlySet<Room> = NO_ROOMS,
    flags: BroadcastFlags = {},
  ) {
    this.#scope = scope;
    this.#rooms = rooms;
    this.#except = except;
    this.#flags = flags;
  }

  /** Adds a room, or several, to the receivers: a socket in any of them receives. */
  to(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return new BroadcastOperator(this.#scope, union(this.#rooms, room), this.#except, this.#flags);
  }

  /** As `to`. */
  in(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.to(room);
  }

  /** Leaves out the sockets in a room, or in any of several. */
  except(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return new BroadcastOperator(this.#scope, this.#rooms, union(this.#except, room), this.#flags);
  }

  /** Whether the packets may be compressed; they may unless told otherwise. */
  compress(compress: boolean): BroadcastOperator<EmitEvents, SocketData> {
    return this.#with({ compress });
  }

  /** Drops the packet for each receiver that cannot take it at once. */
  get volatile(): BroadcastOperator<EmitEvents, SocketData> {
    return this.#with({ volatile: true });
  }

  /** Reaches the sockets of this node only. */
  get local(): BroadcastOperator<EmitEvents, SocketData> {
    return this.#with({ local: true });
  }

  /** How long to wait for acknowledgements, in milliseconds. */
  timeout(timeoutMs: number): BroadcastOperator<DecorateAcknowledgements<EmitEvents>, SocketData> {
    return new BroadcastOperator(this.#scope, this.#rooms, this.#except, {
      ...this.#flags,
      timeout: timeoutMs,
    });
  }

  /**
   * Sends an event to the receivers. A function as last argument asks each of them for an acknowledgement and gets
   * `(err, responses)`: `err` is an {@link AckTimeoutError} when some did not answer within `timeout`.
   *
   * @throws for a reserved event name
   */
  emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): true;
  emit(event: EventName, ...args: unknown[]): true {
    refuseName(event);
    const ack = args.at(-1);
    if (typeof ack !== "function") {
      const packet = { type: PacketType.EVENT, data: [event, ...args] };
      this.#watch(this.#scope.adapter.broadcast(packet, this.#options()));
      return true;
    }
    const data = [event, ...args.slice(0, -1)];
    this.#emitWithAcks(data, (error, responses) => ack(error, responses));
    return true;
  }

  /**
   * As `emit` with an acknowledgement, as a promise of the responses.
   *
   * @throws an {@link AckTimeoutError} whose `responses` holds what had come by then
   */
  emitWithAck<Ev extends EventNames<EmitEvents>>(
    event: NameWithError<EmitEvents, Ev>,
    ...args: AllButLast<EventParams<EmitEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<EmitEvents, Ev>>>>;
  emitWithAck(event: EventName, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onDone: CollectedAck = (error, responses) => {
        if (error === null) return resolve(responses);
        if (error instanceof AckTimeoutError) error.responses = responses;
        reject(error);
      };
      // Programs replace `emit` for all operators: theirs is called.
      Reflect.apply(this.emit, this, [event, ...args, onDone]);
    });
  }

  /** The matching sockets: those of this node themselves, those of others as `RemoteSocket`. */
  async fetchSockets<Data = SocketData>(): Promise<RemoteSocket<EmitEvents, Data>[]>;
  async fetchSockets(): Promise<unknown[]> {
    const found = await this.#scope.adapter.fetchSockets(this.#options());
    return found.map((socket) => this.#scope.present(socket));
  }

  /** Lets the matching sockets join rooms. */
  socketsJoin(room: Room | Room[]): void {
    this.#watch(this.#scope.adapter.addSockets(this.#options(), Array.isArray(room) ? room : [room]));
  }

  /** Lets the matching sockets leave rooms. */
  socketsLeave(room: Room | Room[]): void {
    this.#watch(this.#scope.adapter.delSockets(this.#options(), Array.isArray(room) ? room : [room]));
  }

  /** Disconnects the matching sockets; with `close`, their whole connections. */
  disconnectSockets(close = false): void {
    this.#watch(this.#scope.adapter.disconnectSockets(this.#options(), close));
  }

  /**
   * The ids of the sockets in the rooms.
   * @deprecated use `fetchSockets`
   */
  allSockets(): Promise<Set<SocketId>> {
    return this.#scope.adapter.sockets(new Set(this.#rooms));
  }

  /** Who is chosen so far, and the adapter that reaches them. */
  get target(): BroadcastOptions & { readonly adapter: BroadcastAdapter } {
    return { ...this.#options(), adapter: this.#scope.adapter };
  }

  #with(flags: BroadcastFlags): BroadcastOperator<EmitEvents, SocketData> {
    return new BroadcastOperator(this.#scope, this.#rooms, this.#except, { ...this.#flags, ...flags });
  }

  /** Fresh sets, because adapters may keep what they are given. */
  #options(): BroadcastOptions {
    return { rooms: new Set(this.#rooms), except: new Set(this.#except), flags: this.#flags };
  }

  #emitWithAcks(data: unknown[], onDone: CollectedAck): void {
    const { adapter, clock, report } = this.#scope;
    const { timeout, expectSingleResponse, local } = this.#flags;
    const onCollected: CollectedAck = (error, responses) => guard(report, () => onDone(error, responses));
    // server.md §14 S15: without a timeout the wait is over at once, unless nobody had to be asked.
    const collector = new AckCollector(clock, timeout ?? 1, expectSingleResponse === true, onCollected);
    const forget = this.#broadcastWithAck(adapter, data, collector);
    if (typeof forget === "function") collector.onTimeout = () => forget();
    // S16: a local broadcast waits for this node alone.
    if (local) collector.expectNodes(1);
    else adapter.serverCount().then((count) => collector.expectNodes(count), report);
  }

  #broadcastWithAck(adapter: BroadcastAdapter, data: unknown[], collector: AckCollector): unknown {
    const packet: BroadcastPacket = { type: PacketType.EVENT, data };
    try {
      return adapter.broadcastWithAck(
        packet,
        this.#options(),
        (count) => collector.addTargets(count),
        (value) => collector.addAnswer(value),
      );
    } catch (error) {
      // What cannot be encoded was sent to nobody: the caller is told by this alone.
      collector.abandon();
      throw error;
    }
  }

  /** An adapter may work on after it has returned; nobody waits for it. */
  #watch(work: unknown): void {
    if (work instanceof Promise) work.catch(this.#scope.report);
  }
}

/** What broadcasts that go to several receivers are typed with. */
export type MultipleResponsesOperator<EmitEvents extends EventsMap, SocketData> = BroadcastOperator<
  DecorateAcknowledgementsWithMultipleResponses<EmitEvents>,
  SocketData
>;

function union(rooms: ReadonlySet<Room>, added: Room | Room[]): Set<Room> {
  const all = new Set(rooms);
  for (const room of Array.isArray(added) ? added : [added]) all.add(room);
  return all;
}
