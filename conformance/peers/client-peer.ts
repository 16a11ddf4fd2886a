import type { Inbox } from "./inbox.ts";
import type { ParserOption } from "./parsers.ts";

/** The clients that the suites know. */
export type ClientKind =
  | "tautline"
  | "socket.io-client 4"
  | "socket.io-client 3"
  | "socket.io-client 2"
  | "python-socketio"
  | "chromium with socket.io-client 4"
  | "chromium with tautline";

/** How a client reaches the server. `upgraded` means: over polling first, and waiting until WebSocket carries it. */
export type Mode = "polling" | "websocket" | "upgraded";

export const modes: readonly Mode[] = ["polling", "websocket", "upgraded"];

export interface ClientPeerOptions {
  readonly mode: Mode;
  /** Default `/`. */
  readonly namespace?: string;
  readonly auth?: Readonly<Record<string, unknown>>;
  /** Default off; delays are a few tens of milliseconds when on. */
  readonly reconnection?: boolean;
  /** Default: the standard encoding. For clients in this process alone. */
  readonly parser?: ParserOption;
}

/** What a client can do, or how it tells it. */
export interface ClientTraits {
  /** Engine.IO revision (EIO §0.2). */
  readonly revision: 3 | 4;
  /** Of a refusal the program learns: message and data, or only the data where there is any (SIO §33). */
  readonly refusal: "message and data" | "data";
  /** The `disconnect` event carries a reason. */
  readonly tellsReason: boolean;
  /** Events emitted while offline are sent after the reconnection. */
  readonly buffersOffline: boolean;
  /** Acknowledgements as a promise with a timeout of the client's own. */
  readonly hasPromises: boolean;
  /** Takes part in connection state recovery. */
  readonly recovers: boolean;
  /** Several namespaces over one connection, added at any time. */
  readonly multiplexes: boolean;
}

/**
 * One client socket, whatever runs it. Received events wait in `inbox`, among them `connect`, `disconnect` with
 * the reason, and `connect_error` with `{ message, data }`. It answers the event `question` with the arguments it
 * got and never answers `riddle`.
 */
export interface ClientPeer {
  readonly kind: ClientKind;
  readonly traits: ClientTraits;
  readonly inbox: Inbox;
  /** The name of the transport that carries the connection. */
  transport(): Promise<string>;
  emit(event: string, ...args: unknown[]): void;
  /** Emits and resolves with all arguments of the acknowledgement. */
  ask(event: string, ...args: unknown[]): Promise<unknown[]>;
  /** The client's own promise, with its own timeout: the first argument, or a rejection. */
  askWithin(timeoutMs: number, event: string, ...args: unknown[]): Promise<unknown>;
  /** Another namespace over the same connection. */
  namespace(name: string, auth?: Readonly<Record<string, unknown>>): ClientPeer;
  disconnect(): void;
  connect(): void;
  close(): Promise<void>;
}

/** The transports option of a mode. */
export function transportsOf(mode: Mode): readonly string[] {
  return mode === "upgraded" ? ["polling", "websocket"] : [mode];
}
