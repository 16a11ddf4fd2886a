// Everything that can be refused or fail below the Socket.IO layer: refusals of requests (values, EIO §7) and
// errors of established sessions (the `description` of a close, EIO §15).

/** The codes of refused requests (EIO §7.2). */
export const errorCodes = {
  UNKNOWN_TRANSPORT: 0,
  UNKNOWN_SID: 1,
  BAD_HANDSHAKE_METHOD: 2,
  BAD_REQUEST: 3,
  FORBIDDEN: 4,
  UNSUPPORTED_PROTOCOL_VERSION: 5,
} as const;

export type RefusalCode = (typeof errorCodes)[keyof typeof errorCodes];

/** The text of each code on the wire (EIO §7.2). */
export const errorMessages: Readonly<Record<RefusalCode, string>> = {
  0: "Transport unknown",
  1: "Session ID unknown",
  2: "Bad handshake method",
  3: "Bad request",
  4: "Forbidden",
  5: "Unsupported protocol version",
};

/** Why a request was not admitted: a value, handed to `connection_error` listeners and to the peer. */
export interface Refusal {
  readonly code: RefusalCode;
  /** What `connection_error` listeners are told besides the code (EIO §7.1). */
  readonly context: Readonly<Record<string, unknown>>;
  /** What the peer reads in place of the table's text: the message of `allowRequest` (EIO §7.3). */
  readonly wireMessage?: string;
  /** Set by a limit: the peer may try again after this time (SEC §2). */
  readonly retryAfterSeconds?: number;
  /** Whether the connection is not to be kept for further requests. */
  readonly endsConnection?: boolean;
}

/** The reasons named in the context of code 3 (EIO §7.1). */
export type BadRequestName =
  | "MIDDLEWARE_FAILURE"
  | "INVALID_ORIGIN"
  | "TRANSPORT_MISMATCH"
  | "PROTOCOL_MISMATCH"
  | "TRANSPORT_HANDSHAKE_ERROR"
  | "ID_GENERATION_ERROR"
  | "SERVER_CLOSED";

/** A refusal of code 3. */
export function createBadRequest(name: BadRequestName, details?: Record<string, unknown>): Refusal {
  return { code: errorCodes.BAD_REQUEST, context: { name, ...details } };
}

/**
 * A closed engine takes no handshakes. Clients come back on connections that were kept, and would keep the HTTP server
 * from ever closing.
 */
export const serverClosed: Refusal = {
  code: errorCodes.BAD_REQUEST,
  context: { name: "SERVER_CLOSED" },
  retryAfterSeconds: 1,
  endsConnection: true,
};

/** The errors of this package. */
export type EngineErrorCode =
  | "EIO_POLL_OVERLAP"
  | "EIO_POLL_ABORTED"
  | "EIO_DATA_OVERLAP"
  | "EIO_DATA_ABORTED"
  | "EIO_INVALID_CONTENT"
  | "EIO_HEARTBEAT_DIRECTION"
  | "EIO_TRANSPORT_FAILED"
  | "EIO_SLOW_CONSUMER"
  | "EIO_INVALID_SESSION_ID";

/** The base of every error of this package. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "EngineError";
    this.code = code;
  }
}

/**
 * The peer misused its transport, or the transport failed: the session closes with `transport error` and this
 * is the `description` (EIO §15, §44). Never thrown to a program.
 */
export class TransportError extends EngineError {
  /** EIO §44. */
  readonly type = "TransportError";
  readonly description: unknown;

  constructor(code: EngineErrorCode, message: string, description?: unknown) {
    super(code, message, description instanceof Error ? { cause: description } : undefined);
    this.name = "TransportError";
    this.description = description;
  }
}
