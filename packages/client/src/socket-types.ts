import type { Clock } from "@tautline/events/clock";
import type { AnyListener } from "@tautline/events/types";
import type { OutgoingSocketPacket } from "./codec.ts";
import type { Failure } from "./engine/failure.ts";
import type { CloseDetails } from "./engine/transport.ts";

/** What is known of the end of a connection, beyond the reason. */
export type DisconnectDescription = (Error | CloseDetails) & Partial<Failure>;

/** Why a socket was disconnected (client.md 14.1). */
export type DisconnectReason =
  | "io server disconnect"
  | "io client disconnect"
  | "ping timeout"
  | "transport close"
  | "transport error"
  | "parse error"
  | "forced close";

/** Whatever the peer sent; untyped, since programs read members of it without a check (client.md 15). */
type Untyped = Parameters<AnyListener>[number];

/** What `connect_error` carries; `data` is what the server's middleware said. */
export interface ExtendedError extends Error, Partial<Failure> {
  data?: Untyped;
}

export interface SocketReservedEvents {
  connect: () => void;
  connect_error: (error: ExtendedError) => void;
  disconnect: (reason: DisconnectReason, description?: DisconnectDescription) => void;
}

/** What was said about one event before it was emitted. */
export interface EmitFlags {
  compress?: boolean;
  isVolatile?: boolean;
  timeoutMs?: number;
}

/** An event on its way out. */
export interface EventPacket extends OutgoingSocketPacket {
  /** The name and the arguments. */
  readonly data: readonly unknown[];
}

/** What a socket needs of its manager. */
export interface SocketLink {
  readonly clock: Clock;
  isReconnecting(): boolean;
  send(packet: OutgoingSocketPacket): void;
  /** Throws what `send` would throw of data that cannot be encoded. */
  check(packet: OutgoingSocketPacket): void;
  /** A socket has become inactive. */
  onInactive(): void;
}
