import type { TransportName } from "./transport.ts";

/** EIO §18: how the cookie of a polling handshake is written. */
export interface CookieOptions {
  name?: string;
  /** Seconds. */
  maxAge?: number;
  domain?: string;
  path?: string;
  expires?: Date;
  httpOnly?: boolean;
  secure?: boolean;
  partitioned?: boolean;
  priority?: "low" | "medium" | "high";
  sameSite?: true | false | "strict" | "lax" | "none";
  encode?: (value: string) => string;
}

/** What ends the wait of `allowRequest`: a message (or null) and whether the request is admitted. */
export type AllowRequestCallback = (message: string | null | undefined, success: boolean) => void;

/** Limits that are off by default (SEC §2). */
export interface HandshakeLimits {
  /** Handshakes per second, all peers together. More get 503 with `Retry-After`. */
  handshake?: number;
  /** Open sessions per peer address. More get 503 with `Retry-After`. */
  perAddress?: number;
}

/**
 * What a program may set (EIO §41). Unknown options are ignored.
 *
 * @see EIO §41
 */
export interface EngineOptions<Request = unknown> {
  /** Milliseconds to wait for the answer to a ping. Default 20000. */
  pingTimeout?: number;
  /** Milliseconds between the answer to a ping and the next ping. Default 25000. */
  pingInterval?: number;
  /** Milliseconds after which an unfinished upgrade is given up. Default 10000. */
  upgradeTimeout?: number;
  /** Bytes of one POST body or one WebSocket message, after decompression. Default 1000000. */
  maxHttpBufferSize?: number;
  /** Bytes that may wait for one session; more closes it with `slow consumer`. Default 16 MiB. */
  maxBufferedBytes?: number;
  /** Decides on each handshake, before a session exists. */
  allowRequest?: (request: Request, callback: AllowRequestCallback) => unknown;
  /** Default polling and websocket. */
  transports?: TransportName[];
  /** Whether upgrades are offered to clients. Default true. */
  allowUpgrades?: boolean;
  /** WebSocket compression; `true` or an object turns it on with a threshold of 1024 bytes. Default off. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions;
  /** Compression of polling responses of at least `threshold` bytes. Default `{ threshold: 1024 }`. */
  httpCompression?: boolean | HttpCompressionOptions;
  /** Sent as one message right after the open packet. */
  initialPacket?: unknown;
  /** A cookie with the session id on the polling handshake. Default off. */
  cookie?: boolean | CookieOptions;
  /** Whether clients of revision 3 are accepted. Default false. */
  allowEIO3?: boolean;
  limits?: HandshakeLimits;
  /**
   * Called with what functions of the program throw, or reject with: listeners of engine, sessions and transports,
   * callbacks of `send`. Default: writes the error to standard error. The process is never ended by one.
   */
  onError?: (error: unknown) => void;
}

/** EIO §19.2; what a WebSocket server of the program's choice takes besides is handed through. */
export interface PerMessageDeflateOptions {
  /** Bytes below which a message is not compressed. Default 1024. */
  threshold?: number;
  /** Whether each message is deflated afresh, so that a broadcast deflates once for all. */
  serverNoContextTakeover?: boolean;
  clientNoContextTakeover?: boolean;
  /** 8 to 15. */
  serverMaxWindowBits?: number;
  /** 8 to 15. */
  clientMaxWindowBits?: number;
  zlibDeflateOptions?: { level?: number; memLevel?: number; strategy?: number };
  zlibInflateOptions?: object;
  concurrencyLimit?: number;
}

/** What `httpCompression` takes; everything but `threshold` is handed to the compressor. */
export interface HttpCompressionOptions {
  /** Bytes below which a response is not compressed. */
  threshold?: number;
  [option: string]: unknown;
}

/** The options in effect: `engine.opts`, which programs may change for later sessions. */
export interface ResolvedEngineOptions<Request = unknown> {
  pingTimeout: number;
  pingInterval: number;
  upgradeTimeout: number;
  maxHttpBufferSize: number;
  maxBufferedBytes: number;
  allowRequest?: ((request: Request, callback: AllowRequestCallback) => unknown) | undefined;
  transports: TransportName[];
  allowUpgrades: boolean;
  perMessageDeflate: PerMessageDeflateOptions | false;
  httpCompression: HttpCompressionOptions | false;
  initialPacket?: unknown;
  cookie: (CookieOptions & { name: string }) | false;
  allowEIO3: boolean;
  limits: HandshakeLimits;
  onError?: ((error: unknown) => void) | undefined;
  /** Options of hosts and of other programs ride along (EIO §41). */
  [option: string]: unknown;
}

const DEFAULT_THRESHOLD_BYTES = 1024;

/** Merges what was given over the defaults of EIO §41; `undefined` counts as not given. */
export function resolveOptions<Request>(
  given: EngineOptions<Request> & { readonly [option: string]: unknown },
): ResolvedEngineOptions<Request> {
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) if (value !== undefined) rest[name] = value;
  return {
    ...rest,
    pingTimeout: given.pingTimeout ?? 20_000,
    pingInterval: given.pingInterval ?? 25_000,
    upgradeTimeout: given.upgradeTimeout ?? 10_000,
    maxHttpBufferSize: given.maxHttpBufferSize ?? 1_000_000,
    maxBufferedBytes: given.maxBufferedBytes ?? 16 * 1024 * 1024,
    allowRequest: given.allowRequest,
    transports: given.transports ?? ["polling", "websocket"],
    allowUpgrades: given.allowUpgrades ?? true,
    perMessageDeflate: resolveDeflate(given.perMessageDeflate),
    httpCompression: resolveCompression(given.httpCompression),
    initialPacket: given.initialPacket,
    cookie: resolveCookie(given.cookie),
    allowEIO3: given.allowEIO3 ?? false,
    limits: given.limits ?? {},
    onError: given.onError,
  };
}

/** EIO §19.2: merged over the threshold. */
function resolveDeflate(
  given: EngineOptions["perMessageDeflate"],
): ResolvedEngineOptions["perMessageDeflate"] {
  if (!given) return false;
  return { threshold: DEFAULT_THRESHOLD_BYTES, ...(given === true ? {} : given) };
}

/** EIO §19.1: an object replaces the default as a whole, so without `threshold` everything is compressed. */
function resolveCompression(
  given: EngineOptions["httpCompression"],
): ResolvedEngineOptions["httpCompression"] {
  if (given === false) return false;
  return typeof given === "object" && given !== null ? given : { threshold: DEFAULT_THRESHOLD_BYTES };
}

/** EIO §18. */
function resolveCookie(given: EngineOptions["cookie"]): ResolvedEngineOptions["cookie"] {
  if (!given) return false;
  return {
    name: "io",
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    ...(given === true ? {} : given),
  };
}

/** What the program gave as `data` of a message, as it travels (EIO §3.1). */
export type OutgoingData = string | Uint8Array | undefined;

/** Falsy data that is not binary counts as absent; what is neither text nor binary is made text (EIO §3.1). */
export function toOutgoingData(data: unknown): OutgoingData {
  if (typeof data === "string") return data === "" ? undefined : data;
  if (data instanceof Uint8Array) return data;
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return data ? String(data) : undefined;
}
