import type { IncomingMessage } from "node:http";
import type { EngineOptions } from "@tautline/engine/options";
import type { AdapterFactory } from "./namespace.ts";
import type { CustomParser } from "./parser.ts";

/** What a program may set for the Socket.IO layer (server.md §3.1). */
export interface SocketOptions {
  /** The path that is captured. Default `/socket.io/`. */
  path?: string;
  /** Makes the adapter of each namespace. Default: in memory. */
  adapter?: AdapterFactory;
  /** The codec; clients must use the same. */
  parser?: CustomParser;
  /** Milliseconds after which a session that has joined no namespace is closed. Default 45000. */
  connectTimeout?: number;
  /** Whether a namespace made by a pattern is removed when its last socket leaves. Default false. */
  cleanupEmptyChildNamespaces?: boolean;
  /** How many namespaces patterns may make; more get a `connect_error`. Default unlimited. */
  maxNamespaces?: number;
  /** How many rooms one socket may be in, its own included; `join` throws beyond. Default unlimited. */
  maxRoomsPerSocket?: number;
  /**
   * Called with what listeners and middleware of the program throw, and with failures of adapters. Default: writes
   * the error to standard error. The process is never ended by one.
   */
  onError?: (error: unknown) => void;
}

/** Every option of a server. All are optional. */
export interface ServerOptions extends SocketOptions, EngineOptions<IncomingMessage> {
  /** With `false` the exact prefix `/socket.io` is captured. Default true. */
  addTrailingSlash?: boolean;
  /** Whether upgrade requests that nobody handles are ended. Default true. */
  destroyUpgrade?: boolean;
  /** Milliseconds to wait before doing so. Default 1000. */
  destroyUpgradeTimeout?: number;
  // biome-ignore lint/suspicious/noExplicitAny: the options of the `cors` package, or a function that makes them
  cors?: any;
}
