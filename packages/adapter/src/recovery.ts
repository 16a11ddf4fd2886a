// What a server, its adapters and its sockets say to each other about recovery (server.md §16, adapters.md §1.4).

import type { Clock } from "@tautline/events/clock";
import type { AdapterSocket, BroadcastPacket, NamespaceView, Room, SocketId } from "./namespace-view.ts";

/** Secret of a client: whoever presents it continues the session. */
export type PrivateSessionId = string;

/** What is kept of a socket whose connection was lost. */
export interface SessionToPersist {
  readonly sid: SocketId;
  readonly pid: PrivateSessionId;
  readonly rooms: Room[];
  readonly data: unknown;
  /** How far the client is known to have come. Adapters that do not ask for it need not keep it. */
  readonly progress?: SessionProgress | undefined;
}

/** What is known of a session's place in the history, besides the offset that its client will present. */
export interface SessionProgress {
  /** The position at which the session began: nothing before concerns it. */
  readonly start: string;
  /** The offset of an earlier session that the client held then: presented again, it means "nothing received". */
  readonly staleOffset?: string | undefined;
  /** What was sent before has arrived, since a heartbeat was answered behind it. Milliseconds since the epoch. */
  readonly receivedUntilMs: number;
}

/** A session that an adapter gives back, with the events that its client missed: name, arguments and offset. */
export interface Session extends SessionToPersist {
  readonly missedPackets: unknown[][];
}

/**
 * Why a client that asked for its session got a new one.
 *
 * - `missing offset`: it presented none, and the adapter can do nothing without.
 * - `unknown session`: never saved, forgotten since, or dropped because there were too many.
 * - `expired session`: it came back later than `maxDisconnectionDuration`.
 * - `unknown offset`: not a position of this history; a client has come from another server.
 * - `trimmed history`: something that it may have missed is gone: the history is bounded.
 * - `refused by adapter`: an adapter of the program's own has nothing for it, without saying why.
 * - `adapter error`: the adapter failed; the error went to `onError`.
 */
export type RecoveryRefusal =
  | "missing offset"
  | "unknown session"
  | "expired session"
  | "unknown offset"
  | "trimmed history"
  | "refused by adapter"
  | "adapter error";

/** How much is kept, per namespace, and for how long. */
export interface RecoverySettings {
  /** How long a session waits for its client. */
  readonly maxDisconnectionMs: number;
  /** How long a connection may be dead before its server notices. */
  readonly lossDetectionMs: number;
  readonly maxHistoryPackets: number;
  /** Of the encoded packets. */
  readonly maxHistoryBytes: number;
  readonly maxSessions: number;
}

/** An encoded packet that stays as it is, whatever the program does to its buffers. */
export interface KeptPacket<Encoded> {
  readonly encoded: Encoded;
  readonly byteLength: number;
}

/** What an adapter that keeps sessions sees of its namespace. */
export interface RecoveryView<Encoded = unknown, S extends AdapterSocket<Encoded> = AdapterSocket<Encoded>>
  extends NamespaceView<Encoded, S> {
  readonly clock: Clock;
  readonly recovery: RecoverySettings;
  /** As `encode`, for a packet that is kept. */
  encodeToKeep(packet: BroadcastPacket, compress: boolean): KeptPacket<Encoded>;
  /** The name and the arguments of an encoded event. */
  decode(encoded: Encoded): unknown[];
  /** Sessions were forgotten, whose clients can come back no more. */
  checkEmpty(): void;
}
