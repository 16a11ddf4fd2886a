import type { SharedMessage } from "@tautline/engine/outbound-packet";
import type { WebSocketLink, WebSocketSink } from "@tautline/engine/ports";
import type { UwsSocket, UwsSocketEvents } from "./app.ts";

// What `send` answers; anything else means that the message waits for the peer.
const SENT = 1;
const DROPPED = 2;

/**
 * One WebSocket of µWebSockets.js.
 *
 * That drops what is sent to a peer for which too much waits, so nothing is sent while anything waits: the rest of a
 * batch stays here until the peer has read.
 */
export class UwsLink implements WebSocketLink, UwsSocketEvents {
  /** The subprotocol; programs read it (EIO §44). */
  readonly protocol: string;
  readonly #isCompressing: boolean;
  readonly #onOpened: (link: UwsLink) => void;
  #socket: UwsSocket | undefined = undefined;
  #sink: WebSocketSink | undefined = undefined;
  /** Messages that came before `start`. */
  #early: (string | Uint8Array)[] = [];
  /** Messages that were to be written and wait for the peer. */
  #rest: readonly SharedMessage[] = [];
  #isBlocked = false;

  constructor(protocol: string, isCompressing: boolean, onOpened: (link: UwsLink) => void) {
    this.protocol = protocol;
    this.#isCompressing = isCompressing;
    this.#onOpened = onOpened;
  }

  // WebSocketLink

  start(sink: WebSocketSink): void {
    this.#sink = sink;
    for (const message of this.#early.splice(0)) this.#deliver(message);
    if (this.#socket === undefined) process.nextTick(() => sink.onClose(1006, ""));
  }

  get isWritable(): boolean {
    return this.#socket !== undefined && !this.#isBlocked;
  }

  get bufferedBytes(): number {
    if (this.#socket === undefined || !this.#isBlocked) return 0;
    return this.#rest.reduce((sum, { payload }) => sum + payload.length, this.#socket.getBufferedAmount());
  }

  /** HOT PATH: one system call for a batch. */
  writeBatch(messages: readonly SharedMessage[]): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    if (this.#isBlocked) this.#rest = [...this.#rest, ...messages];
    else if (messages.length === 1) this.#write(socket, messages);
    else this.#writeCorked(socket, messages);
  }

  close(): void {
    this.#release()?.end();
  }

  terminate(): void {
    this.#release()?.close();
  }

  // UwsSocketEvents

  onOpen(socket: UwsSocket): void {
    this.#socket = socket;
    this.#onOpened(this);
  }

  onMessage(data: ArrayBuffer, isBinary: boolean): void {
    const bytes = Buffer.from(data);
    // The bytes are not ours once this returns.
    const message = isBinary ? Buffer.from(bytes) : bytes.toString();
    if (this.#sink === undefined) this.#early.push(message);
    else this.#deliver(message);
  }

  onDrain(): void {
    // What is written from within the handler, and has to wait again, would never be announced.
    if (this.#isBlocked) setImmediate(() => this.#resume());
  }

  onClose(code: number, reason: ArrayBuffer): void {
    const text = Buffer.from(reason).toString();
    // Of an end that this side began it comes from within `close`: the sink is told a moment later.
    const isForeign = this.#release() !== undefined;
    if (isForeign) this.#sink?.onClose(code, text);
    else process.nextTick(() => this.#sink?.onClose(code, text));
  }

  #deliver(message: string | Uint8Array): void {
    if (this.#socket === undefined) return;
    if (typeof message === "string") this.#sink?.onText(message);
    else this.#sink?.onBinary(message);
  }

  #resume(): void {
    const socket = this.#socket;
    if (socket === undefined || !this.#isBlocked || socket.getBufferedAmount() > 0) return;
    this.#isBlocked = false;
    const rest = this.#rest;
    this.#rest = [];
    if (rest.length > 0) this.#writeCorked(socket, rest);
    if (this.isWritable) this.#sink?.onDrain();
  }

  #writeCorked(socket: UwsSocket, messages: readonly SharedMessage[]): void {
    socket.cork(() => this.#write(socket, messages));
  }

  #write(socket: UwsSocket, messages: readonly SharedMessage[]): void {
    for (let at = 0; at < messages.length; at++) {
      const message = messages[at];
      if (message === undefined) return;
      const { payload, compress } = message;
      const outcome = socket.send(payload, typeof payload !== "string", this.#isCompressing && compress);
      if (outcome === SENT) continue;
      this.#isBlocked = true;
      this.#rest = messages.slice(outcome === DROPPED ? at : at + 1);
      return;
    }
  }

  /** The socket, which must not be touched once it is closed. */
  #release(): UwsSocket | undefined {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#rest = [];
    return socket;
  }
}
