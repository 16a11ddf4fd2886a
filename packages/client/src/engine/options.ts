import type { EngineSocket } from "./engine-socket.ts";
import type { Query } from "./query.ts";
import type { TransportConstructor } from "./transport.ts";

/** Options of one Engine.IO connection, shared by all sockets of a manager. */
export interface EngineOptions {
  /** Host without port, if no URI is given. */
  host?: string | null;
  /** The same as `host`. */
  hostname?: string | null;
  /** Whether to use TLS, if no URI is given. */
  secure?: boolean;
  /** Port, if no URI is given. Default 443 or 80. */
  port?: string | number | null;
  /** Request path. Default `/socket.io` (`/engine.io` for a bare engine). */
  path?: string;
  /** Whether the path ends with a slash. Default true. */
  addTrailingSlash?: boolean;
  /** Parameters of every request; read again for each connection. A query in the URI replaces it. */
  query?: { [key: string]: unknown } | string | undefined;
  /** Names or classes of transports, the first of which connects. Default polling, websocket, webtransport. */
  transports?: readonly (string | TransportConstructor)[];
  /** Classes of transports, in place of `transports`. */
  transportImplementations?: readonly TransportConstructor[];
  /** Whether a transport that cannot connect is followed by the next of the list. Default false. */
  tryAllTransports?: boolean;
  /** Whether to move to a better transport once connected. Default true. */
  upgrade?: boolean;
  /** Whether to begin with WebSocket if the last connection of this process used it. Default false. */
  rememberUpgrade?: boolean;
  /** Whether requests carry a unique parameter. Polling: unless false. WebSocket: only if true. */
  timestampRequests?: boolean;
  /** Name of that parameter. Default `t`. */
  timestampParam?: string;
  /** Whether binary is sent as base64 text. Default false. */
  forceBase64?: boolean;
  /** Whether cookies are sent to other origins (browsers), or kept at all (Node). Default false. */
  withCredentials?: boolean;
  /** Headers of polling requests, and of the WebSocket handshake where the platform allows. */
  extraHeaders?: { [name: string]: string };
  /** Milliseconds that a polling request may take. Default 0: no limit. */
  requestTimeout?: number;
  /** Options for single transports, by name. */
  transportOptions?: { [transport: string]: { [option: string]: unknown } };
  /** WebSocket sub-protocols. */
  protocols?: string | string[];
  /** Compression on WebSocket (Node): bytes from which on a message is compressed (default 1024), or false. */
  perMessageDeflate?: { threshold?: number } | boolean;
  /**
   * Whether a page that is shown again, or a device that wakes, makes sure of its connection at once, and opens a lost
   * one. Default true.
   */
  reconnectOnResume?: boolean;
  /** Milliseconds that the server may take to answer a probe. Default 2000. */
  probeTimeout?: number;
  /** Whether to close silently when the page is left. Default false. */
  closeOnBeforeunload?: boolean;
  /** Whether to wait with the timer functions of load time. Default false. */
  useNativeTimers?: boolean;
  /** Whether the process may end while connected (Node). Default false. */
  autoUnref?: boolean;
  /** Agent of HTTP requests (Node). */
  agent?: string | boolean | object;
  /** TLS (Node): certificate and private key in one archive. */
  pfx?: unknown;
  /** TLS (Node): private key. */
  key?: unknown;
  /** TLS (Node): password of `pfx` or `key`. */
  passphrase?: string;
  /** TLS (Node): certificate. */
  cert?: unknown;
  /** TLS (Node): trusted authorities. */
  ca?: unknown;
  /** Parameters by which a client offers what stock servers lack and ignore; the manager sets them. */
  offers?: Query;
  /** TLS (Node): ciphers in order of preference. */
  ciphers?: string;
  /** TLS (Node): the name that the server's certificate must have. Default the host of the URI. */
  servername?: string;
  /** TLS (Node): whether the server's certificate must be trusted. Only `false` turns that off. Default true. */
  rejectUnauthorized?: boolean;
  /** WebSocket (Node): the address to connect from. */
  localAddress?: string;
  /** WebSocket (Node): IP family, 4 or 6. */
  family?: number;
  /** WebSocket (Node): the `Origin` header. */
  origin?: string;
  /** WebSocket (Node): bytes that a message may have. */
  maxPayload?: number;
  /** WebSocket (Node): version of the WebSocket protocol. Only 13 exists. */
  protocolVersion?: number;
  /** TLS (Node): checks the name of the certificate. */
  checkServerIdentity?: unknown;
}

/** What a transport is constructed with: the options of the engine, those of `transportOptions` laid over. */
export interface TransportOptions extends Omit<EngineOptions, "query" | "path" | "hostname" | "secure"> {
  readonly socket: EngineSocket;
  readonly query: Query;
  readonly path: string;
  readonly hostname: string;
  readonly secure: boolean;
}
