import type { IncomingMessage } from "node:http";
import type { AnyListener } from "@tautline/events/types";
import type { HeartbeatOptions } from "./recovery-options.ts";

/** What the layer above a session implements; the session calls it directly. */
export interface RawSocketOwner {
  onMessage(data: string | Uint8Array | undefined): void;
  onClose(reason: string, description?: unknown): void;
  /** The session failed in a way that its engine leaves to this layer: it is to be closed. */
  onError(error: Error): void;
}

/**
 * One engine session as this layer needs it: `socket.conn`. The engine's `Session` is one; those of other engines are
 * welcome (server.md §2.5), and `session-link.ts` says how each is read and written.
 */
export interface RawSocket {
  /** The session id; secret, unlike the ids of sockets. */
  readonly id: string;
  readonly protocol: number;
  /** The request that opened the session. Programs may set it to `null` to save memory. */
  request: IncomingMessage | null;
  readonly remoteAddress: string | undefined;
  readonly readyState: string;
  /** What carries the packets at the moment: its `name` is `polling`, `websocket` or `webtransport`. */
  readonly transport: { readonly name: string; readonly writable?: boolean };
  readonly upgrading: boolean;
  readonly upgraded: boolean;
  /** Sends one message. */
  write(data: string | Uint8Array, options?: { compress?: boolean }): unknown;
  close(discard?: boolean): unknown;
  /** Events of the session, such as `packet`, `drain`, `upgrade` (transport) and `close` (reason). */
  on(event: string, listener: AnyListener): unknown;
  once(event: string, listener: AnyListener): unknown;
  off(event: string, listener: AnyListener): unknown;
}

/** The source of sessions: `io.engine`. */
export interface RawEngine {
  /** Its heartbeat: by that recovery knows how late a loss is noticed. */
  readonly opts?: HeartbeatOptions;
  on(event: "connection", listener: (socket: RawSocket) => void): unknown;
  close(): unknown;
}
