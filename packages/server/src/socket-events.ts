// The reserved events of the classes that programs listen to, and the reasons they carry.

import type { EventsMap } from "@tautline/events/types";
import type { Namespace } from "./namespace.ts";
import type { Socket } from "./socket.ts";

/** Why a socket was disconnected (server.md §10). */
export type DisconnectReason =
  | "transport error"
  | "transport close"
  | "forced close"
  | "ping timeout"
  | "parse error"
  | "slow consumer"
  | "rate limit exceeded"
  | "server shutting down"
  | "forced server close"
  | "client namespace disconnect"
  | "server namespace disconnect";

export interface SocketReservedEvents {
  /** The socket is about to leave its rooms. */
  disconnecting: (reason: DisconnectReason, description?: unknown) => void;
  /** The socket has left its rooms. */
  disconnect: (reason: DisconnectReason, description?: unknown) => void;
  /** A message of the client could not be decoded, or event middleware refused an event. */
  error: (error: Error) => void;
}

export interface NamespaceReservedEvents<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ServerSideEvents extends EventsMap,
  SocketData,
> {
  /** A socket is connected; `connect` listeners are called before `connection` listeners. */
  connect: (socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void;
  connection: (socket: Socket<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void;
}

export interface ServerReservedEvents<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ServerSideEvents extends EventsMap,
  SocketData,
> extends NamespaceReservedEvents<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
  /** A namespace other than `/` was created. */
  new_namespace: (namespace: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) => void;
}
