// Whose fault a failure is decides its class: the caller's (UsageError, thrown), the peer's (ProtocolError, ends
// the connection with `closeCode`), or the handshake's (HandshakeError, reported to the client's handler).

/** Every code that an error of this package may carry. */
export type WebSocketErrorCode =
  | "WS_BAD_FRAME"
  | "WS_BAD_CLOSE"
  | "WS_BAD_UTF8"
  | "WS_BAD_DEFLATE"
  | "WS_MESSAGE_TOO_BIG"
  | "WS_TOO_MANY_FRAGMENTS"
  | "WS_TOO_MANY_PINGS"
  | "WS_BAD_ARGUMENT"
  | "WS_BAD_HANDSHAKE"
  | "WS_UNEXPECTED_RESPONSE"
  | "WS_HANDSHAKE_TIMEOUT"
  | "WS_CONNECT_FAILED"
  | "WS_ABORTED";

/** The base of every error of this package. `closeCode` is the close code that the failure maps to. */
export class WebSocketError extends Error {
  override readonly name: string = "WebSocketError";
  readonly code: WebSocketErrorCode;
  readonly closeCode: number;

  constructor(code: WebSocketErrorCode, closeCode: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.closeCode = closeCode;
  }
}

/** The codes by which a peer can break the protocol, and the close code that each is answered with. */
const CLOSE_CODE_OF = {
  WS_BAD_FRAME: 1002,
  WS_BAD_CLOSE: 1002,
  WS_BAD_UTF8: 1007,
  WS_BAD_DEFLATE: 1007,
  WS_MESSAGE_TOO_BIG: 1009,
  WS_TOO_MANY_FRAGMENTS: 1008,
  WS_TOO_MANY_PINGS: 1008,
} as const;

/** The peer broke the protocol or a limit. The message is at most 123 bytes: it is also the close reason. */
export class ProtocolError extends WebSocketError {
  override readonly name: string = "ProtocolError";

  constructor(code: keyof typeof CLOSE_CODE_OF, message: string) {
    super(code, CLOSE_CODE_OF[code], message);
  }
}

/** The caller misused the package; thrown at once. */
export class UsageError extends WebSocketError {
  override readonly name: string = "UsageError";

  constructor(message: string, cause?: unknown) {
    super("WS_BAD_ARGUMENT", 1006, message, cause);
  }
}

/** The header fields of a refused handshake's response. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

type HandshakeErrorCode = Extract<
  WebSocketErrorCode,
  "WS_BAD_HANDSHAKE" | "WS_UNEXPECTED_RESPONSE" | "WS_HANDSHAKE_TIMEOUT" | "WS_CONNECT_FAILED" | "WS_ABORTED"
>;

/** A client's handshake did not succeed. `status` and `headers` are the server's answer, if there was one. */
export class HandshakeError extends WebSocketError {
  override readonly name: string = "HandshakeError";
  readonly status: number | undefined;
  readonly headers: ResponseHeaders | undefined;

  constructor(
    code: HandshakeErrorCode,
    message: string,
    details: { status?: number | undefined; headers?: ResponseHeaders; cause?: unknown } = {},
  ) {
    super(code, 1006, message, details.cause);
    this.status = details.status;
    this.headers = details.headers;
  }
}
