// The in-memory adapter: who is in which room on this node, and who therefore receives a broadcast.
// Cluster adapters extend it (adapters.md §1). `rooms` and `sids` mirror each other at every moment.

import { GuardedEmitter } from "@tautline/events/guarded-emitter";
import type {
  AdapterSocket,
  BroadcastOptions,
  BroadcastPacket,
  NamespaceView,
  Room,
  SocketId,
} from "./namespace-view.ts";
import type { PrivateSessionId, Session, SessionToPersist } from "./recovery.ts";
import { selectSockets } from "./select.ts";

/** The values of one socket's answer to an acknowledged broadcast. */
export type AckHandler = (...values: unknown[]) => void;

/**
 * Keeps rooms and broadcasts within one node; one instance per namespace.
 *
 * Emits `create-room` (room), `join-room` (room, id), `leave-room` (room, id) and `delete-room` (room),
 * synchronously and on real changes only.
 */
export class Adapter<
  S extends AdapterSocket<Encoded> = AdapterSocket<never>,
  Encoded = Parameters<S["deliver"]>[0],
> extends GuardedEmitter {
  readonly nsp: NamespaceView<Encoded, S>;
  /** Room → its members on this node. Read it freely; change it through `addAll`, `del` and `delAll`. */
  readonly rooms: Map<Room, Set<SocketId>> = new Map();
  /** Member → its rooms. */
  readonly sids: Map<SocketId, Set<Room>> = new Map();

  constructor(nsp: NamespaceView<Encoded, S>) {
    super();
    this.nsp = nsp;
  }

  /** Called once by the namespace, right after construction. */
  init(): Promise<void> | void {}

  /** Called when the server shuts down or the namespace is removed. */
  close(): Promise<void> | void {}

  /** How many nodes the cluster has, this one included. */
  serverCount(): Promise<number> {
    return Promise.resolve(1);
  }

  /** Lets a socket join rooms. */
  addAll(id: SocketId, rooms: Set<Room>): Promise<void> | void {
    let joined = this.sids.get(id);
    if (joined === undefined) {
      joined = new Set();
      this.sids.set(id, joined);
    }
    for (const room of rooms) {
      // A room listener may have sent the socket away.
      if (this.sids.get(id) !== joined) return;
      if (joined.has(room)) continue;
      joined.add(room);
      this.#enter(room, id);
    }
  }

  /** Lets a socket leave one room. */
  del(id: SocketId, room: Room): Promise<void> | void {
    if (this.sids.get(id)?.delete(room)) this.#exit(room, id);
  }

  /** Lets a socket leave all rooms, and forgets it. */
  delAll(id: SocketId): void {
    const joined = this.sids.get(id);
    if (joined === undefined) return;
    for (const room of joined) this.#exit(room, id);
    this.sids.delete(id);
  }

  /** Encodes the packet once and queues it for every target. */
  broadcast(packet: BroadcastPacket, options: BroadcastOptions): Promise<void> | void {
    packet.nsp = this.nsp.name;
    this.deliverTo(options, packet, this.nsp.encode(packet, options.flags?.compress !== false));
  }

  /**
   * As `broadcast`, asking for acknowledgements: `onClientCount` is told the number of targets on this node, once,
   * and `ack` gets the values of each answer. Returns a function that stops the wait on every target.
   */
  broadcastWithAck(
    packet: BroadcastPacket,
    options: BroadcastOptions,
    onClientCount: (count: number) => void,
    ack: AckHandler,
  ): (() => void) | undefined {
    const id = this.nsp.nextAckId();
    packet.id = id;
    packet.nsp = this.nsp.name;
    const isVolatile = options.flags?.volatile === true;
    const encoded = this.nsp.encode(packet, options.flags?.compress !== false);
    const targets: S[] = [];
    this.apply(options, (socket) => {
      targets.push(socket);
      socket.expectAck(id, ack);
      socket.notifyOutgoing(packet);
      socket.deliver(encoded, isVolatile);
    });
    onClientCount(targets.length);
    return () => {
      for (const socket of targets) socket.forgetAck(id);
    };
  }

  /** The ids in any of the rooms, on this node; all ids when no room is given. */
  sockets(rooms: Set<Room>): Promise<Set<SocketId>> {
    const ids = new Set<SocketId>();
    this.apply({ rooms }, (_socket, id) => ids.add(id));
    return Promise.resolve(ids);
  }

  /** The live set of a socket's rooms. */
  socketRooms(id: SocketId): Set<Room> | undefined {
    return this.sids.get(id);
  }

  fetchSockets(options: BroadcastOptions): Promise<S[]> {
    const found: S[] = [];
    this.apply(options, (socket) => found.push(socket));
    return Promise.resolve(found);
  }

  addSockets(options: BroadcastOptions, rooms: Room[]): void {
    this.apply(options, (socket) => socket.join(rooms));
  }

  delSockets(options: BroadcastOptions, rooms: Room[]): void {
    this.apply(options, (socket) => {
      for (const room of rooms) socket.leave(room);
    });
  }

  disconnectSockets(options: BroadcastOptions, close: boolean): void {
    this.apply(options, (socket) => socket.disconnect(close));
  }

  /**
   * Sends an event to the other nodes, of which this adapter knows none: an acknowledgement is called at once
   * with `(null, [])`.
   */
  serverSideEmit(args: unknown[]): void {
    const ack = args.at(-1);
    if (typeof ack === "function") ack(null, []);
  }

  /** Saves a lost socket, for a client that may come back; here nothing is kept. */
  persistSession(_session: SessionToPersist): Promise<void> | void {}

  /** Hands out a saved session, with the events that its client missed; here there is none. */
  restoreSession(_pid: PrivateSessionId, _offset: string): Promise<Session | null> {
    return Promise.resolve(null);
  }

  /** Queues an encoded packet for every target; `packet` is what `onAnyOutgoing` listeners are shown of it. */
  protected deliverTo(options: BroadcastOptions, packet: BroadcastPacket, encoded: Encoded): void {
    const isVolatile = options.flags?.volatile === true;
    this.apply(options, (socket) => {
      socket.notifyOutgoing(packet);
      socket.deliver(encoded, isVolatile);
    });
  }

  /** Calls `visit` with every target on this node. */
  protected apply(options: BroadcastOptions, visit: (socket: S, id: SocketId) => void): void {
    selectSockets(this.rooms, this.nsp.sockets, options, visit);
  }

  #enter(room: Room, id: SocketId): void {
    const members = this.rooms.get(room);
    if (members !== undefined) {
      members.add(id);
    } else {
      this.rooms.set(room, new Set([id]));
      this.emit("create-room", room);
      if (!this.rooms.get(room)?.has(id)) return;
    }
    this.emit("join-room", room, id);
  }

  #exit(room: Room, id: SocketId): void {
    const members = this.rooms.get(room);
    if (!members?.delete(id)) return;
    this.emit("leave-room", room, id);
    if (members.size === 0 && this.rooms.delete(room)) this.emit("delete-room", room);
  }

  /** A listener that fails leaves no membership behind half changed. */
  protected override onListenerError(error: unknown): void {
    if (this.nsp.report === undefined) throw error;
    this.nsp.report(error);
  }
}
