// What a host MUST implement: the edge between a runtime's HTTP and WebSocket and the engine.
//
// The contract: one request in, exactly one reply out. An abort may come late or spuriously; the engine ignores
// what comes after its reply. A sink is never called from within the method that was handed it. After `onClose`
// the host calls nothing. The host translates and decides nothing: status codes, reasons and limits come from here.

import type { Clock } from "@tautline/events/clock";
import type { Report } from "@tautline/events/guard";
import type { Base64 } from "@tautline/protocol/base64";
import type { CookieOptions, HttpCompressionOptions } from "./options.ts";
import type { SharedMessage } from "./outbound-packet.ts";
import type { FillRandom } from "./session-ids.ts";

/** What an engine takes from its runtime. */
export interface Runtime {
  readonly clock: Clock;
  readonly base64: Base64;
  readonly fillRandom: FillRandom;
  /** Where errors of the program's own functions go, unless it sets `onError`. MUST NOT throw. */
  readonly report: Report;
  /** One `Set-Cookie` value, attributes in the order of EIO §18. */
  readonly serializeCookie: (name: string, value: string, options: CookieOptions) => string;
}

/** The query of a request; of a parameter that repeats, the last occurrence (EIO §6.2). */
export type Query = Readonly<Record<string, unknown>>;

export type HeaderValue = string | number | readonly string[];

/** Headers as `initial_headers` and `headers` listeners may edit them (EIO §21). */
export type Headers = Record<string, HeaderValue>;

/** What a request is, whether it asks for a reply or for an upgrade. */
export interface Incoming<Request> {
  /** The runtime's own request: what listeners, `allowRequest` and `session.request` show. */
  readonly request: Request;
  readonly method: string;
  readonly query: Query;
  readonly remoteAddress: string | undefined;
  /** True once nobody waits for the reply any more. */
  readonly isGone: boolean;
  /** The value of a header, by its lower-case name. */
  header(name: string): string | undefined;
  /** Makes the header read as absent, on the runtime's request too (EIO §7.1.4). */
  dropHeader(name: string): void;
}

/** Exactly one answer to one HTTP request. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string | Uint8Array;
  /** When set, the host compresses the body if the request accepts it, and states so in the headers. */
  readonly compression?: HttpCompressionOptions | undefined;
  /** Whether the connection is closed behind the reply, where it carries one request at a time. */
  readonly endsConnection?: boolean;
}

/** What happens to a request that waits for its reply. */
export interface AbortSink {
  /** The peer is gone; no reply is wanted. At most once, and never after the reply. */
  onAbort(): void;
}

/** What becomes of a body that the engine asked for. Exactly one method is called, once. */
export interface BodySink extends AbortSink {
  onBody(body: Uint8Array): void;
  /** More than the limit arrived; the host drops the rest. */
  onTooLarge(): void;
}

/** One HTTP request that is not an upgrade. */
export interface HttpExchange<Request = unknown> extends Incoming<Request> {
  /** Names who is told of an abort, while the engine keeps the request waiting. */
  waitWith(sink: AbortSink): void;
  /** Collects the body; `limitBytes` exactly is allowed. MUST take time linear in the body (CVE-2020-36048). */
  readBody(limitBytes: number, sink: BodySink): void;
  /** Answers. The engine calls this once, or `destroy` once. */
  reply(reply: HttpReply): void;
  /** The bytes of the reply that the system has not taken; 0 before the reply, and once the peer is gone. */
  readonly unsentBytes: number;
  /** Cuts the connection: without an answer, or while the peer does not read it. Nothing once it has been read. */
  destroy(): void;
}

/** One request to switch to WebSocket. The engine calls `accept` or `refuse`, once. */
export interface UpgradeAttempt<Request = unknown> extends Incoming<Request> {
  /**
   * Completes the handshake with these further headers and hands over the connection, at once or later; not at
   * all when the handshake is malformed, which the WebSocket layer refuses itself (EIO §7.3). `head` is what
   * arrived behind the handshake; it goes back to the link with `start`.
   */
  accept(headers: Headers, onAccepted: (link: WebSocketLink, head?: Uint8Array) => void): void;
  /** Writes `message` as the raw answer of EIO §7.3 and destroys the socket. */
  refuse(status: number, message: string, headers?: Headers): void;
}

/** What a WebSocket connection tells; never before `start`, and nothing after `onClose`. */
export interface WebSocketSink {
  onText(text: string): void;
  onBinary(bytes: Uint8Array): void;
  /** The system took everything after `isWritable` had been false. */
  onDrain(): void;
  /** At most once, before `onClose`. */
  onError(error: Error): void;
  onClose(code: number, reason: string): void;
}

/** One established WebSocket connection. */
export interface WebSocketLink {
  /** Begins reading, with `head` first. Until then what arrives waits. */
  start(sink: WebSocketSink, head?: Uint8Array): void;
  /** Writes the messages in order, with at most one system call; the list stays the caller's. */
  writeBatch(messages: readonly SharedMessage[]): void;
  /** False while bytes wait that the system has not taken. */
  readonly isWritable: boolean;
  /** The bytes that wait. */
  readonly bufferedBytes: number;
  /** Sends a close frame without status code (EIO §10.3). */
  close(): void;
  /** Cuts the connection; what waits is lost. */
  terminate(): void;
}
