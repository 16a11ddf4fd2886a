// What an adapter sees of its namespace. The server's Namespace implements it; the adapter never imports the server.

/** The public id of a socket. */
export type SocketId = string;

/** The name of a room. */
export type Room = string;

/** A socket packet as adapters pass it on: `nsp` and `id` are set by the node that delivers it. */
export interface BroadcastPacket {
  type: number;
  data?: unknown;
  nsp?: string | undefined;
  id?: number | undefined;
}

export interface BroadcastFlags {
  /** Drop the packet for a receiver that cannot take it at once. */
  volatile?: boolean | undefined;
  /** Compress the packet where the transport can; `undefined` means yes. */
  compress?: boolean | undefined;
  /** Reach the sockets of this node only. */
  local?: boolean | undefined;
  broadcast?: boolean | undefined;
  binary?: boolean | undefined;
  /** How long to wait for acknowledgements, in milliseconds. */
  timeout?: number | undefined;
  /** The broadcast has one receiver, whose answer is wanted alone. */
  expectSingleResponse?: boolean | undefined;
}

export interface BroadcastOptions {
  /** The sockets in any of these; every socket of the namespace when empty. */
  rooms: Set<Room>;
  /** Minus the sockets in any of these. */
  except?: Set<Room> | undefined;
  flags?: BroadcastFlags | undefined;
}

/** A socket of this node, as far as an adapter needs it. `Encoded` is opaque here: only the namespace reads it. */
export interface AdapterSocket<Encoded> {
  readonly id: SocketId;
  /** Queues an encoded packet; a `volatile` one is dropped when it could not be written at once. */
  deliver(encoded: Encoded, volatile: boolean): void;
  /** Tells `onAnyOutgoing` listeners of a packet that is about to be delivered. */
  notifyOutgoing(packet: BroadcastPacket): void;
  /** Calls `onAck` with the values of the socket's first answer to packet `id`. */
  expectAck(id: number, onAck: (...values: unknown[]) => void): void;
  /** Stops waiting for the answer to packet `id`. */
  forgetAck(id: number): void;
  join(rooms: Room | Room[]): Promise<void> | void;
  leave(room: Room): Promise<void> | void;
  disconnect(close?: boolean): unknown;
}

export interface NamespaceView<Encoded = unknown, S extends AdapterSocket<Encoded> = AdapterSocket<Encoded>> {
  readonly name: string;
  /** The connected sockets of this node. */
  readonly sockets: ReadonlyMap<SocketId, S>;
  /** Where errors of room listeners go; without it they are thrown to whoever changes the room. */
  readonly report?: (error: unknown) => void;
  /** Encodes a packet once, for all of its receivers. */
  encode(packet: BroadcastPacket, compress: boolean): Encoded;
  /** The next id of the counter that all acknowledged events of the namespace share. */
  nextAckId(): number;
}
