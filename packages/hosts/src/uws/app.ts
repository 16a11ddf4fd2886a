// What is called of µWebSockets.js, and no more: the program brings the module, in a version of its choice.
//
// Its rules: a request lives only until its handler returns, a response until it is answered or aborted, the bytes of
// a message until the handler of it returns, and a WebSocket until its `close` handler was called.

/** An `App` or `SSLApp`. */
export interface UwsApp {
  any(pattern: string, handler: (res: UwsResponder, req: UwsRequestView) => void): unknown;
  get(pattern: string, handler: (res: UwsResponder, req: UwsRequestView) => void): unknown;
  ws(pattern: string, behavior: UwsBehavior): unknown;
}

/** A request, while its handler runs. */
export interface UwsRequestView {
  getMethod(): string;
  getUrl(): string;
  getQuery(): string;
  getHeader(lowerCaseName: string): string;
  forEach(callback: (name: string, value: string) => void): void;
  setYield(isYielding: boolean): unknown;
}

/** The response to a request. */
export interface UwsResponder {
  getRemoteAddressAsText(): ArrayBuffer;
  onAborted(handler: () => void): unknown;
  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): unknown;
  onWritable(handler: (offset: number) => boolean): unknown;
  cork(callback: () => void): unknown;
  writeStatus(status: string): unknown;
  writeHeader(name: string, value: string): unknown;
  /** Returns whether everything went out, and whether the response is complete. */
  tryEnd(body: Uint8Array, totalBytes: number): [boolean, boolean];
  end(body?: Uint8Array, closesConnection?: boolean): unknown;
  endWithoutBody(announcedBytes?: number): unknown;
  close(): unknown;
  upgrade(data: UwsSocketData, key: string, protocol: string, extensions: string, context: object): void;
}

/** A WebSocket. */
export interface UwsSocket {
  getUserData(): UwsSocketData;
  /** 1: sent, 0: waits for the peer, 2: dropped because too much waits. */
  send(message: string | Uint8Array, isBinary: boolean, isCompressed: boolean): number;
  getBufferedAmount(): number;
  cork(callback: () => void): unknown;
  end(): void;
  close(): void;
}

/** What goes with a WebSocket from its upgrade on; its own properties are copied, and nothing else. */
export interface UwsSocketData {
  readonly events: UwsSocketEvents;
}

/** Who is told what a WebSocket does. */
export interface UwsSocketEvents {
  onOpen(socket: UwsSocket): void;
  onMessage(data: ArrayBuffer, isBinary: boolean): void;
  onDrain(): void;
  onClose(code: number, reason: ArrayBuffer): void;
}

/** A WebSocket route. */
export interface UwsBehavior {
  compression: number;
  idleTimeout: number;
  maxBackpressure: number;
  maxPayloadLength: number;
  upgrade(res: UwsResponder, req: UwsRequestView, context: object): void;
  open(socket: UwsSocket): void;
  message(socket: UwsSocket, data: ArrayBuffer, isBinary: boolean): void;
  drain(socket: UwsSocket): void;
  close(socket: UwsSocket, code: number, reason: ArrayBuffer): void;
}
