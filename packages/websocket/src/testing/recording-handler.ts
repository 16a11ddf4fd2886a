import type { ConnectionHandler } from "../connection-handler.ts";
import type { WebSocketError } from "../errors.ts";

/** One call of a handler, in words: `["text", "hello"]`. */
export type HandlerCall =
  | readonly ["text", string]
  | readonly ["binary", string]
  | readonly ["pong", string]
  | readonly ["drain"]
  | readonly ["close", number, string]
  | readonly ["error", string, number];

/** A handler that writes down each call; bytes in hexadecimal. */
export class RecordingHandler implements ConnectionHandler {
  readonly calls: HandlerCall[] = [];
  lastError: WebSocketError | undefined = undefined;

  onText(text: string): void {
    this.calls.push(["text", text]);
  }

  onBinary(bytes: Buffer): void {
    this.calls.push(["binary", bytes.toString("hex")]);
  }

  onPong(bytes: Buffer): void {
    this.calls.push(["pong", bytes.toString("hex")]);
  }

  onDrain(): void {
    this.calls.push(["drain"]);
  }

  onClose(code: number, reason: string): void {
    this.calls.push(["close", code, reason]);
  }

  onError(error: WebSocketError): void {
    this.lastError = error;
    this.calls.push(["error", error.code, error.closeCode]);
  }

  /** The calls of one kind. */
  of(kind: HandlerCall[0]): HandlerCall[] {
    return this.calls.filter((call) => call[0] === kind);
  }
}
