// WebSocket servers that a program hands in as `wsEngine`: any class with the contract of the published `ws`
// package's `Server` (EIO §41). Typed by the few methods that are called.

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { SharedMessage } from "@tautline/engine/outbound-packet";
import type { Headers, WebSocketLink, WebSocketSink } from "@tautline/engine/ports";
import type { WebSocketAcceptor } from "./upgrade.ts";

type RawData = Buffer | ArrayBuffer | Buffer[];

/** A connection of such a server. */
export interface WsLikeSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  readonly protocol: string;
  send(
    data: string | Uint8Array,
    options: { binary: boolean; compress: boolean },
    callback: (error?: Error | null) => void,
  ): void;
  close(): void;
  terminate(): void;
  on(event: "message", listener: (data: RawData, isBinary: boolean) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close", listener: (code: number, reason: Buffer) => void): unknown;
}

/** Such a server. */
export interface WsLikeServer {
  handleUpgrade(
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    callback: (socket: WsLikeSocket) => void,
  ): void;
  on(event: "headers", listener: (lines: string[], req: IncomingMessage) => void): unknown;
  close(): void;
}

/** EIO §41: what it is constructed with. */
export type WsEngineClass = new (options: {
  noServer: true;
  clientTracking: false;
  perMessageDeflate: object | false;
  maxPayload: number;
}) => WsLikeServer;

const OPEN = 1;

/** Accepts by a server of the program's choice. */
export class WsEngineAcceptor implements WebSocketAcceptor {
  readonly #server: WsLikeServer;
  readonly #headers: WeakMap<IncomingMessage, Headers> = new WeakMap();

  constructor(WsEngine: WsEngineClass, perMessageDeflate: object | false, maxPayload: number) {
    this.#server = new WsEngine({ noServer: true, clientTracking: false, perMessageDeflate, maxPayload });
    this.#server.on("headers", (lines, req) => {
      for (const [name, value] of Object.entries(this.#headers.get(req) ?? {})) {
        const values = typeof value === "object" ? value : [value];
        for (const one of values) lines.push(`${name}: ${one}`);
      }
    });
  }

  accept(
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    headers: Headers,
    onAccepted: (link: WebSocketLink) => void,
  ): void {
    this.#headers.set(req, headers);
    this.#server.handleUpgrade(req, socket, head, (webSocket) => onAccepted(new WsLink(webSocket)));
  }

  close(): void {
    this.#server.close();
  }
}

/** One connection; its `protocol` is what programs read (EIO §44). */
class WsLink implements WebSocketLink {
  readonly #webSocket: WsLikeSocket;
  #sink: WebSocketSink | undefined = undefined;
  /** Messages that came before `start`. */
  #early: { readonly data: RawData; readonly isBinary: boolean }[] | undefined = [];
  #writesInFlight = 0;

  constructor(webSocket: WsLikeSocket) {
    this.#webSocket = webSocket;
    webSocket.on("message", (data, isBinary) => this.#onMessage(data, isBinary));
    // CVE-2022-21676: also before `start`, an error ends only this connection.
    webSocket.on("error", (error) => this.#sink?.onError(error));
    webSocket.on("close", (code, reason) => this.#sink?.onClose(code, String(reason)));
  }

  get protocol(): string {
    return this.#webSocket.protocol;
  }

  get isWritable(): boolean {
    return this.#webSocket.readyState === OPEN && this.#writesInFlight === 0;
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  start(sink: WebSocketSink): void {
    this.#sink = sink;
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const { data, isBinary } of early) this.#onMessage(data, isBinary);
    if (this.#webSocket.readyState > OPEN) process.nextTick(() => sink.onClose(1006, ""));
  }

  writeBatch(messages: readonly SharedMessage[]): void {
    for (const { payload, compress } of messages) {
      if (this.#webSocket.readyState !== OPEN) return;
      this.#writesInFlight++;
      const options = { binary: typeof payload !== "string", compress };
      this.#webSocket.send(payload, options, (error) => this.#onWritten(error));
    }
  }

  close(): void {
    this.#webSocket.close();
  }

  terminate(): void {
    this.#webSocket.terminate();
  }

  #onWritten(error: Error | null | undefined): void {
    this.#writesInFlight--;
    if (error) this.#sink?.onError(error);
    else if (this.#writesInFlight === 0) this.#sink?.onDrain();
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#early) {
      this.#early.push({ data, isBinary });
      return;
    }
    const bytes = toBuffer(data);
    if (isBinary) this.#sink?.onBinary(bytes);
    else this.#sink?.onText(bytes.toString());
  }
}

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
