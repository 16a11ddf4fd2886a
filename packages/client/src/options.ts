import type { CustomParser } from "./codec.ts";
import type { EngineOptions } from "./engine/options.ts";

/** Options of a manager; those of the engine are read again for each connection. */
export interface ManagerOptions extends EngineOptions {
  /** Whether `io()` makes a manager of its own. Default false. */
  forceNew?: boolean;
  /** The same as `forceNew`. */
  "force new connection"?: boolean;
  /** Whether `io()` may share a manager. Default true. */
  multiplex?: boolean;
  /** Whether a lost connection is opened again. Default true. */
  reconnection?: boolean;
  /** Attempts before giving up. Default `Infinity`, which 0 means too. */
  reconnectionAttempts?: number;
  /** Milliseconds before the first attempt; doubles with each. Default 1000, which 0 means too. */
  reconnectionDelay?: number;
  /** Milliseconds that a delay has at most. Default 5000, which 0 means too. */
  reconnectionDelayMax?: number;
  /** Share of a delay by which it varies, 0 to 1. Default 0.5. */
  randomizationFactor?: number;
  /** Milliseconds that an attempt may take; false: no limit. Default 20000. */
  timeout?: number | false;
  /** Whether to connect without being told. Default true. */
  autoConnect?: boolean;
  /** Another encoding of packets; the server must use the same. */
  parser?: CustomParser;
  /** Whether a delay is drawn evenly from 0 to its full length, whatever `randomizationFactor` says. Default false. */
  fullJitter?: boolean;
  /** Whether to try at once when the network returns, and to probe a connection that seems to stand. Default true. */
  reconnectOnOnline?: boolean;
}

/** What a socket sends with each CONNECT: an object, or a function that gives one, by callback or promise. */
export type Auth = { [key: string]: unknown } | ((onReady: (data: object) => void) => unknown);

/** Options of one socket. */
export interface SocketOptions {
  /** Credentials, sent with each CONNECT. */
  auth?: Auth;
  /** Times that an event is sent again until it is acknowledged. Default 0. */
  retries?: number;
  /** Milliseconds to wait for an acknowledgement; makes every acknowledgement callback error-first. */
  ackTimeout?: number;
}
