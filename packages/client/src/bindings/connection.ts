import type { DisconnectReason, ExtendedError } from "../socket-types.ts";

/** The connection of a socket at one moment; another object whenever something of it changes. */
export interface Connection {
  /**
   * - `connecting`: for the first time; so is what has no socket yet, as on the server.
   * - `connected`: the server has accepted the socket.
   * - `reconnecting`: an attempt has failed or the connection was lost, and the client tries again by itself.
   * - `disconnected`: nobody tries; `connect()` does.
   */
  readonly status: "connecting" | "connected" | "reconnecting" | "disconnected";
  /** Attempts to reconnect since the connection was lost; 0 while connected. */
  readonly attempt: number;
  /** Why the latest attempt failed, or why the server refused the socket; until it is connected. */
  readonly error: ExtendedError | undefined;
  /** Why the latest connection ended; until it is connected. */
  readonly reason: DisconnectReason | undefined;
  /** The name of the transport, while connected: `polling`, `websocket`, `webtransport`. */
  readonly transport: string | undefined;
  /** The id that the server gave the socket, while connected. */
  readonly id: string | undefined;
  /** Whether this connection resumed the one before, so that no event was missed. */
  readonly recovered: boolean;
  /** Connects the socket, unless it is connected or about to be; always the same function for a socket. */
  readonly connect: () => void;
  /** Disconnects the socket for good; always the same function for a socket. */
  readonly disconnect: () => void;
}

/** The connection of what has no socket yet. */
export const noConnection: Connection = {
  status: "connecting",
  attempt: 0,
  error: undefined,
  reason: undefined,
  transport: undefined,
  id: undefined,
  recovered: false,
  connect: () => {},
  disconnect: () => {},
};
