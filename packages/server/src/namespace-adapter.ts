import type { BroadcastAdapter } from "@tautline/adapter/broadcast-operator";
import type { Room, SocketId } from "@tautline/adapter/namespace-view";
import type { PrivateSessionId, Session, SessionToPersist } from "@tautline/adapter/recovery";
import type { AnyListener, EventName } from "@tautline/events/types";

/**
 * The adapter of a namespace as the server uses it. Ours are, and so are upstream's and those that extend it.
 *
 * Emits `create-room` (room), `join-room` (room, id), `leave-room` (room, id) and `delete-room` (room).
 *
 * @see adapters.md §1
 */
export interface NamespaceAdapter extends BroadcastAdapter {
  readonly nsp: unknown;
  /** Room → its members on this node. Read it freely; sockets change it by `join` and `leave`. */
  readonly rooms: Map<Room, Set<SocketId>>;
  /** Member → its rooms. */
  readonly sids: Map<SocketId, Set<Room>>;
  /** Called once, right after construction. */
  init(): Promise<void> | void;
  /** Called when the server shuts down or the namespace is removed. */
  close(): Promise<void> | void;
  addAll(id: SocketId, rooms: Set<Room>): Promise<void> | void;
  del(id: SocketId, room: Room): Promise<void> | void;
  delAll(id: SocketId): void;
  socketRooms(id: SocketId): Set<Room> | undefined;
  /** The last value may be an acknowledgement: `(error, responses) => void`. */
  serverSideEmit(args: unknown[]): unknown;
  persistSession(session: SessionToPersist): unknown;
  restoreSession(pid: PrivateSessionId, offset: string): Promise<Session | null | undefined>;
  on(event: EventName, listener: AnyListener): unknown;
  once(event: EventName, listener: AnyListener): unknown;
  off(event: EventName, listener: AnyListener): unknown;
  addListener(event: EventName, listener: AnyListener): unknown;
  removeListener(event: EventName, listener: AnyListener): unknown;
  removeAllListeners(event?: EventName): unknown;
  emit(event: EventName, ...args: unknown[]): unknown;
  listenerCount(event: EventName): number;
}

// biome-ignore lint/suspicious/noExplicitAny: an adapter says itself what it needs of its namespace
type AnyNamespace = any;

/** Makes the adapter of a namespace: a class, or a function of any kind. */
export type AdapterFactory =
  | (new (
      namespace: AnyNamespace,
    ) => NamespaceAdapter)
  | ((namespace: AnyNamespace) => NamespaceAdapter);
