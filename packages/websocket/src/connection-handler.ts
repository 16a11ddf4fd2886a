import type { WebSocketError } from "./errors.ts";

/** Receives what happens on one connection. Its methods are called directly by the parser. */
export interface ConnectionHandler {
  /** A text message. */
  onText(text: string): void;
  /** A binary message. The bytes belong to the receiver. */
  onBinary(bytes: Buffer): void;
  /** The peer answered a ping, or sent a pong unasked. */
  onPong?(bytes: Buffer): void;
  /** The operating system has taken everything, after `isWritable` had been false. */
  onDrain(): void;
  /**
   * The connection is over; called exactly once, last of all. 1005: the peer's close frame had no status. 1006:
   * the connection was lost without a close frame. After `onError`, the code that the peer was sent.
   */
  onClose(code: number, reason: string): void;
  /** The peer broke the protocol or a limit; called at most once, before `onClose`. */
  onError(error: WebSocketError): void;
}
