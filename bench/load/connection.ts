// One raw client: a WebSocket over node:net that joins the main namespace and hands on what arrives.
// All connections read into one buffer: Node fills it and calls back in one step, so nothing is allocated.

import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { encodeClientFrame, FrameReader, OPCODE_CLOSE } from "./frames.ts";
import type { PollingSession } from "./polling.ts";

const sharedBuffer = Buffer.allocUnsafe(256 * 1_024);
const WEBSOCKET_PATH = "/socket.io/?EIO=4&transport=websocket";

const DIGIT_0 = 0x30;
const DIGIT_2 = 0x32;
const DIGIT_3 = 0x33;
const DIGIT_4 = 0x34;

const CONNECT = encodeClientFrame("40");
const PONG = encodeClientFrame("3");
const PROBE = encodeClientFrame("2probe");
const UPGRADE = encodeClientFrame("5");

/** What is done with the packets that arrive once the connection is ready. */
export interface PacketSink {
  onPacket(connection: LoadConnection, chunk: Buffer, start: number, end: number): void;
  /** All packets of one read have been handed over. */
  onReadEnd(connection: LoadConnection): void;
}

export interface ConnectionOptions {
  readonly port: number;
  readonly isDeflating: boolean;
  /** Given if a polling session is to be upgraded; the upgrade waits for its pending poll, as clients do. */
  readonly polling?: PollingSession;
}

/** handshake → opening (Engine.IO) → joining (namespace) → ready; a probe replaces the middle two. */
type State = "handshake" | "opening" | "joining" | "probing" | "ready" | "closed";

export class LoadConnection {
  /** When each slot's event was sent; used by the echo traffic. */
  sentAt: Float64Array = new Float64Array(0);
  sink: PacketSink | undefined = undefined;
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  readonly #onReady: (error?: Error) => void;
  readonly #polling: PollingSession | undefined;
  readonly #isDeflating: boolean;
  #state: State = "handshake";
  #head = "";

  constructor(options: ConnectionOptions, onReady: (error?: Error) => void) {
    this.#onReady = onReady;
    this.#polling = options.polling;
    this.#isDeflating = options.isDeflating;
    this.#reader = new FrameReader(this);
    this.#socket = connect({
      port: options.port,
      host: "127.0.0.1",
      noDelay: true,
      onread: {
        buffer: sharedBuffer,
        callback: (bytes, buffer) => this.#onRead(Buffer.from(buffer.buffer, buffer.byteOffset, bytes)),
      },
    });
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("connection closed by the server")));
    this.#socket.write(upgradeRequest(options));
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  write(frames: Buffer): void {
    this.#socket.write(frames);
  }

  discard(): void {
    this.#state = "closed";
    this.#socket.destroy();
  }

  onFrame(opcode: number, chunk: Buffer, start: number, end: number): void {
    const first = chunk[start];
    const isPing = first === DIGIT_2 && end === start + 1; // EIO §9.3: the server pings
    if (opcode === OPCODE_CLOSE) this.#fail(new Error("close frame from the server"));
    else if (isPing) this.write(PONG);
    else if (this.#state === "ready") this.sink?.onPacket(this, chunk, start, end);
    else if (!this.#isExpected(first)) this.#failAt(chunk.toString("utf8", start, end));
    else if (this.#state === "opening") this.#advance("joining", CONNECT);
    else if (this.#state === "joining") this.#becomeReady();
    else if (this.#state === "probing") this.#upgrade();
  }

  /** True if a packet of the handshake begins as it should. A server may deflate them: then order must do. */
  #isExpected(first: number | undefined): boolean {
    if (this.#isDeflating) return true;
    if (this.#state === "opening") return first === DIGIT_0;
    if (this.#state === "joining") return first === DIGIT_4;
    return this.#state === "probing" && first === DIGIT_3;
  }

  #failAt(packet: string): void {
    this.#fail(new Error(`unexpected packet "${packet}" while ${this.#state}`));
  }

  #onRead(chunk: Buffer): boolean {
    if (this.#state === "closed") return false;
    if (this.#state === "handshake") {
      this.#onResponse(chunk);
      return true;
    }
    this.#reader.push(chunk);
    if (this.#state === "ready") this.sink?.onReadEnd(this);
    return true;
  }

  #onResponse(chunk: Buffer): void {
    this.#head += chunk.toString("latin1");
    const end = this.#head.indexOf("\r\n\r\n");
    if (end === -1) return;
    if (!this.#head.startsWith("HTTP/1.1 101 ")) {
      this.#fail(new Error(`refused: ${this.#head}`));
      return;
    }
    const rest = Buffer.from(this.#head.slice(end + 4), "latin1");
    this.#head = "";
    if (this.#polling === undefined) this.#state = "opening";
    else this.#advance("probing", PROBE);
    if (rest.length > 0) this.#reader.push(rest);
  }

  #advance(state: State, frame: Buffer): void {
    this.#state = state;
    this.write(frame);
  }

  #upgrade(): void {
    this.#polling?.pendingPoll.then(
      () => {
        this.write(UPGRADE);
        this.#becomeReady();
      },
      (error: Error) => this.#fail(error),
    );
  }

  #becomeReady(): void {
    this.#state = "ready";
    this.#onReady();
  }

  #fail(error: Error): void {
    if (this.#state === "closed") return;
    const wasReady = this.#state === "ready";
    this.discard();
    if (wasReady) throw error;
    this.#onReady(error);
  }
}

function upgradeRequest({ port, isDeflating, polling }: ConnectionOptions): string {
  const lines = [
    `GET ${WEBSOCKET_PATH}${polling === undefined ? "" : `&sid=${polling.sessionId}`} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Accept-Language: en-GB,en;q=0.9",
    ...(isDeflating ? ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"] : []),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}
