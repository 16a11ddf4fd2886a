// One WebSocket on a stream, in either role.
//
// Invariants: a batch is at most one write; the peer's bytes are parsed where they were delivered, with no
// emitter, closure, promise or timer for a message; a timer runs only while the connection is ending; whatever
// the socket does is answered by at most one `onError` and exactly one `onClose`, and never by an exception.

import type { Duplex } from "node:stream";
import { ABNORMAL, encodeClose, NO_STATUS } from "./close-codes.ts";
import type { ConnectionHandler } from "./connection-handler.ts";
import {
  type ConnectionLimits,
  type ConnectionOptions,
  createDeflater,
  createInflater,
  type Role,
} from "./connection-options.ts";
import { type ConnectionEvent, type ConnectionState, nextState } from "./connection-state.ts";
import type { Deflater } from "./deflater.ts";
import { ProtocolError, UsageError } from "./errors.ts";
import { FIN, MAX_CONTROL_BYTES, NO_BYTES, Opcode } from "./frame.ts";
import { BatchWriter, type FrameWriter } from "./frame-writer.ts";
import { MaskingWriter } from "./masking-writer.ts";
import { createMessage, type Message } from "./message.ts";
import { type Incoming, MessageReader } from "./message-reader.ts";

/** One WebSocket. Made by `acceptUpgrade` and `connect`, or on any stream whose handshake is done. */
export class Connection {
  /** The stream underneath; a program may look at it, and MUST NOT read or write it. */
  readonly socket: Duplex;
  /** The subprotocol that was agreed on; "" for none. */
  readonly protocol: string;
  readonly #role: Role;
  readonly #limits: ConnectionLimits;
  readonly #writer: FrameWriter;
  readonly #deflater: Deflater | undefined;
  #reader: MessageReader | undefined;
  #handler: ConnectionHandler | undefined = undefined;
  #state: ConnectionState = "open";
  #closeCode: number = ABNORMAL;
  #closeReason = "";
  #opening: string | undefined;
  #closeTimer: NodeJS.Timeout | undefined = undefined;
  /** Answers to the pings of the chunk that is being read. */
  #pongs: Uint8Array[] | undefined = undefined;
  /** How many pongs were written since the socket was last seen empty. */
  #queuedPongs = 0;
  /** Whether the last write left bytes behind, so that the next one asks to be told of its end. */
  #lags = false;
  #awaitsDrain = false;

  /** Takes the socket over: from here on its errors are handled, also before `start`. */
  constructor(socket: Duplex, options: ConnectionOptions) {
    const { role, limits, deflate } = options;
    this.socket = socket;
    this.protocol = options.protocol ?? "";
    this.#role = role;
    this.#limits = limits;
    this.#writer = role === "client" ? new MaskingWriter() : (options.writer ?? new BatchWriter());
    this.#deflater = deflate && createDeflater(role, deflate);
    this.#reader = new MessageReader(role === "server", limits, deflate && createInflater(role, deflate));
    this.#opening = options.opening;
    // The turn's own end, at which a host writes what was sent in it, may be queued behind the first of the two.
    if (options.opening !== undefined) setImmediate(() => setImmediate(() => this.#writeOpening()));
    socket.on("error", ignore); // "close" follows, and tells all that a handler needs to know
    socket.on("close", () => this.#onSocketClosed());
  }

  /** "open" until either side closes; see connection-state.ts. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Whether a batch would go straight to the operating system: nothing waits before it. */
  get isWritable(): boolean {
    return this.#state === "open" && this.socket.writableLength === 0;
  }

  /** The bytes that the operating system has not taken yet. */
  get bufferedBytes(): number {
    return this.socket.writableLength;
  }

  /** The extension in use: "permessage-deflate" or "". */
  get extensions(): string {
    return this.#deflater === undefined ? "" : "permessage-deflate";
  }

  /** Begins to read. `head` is what arrived behind the handshake. */
  start(handler: ConnectionHandler, head: Buffer = NO_BYTES): void {
    if (this.#handler !== undefined) throw new UsageError("connection was started before");
    this.#handler = handler;
    const { socket } = this;
    if (this.#state === "closed" || socket.closed) {
      process.nextTick(() => this.#onSocketClosed());
      return;
    }
    if (head.length > 0) socket.unshift(head);
    socket.on("end", () => this.#onEnd());
    socket.on("data", (chunk: Buffer) => this.#onData(chunk));
  }

  /** Sends messages by one write; after `close` it does nothing. */
  writeBatch(messages: readonly Message[]): void {
    if (messages.length === 0 || this.#state !== "open") return;
    this.#write(this.#writer.encode(messages, this.#deflater));
  }

  /**
   * Sends one message; after `close` it does nothing. `compress` is true by default.
   *
   * Throws a `UsageError` for what is neither a string nor bytes.
   */
  send(data: string | Uint8Array, options: { readonly compress?: boolean } = {}): void {
    if (typeof data !== "string" && !(data instanceof Uint8Array)) {
      throw new UsageError(`cannot send a value of type ${typeof data}`);
    }
    this.writeBatch([createMessage(data, options.compress ?? true)]);
  }

  /** Sends a ping of at most 125 bytes; after `close` it does nothing. Throws a `UsageError` for other data. */
  ping(data: string | Uint8Array = NO_BYTES): void {
    if (this.#state === "open")
      this.#write(this.#writer.encodeControl(FIN | Opcode.ping, controlBytes(data)));
  }

  /**
   * Begins the closing handshake; doing so again does nothing. Without `code` the peer sees 1005.
   *
   * Throws a `UsageError` for a code that cannot be sent, and for a reason of more than 123 bytes.
   */
  close(code?: number, reason = ""): void {
    const payload = encodeClose(code, reason);
    if (this.#state !== "open") return;
    this.#sendClose(payload);
    this.#move("closeSent");
  }

  /** Ends the connection at once, without a closing handshake. */
  terminate(): void {
    this.#move("finished");
    this.socket.destroy();
  }

  // Reading

  #onData(chunk: Buffer): void {
    this.#reader?.push(chunk);
    // The reader is gone as soon as a handler has ended the connection.
    for (let next = this.#reader?.read(); next !== undefined; next = this.#reader?.read()) {
      this.#onIncoming(next);
    }
    if (this.#pongs !== undefined) this.#flushPongs();
  }

  #onIncoming(incoming: Incoming): void {
    switch (incoming.kind) {
      case "text":
        if (this.#state === "open") this.#handler?.onText(incoming.text);
        return;
      case "binary":
        if (this.#state === "open") this.#handler?.onBinary(incoming.bytes);
        return;
      case "ping":
        this.#onPing(incoming.bytes);
        return;
      case "pong":
        if (this.#state === "open") this.#handler?.onPong?.(incoming.bytes);
        return;
      case "close":
        this.#onClose(incoming.code, incoming.reason);
        return;
      case "error":
        this.#fail(incoming.error);
    }
  }

  #onPing(bytes: Buffer): void {
    if (this.#state !== "open") return;
    this.#pongs ??= [];
    this.#pongs.push(this.#writer.encodeControl(FIN | Opcode.pong, bytes));
    if (this.#pongs.length >= this.#limits.maxQueuedPings) this.#flushPongs();
  }

  #flushPongs(): void {
    const pongs = this.#pongs ?? [];
    this.#pongs = undefined;
    if (this.#state !== "open") return;
    const { maxQueuedPings } = this.#limits;
    const before = this.socket.writableLength === 0 ? 0 : this.#queuedPongs;
    this.#queuedPongs = before + pongs.length;
    this.#write(Buffer.concat(pongs));
    // TLS takes what it is given at the end of the turn only, so a burst is judged after that.
    if (before <= maxQueuedPings && this.#queuedPongs > maxQueuedPings) {
      setImmediate(() => this.#judgePings());
    }
  }

  #judgePings(): void {
    if (this.#state !== "open" || this.socket.writableLength === 0) return;
    const message = `more than ${this.#limits.maxQueuedPings} pings of a peer that does not read`;
    this.#move("finished");
    this.#handler?.onError(new ProtocolError("WS_TOO_MANY_PINGS", message));
    this.socket.destroy();
  }

  // Writing

  #writeOpening(): void {
    if (this.#opening !== undefined && this.#state === "open") this.#write(NO_BYTES);
  }

  #write(frames: Uint8Array): void {
    const { socket } = this;
    const bytes = this.#opening === undefined ? frames : this.#takeOpening(frames);
    if (this.#lags && !this.#awaitsDrain) {
      socket.write(bytes, () => this.#onWritten());
      this.#lags = socket.writableLength > 0;
      this.#awaitsDrain = this.#lags;
      return;
    }
    socket.write(bytes);
    // A callback for every write would cost a tick each. What the system takes at once, as it nearly always
    // does, needs none; for the rest an empty write tells when its turn has come.
    if (!this.#awaitsDrain && socket.writableLength > 0) this.#awaitDrain();
  }

  #takeOpening(frames: Uint8Array): Uint8Array {
    const opening = Buffer.from(this.#opening ?? "", "latin1");
    this.#opening = undefined;
    return Buffer.concat([opening, frames]);
  }

  #awaitDrain(): void {
    this.#lags = true;
    this.#awaitsDrain = true;
    this.socket.write(NO_BYTES, () => this.#onWritten());
  }

  #onWritten(): void {
    if (!this.#awaitsDrain) return;
    this.#awaitsDrain = false;
    if (this.#state !== "open") return;
    if (this.socket.writableLength > 0) this.#awaitDrain();
    else this.#handler?.onDrain();
  }

  // Ending

  #onClose(code: number, reason: string): void {
    // RFC 6455 §5.5.1: the answer echoes what was received.
    if (this.#state === "open") this.#sendClose(encodeClose(code === NO_STATUS ? undefined : code, reason));
    this.#closeCode = code;
    this.#closeReason = reason;
    this.#move("finished");
    // RFC 6455 §7.1.1: the server closes the TCP connection first.
    if (this.#role === "server") this.socket.end();
  }

  #fail(error: ProtocolError): void {
    if (this.#state === "open") this.#sendClose(encodeClose(error.closeCode, error.message));
    this.#closeCode = error.closeCode;
    this.#closeReason = error.message;
    this.#move("finished");
    this.socket.end();
    this.#handler?.onError(error);
  }

  #onEnd(): void {
    this.#move("finished");
    this.socket.end();
  }

  #sendClose(payload: Buffer): void {
    if (this.#pongs !== undefined) this.#flushPongs();
    this.#write(this.#writer.encodeControl(FIN | Opcode.close, payload));
  }

  #onSocketClosed(): void {
    this.#move("socketClosed");
    this.#handler?.onClose(this.#closeCode, this.#closeReason);
  }

  /** All that a state owns is taken up and given back here. */
  #move(event: ConnectionEvent): void {
    const state = nextState(this.#state, event);
    if (state === undefined) return;
    this.#state = state;
    if (state === "closed") clearTimeout(this.#closeTimer);
    else this.#closeTimer ??= setTimeout(() => this.socket.destroy(), this.#limits.closeTimeoutMs).unref();
    if (state === "closing") return;
    this.#reader = undefined;
    this.#pongs = undefined;
  }
}

function ignore(): void {}

function controlBytes(data: unknown): Uint8Array {
  // CVE-2016-10518: a number is refused, it never becomes a size to allocate.
  if (typeof data !== "string" && !(data instanceof Uint8Array)) {
    throw new UsageError(`cannot send a value of type ${typeof data}`);
  }
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  if (bytes.byteLength > MAX_CONTROL_BYTES)
    throw new UsageError(`ping of ${bytes.byteLength} bytes exceeds 125`);
  return bytes;
}
