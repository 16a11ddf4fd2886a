import type { IncomingMessage } from "node:http";
import type { OutboundPacket } from "@tautline/engine/outbound-packet";
import type { AnyListener } from "@tautline/events/types";

/** What the layer above a session implements; the session calls it directly. */
export interface RawSocketOwner {
  onMessage(data: string | Uint8Array | undefined): void;
  onClose(reason: string, description?: unknown): void;
}

/** One engine session as this layer needs it: `socket.conn`. The engine's `Session` is one. */
export interface RawSocket {
  /** The session id; secret, unlike the ids of sockets. */
  readonly id: string;
  readonly protocol: number;
  /** The request that opened the session. Programs may set it to `null` to save memory. */
  request: IncomingMessage | null;
  readonly remoteAddress: string | undefined;
  readonly readyState: string;
  /** Open, nothing queued, and the transport can take more: what decides over volatile packets. */
  readonly isWritable: boolean;
  /** What carries the packets at the moment: its `name` is `polling`, `websocket` or `webtransport`. */
  readonly transport: { readonly name: string };
  readonly upgrading: boolean;
  readonly upgraded: boolean;
  owner: RawSocketOwner | undefined;
  sendPacket(packet: OutboundPacket): void;
  close(discard?: boolean): unknown;
  /** Events of the session, such as `packet`, `drain`, `upgrade` (transport) and `close` (reason). */
  on(event: string, listener: AnyListener): unknown;
  once(event: string, listener: AnyListener): unknown;
  off(event: string, listener: AnyListener): unknown;
}

/** The source of sessions: `io.engine`. */
export interface RawEngine {
  on(event: "connection", listener: (socket: RawSocket) => void): unknown;
  close(): unknown;
}
