import type { IncomingMessage } from "node:http";
import type { EngineOptions, HandshakeLimits } from "@tautline/engine/options";
import type { SlowConsumerPolicy } from "@tautline/engine/outbound-packet";
import type { WsEngineClass } from "@tautline/hosts/node/ws-engine";
import type { AdapterFactory } from "./namespace-adapter.ts";
import type { CustomParser } from "./parser.ts";
import type { ConnectionStateRecoveryOptions } from "./recovery-options.ts";

/** Limits on what clients send, off by default (SEC §2). Each is also the most that may come at once. */
export interface SocketLimits {
  /** Events per second and socket. More get an error as acknowledgement, and the socket is disconnected. */
  events?: number;
  /** Bytes per second and connection. More close the connection. */
  bytes?: number;
}

/** What a program may set for the Socket.IO layer (server.md §3.1). */
export interface SocketOptions {
  /** The path that is captured. Default `/socket.io/`. */
  path?: string;
  /** Whether the client bundles are served below the path, such as `/socket.io/socket.io.js`. Default true. */
  serveClient?: boolean;
  /** Makes the adapter of each namespace. Default: in memory. */
  adapter?: AdapterFactory;
  /** The codec; clients must use the same. */
  parser?: CustomParser;
  /** Milliseconds after which a session that has joined no namespace is closed. Default 45000. */
  connectTimeout?: number;
  /** Lets clients resume after a short loss of connection. Default off. */
  connectionStateRecovery?: ConnectionStateRecoveryOptions;
  /** Whether a namespace made by a pattern is removed when its last socket leaves. Default false. */
  cleanupEmptyChildNamespaces?: boolean;
  /** How many namespaces patterns may make; more get a `connect_error`. Default unlimited. */
  maxNamespaces?: number;
  /** How many rooms one socket may be in, its own included; `join` throws beyond. Default unlimited. */
  maxRoomsPerSocket?: number;
  /**
   * What becomes of an event for a client that does not read, once `maxBufferedBytes` wait for it: `disconnect` closes
   * its connection with the reason `slow consumer`, `drop-volatile` drops the event as if it were volatile,
   * `drop-oldest` drops older events, each whole, to make room. A namespace may differ: `nsp.slowConsumer`.
   * Default `disconnect`.
   */
  slowConsumer?: SlowConsumerPolicy;
  limits?: SocketLimits;
  /**
   * Called with what listeners and middleware of the program throw, and with failures of adapters. Default: writes
   * the error to standard error. The process is never ended by one.
   */
  onError?: (error: unknown) => void;
}

/** Every option of a server. All are optional. */
export interface ServerOptions extends SocketOptions, EngineOptions<IncomingMessage> {
  /** Limits that are off by default (SEC §2). */
  limits?: HandshakeLimits & SocketLimits;
  /** With `false` the exact prefix `/socket.io` is captured. Default true. */
  addTrailingSlash?: boolean;
  /** Whether upgrade requests that nobody handles are ended. Default true. */
  destroyUpgrade?: boolean;
  /** Milliseconds to wait before doing so. Default 1000. */
  destroyUpgradeTimeout?: number;
  /** A WebSocket server class with the contract of the `ws` package's. Default: our own endpoint. */
  wsEngine?: WsEngineClass;
  // biome-ignore lint/suspicious/noExplicitAny: the options of the `cors` package, or a function that makes them
  cors?: any;
}
