import type {
  DecorateAcknowledgements,
  DefaultEventsMap,
  EventName,
  EventNames,
  EventParams,
  EventsMap,
} from "@tautline/events/types";
import { BroadcastOperator, type BroadcastScope } from "./broadcast-operator.ts";
import type { Room, SocketId } from "./namespace-view.ts";

/** What other nodes tell of a socket of theirs. */
export interface RemoteSocketDetails<SocketData> {
  readonly id: SocketId;
  readonly handshake: unknown;
  readonly rooms: Iterable<Room>;
  readonly data: SocketData;
}

/**
 * A socket of another node, as it was when it was fetched. What is done to it travels through the adapter.
 *
 * @see server.md §12
 */
export class RemoteSocket<EmitEvents extends EventsMap = DefaultEventsMap, SocketData = unknown> {
  readonly id: SocketId;
  readonly handshake: unknown;
  readonly rooms: Set<Room>;
  readonly data: SocketData;
  readonly #operator: BroadcastOperator<EmitEvents, SocketData>;

  constructor(scope: BroadcastScope, details: RemoteSocketDetails<SocketData>) {
    this.id = details.id;
    this.handshake = details.handshake;
    this.rooms = new Set(details.rooms);
    this.data = details.data;
    this.#operator = new BroadcastOperator(scope, new Set([this.id]), new Set(), {
      expectSingleResponse: true,
    });
  }

  /** Sends an event to the socket; a function as last argument gets `(err, response)`. */
  emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): true;
  emit(event: EventName, ...args: unknown[]): true {
    return Reflect.apply(this.#operator.emit, this.#operator, [event, ...args]);
  }

  /** How long to wait for an acknowledgement, in milliseconds. */
  timeout(timeoutMs: number): BroadcastOperator<DecorateAcknowledgements<EmitEvents>, SocketData> {
    return this.#operator.timeout(timeoutMs);
  }

  join(room: Room | Room[]): void {
    this.#operator.socketsJoin(room);
  }

  leave(room: Room): void {
    this.#operator.socketsLeave(room);
  }

  disconnect(close = false): this {
    this.#operator.disconnectSockets(close);
    return this;
  }
}
