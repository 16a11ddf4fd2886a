import type { UwsApp, UwsBehavior, UwsRequestView, UwsResponder, UwsSocket, UwsSocketData } from "../app.ts";

export interface FakeRequestParts {
  readonly method?: string;
  readonly url?: string;
  readonly query?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** A request, as µWebSockets.js shows it. */
export class FakeRequest implements UwsRequestView {
  readonly #parts: FakeRequestParts;
  isYielding = false;

  constructor(parts: FakeRequestParts = {}) {
    this.#parts = parts;
  }

  getMethod(): string {
    return this.#parts.method ?? "get";
  }

  getUrl(): string {
    return this.#parts.url ?? "/engine.io/";
  }

  getQuery(): string {
    return this.#parts.query ?? "";
  }

  getHeader(lowerCaseName: string): string {
    return this.#parts.headers?.find(([name]) => name === lowerCaseName)?.[1] ?? "";
  }

  forEach(callback: (name: string, value: string) => void): void {
    for (const [name, value] of this.#parts.headers ?? []) callback(name, value);
  }

  setYield(isYielding: boolean): void {
    this.isYielding = isYielding;
  }
}

/** A response that writes down what it is told, and refuses to be touched once it is over, as the real one does. */
export class RecordingResponder implements UwsResponder {
  status = "";
  readonly headers: [name: string, value: string][] = [];
  body = "";
  closesConnection = false;
  /** How the response ended. */
  ending: "none" | "ended" | "aborted" | "closed" | "upgraded" = "none";
  /** How many bytes the peer takes at once. */
  capacityBytes: number = Number.POSITIVE_INFINITY;
  readonly #behavior: UwsBehavior | undefined;
  readonly socket: RecordingSocket = new RecordingSocket();
  #onAborted: () => void = () => {};
  #onData: (chunk: ArrayBuffer, isLast: boolean) => void = () => {};
  #onWritable: (offset: number) => boolean = () => true;
  #sentBytes = 0;

  constructor(behavior?: UwsBehavior) {
    this.#behavior = behavior;
  }

  getRemoteAddressAsText(): ArrayBuffer {
    return toArrayBuffer("192.0.2.1");
  }

  onAborted(handler: () => void): void {
    this.#onAborted = handler;
  }

  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): void {
    this.#onData = handler;
  }

  onWritable(handler: (offset: number) => boolean): void {
    this.#onWritable = handler;
  }

  cork(callback: () => void): void {
    this.#assertUsable();
    callback();
  }

  writeStatus(status: string): void {
    this.#assertUsable();
    this.status = status;
  }

  writeHeader(name: string, value: string): void {
    this.#assertUsable();
    this.headers.push([name, value]);
  }

  tryEnd(body: Uint8Array, totalBytes: number): [boolean, boolean] {
    this.#assertUsable();
    const taken = body.subarray(0, this.capacityBytes);
    this.#sentBytes += taken.byteLength;
    this.body += Buffer.from(taken).toString();
    const isComplete = this.#sentBytes === totalBytes;
    if (isComplete) this.ending = "ended";
    return [isComplete, isComplete];
  }

  end(body: Uint8Array = new Uint8Array(), closesConnection = false): void {
    this.#assertUsable();
    this.body += Buffer.from(body).toString();
    this.closesConnection = closesConnection;
    this.ending = "ended";
  }

  endWithoutBody(): void {
    this.#assertUsable();
    this.ending = "ended";
  }

  close(): void {
    this.#assertUsable();
    this.ending = "closed";
    this.#onAborted();
  }

  upgrade(data: UwsSocketData): void {
    this.#assertUsable();
    this.ending = "upgraded";
    this.socket.data = data;
    this.#behavior?.open(this.socket);
  }

  // What a peer would do

  abort(): void {
    this.ending = "aborted";
    this.#onAborted();
  }

  receive(text: string, isLast: boolean): void {
    const chunk = toArrayBuffer(text);
    this.#onData(chunk, isLast);
    // The bytes are taken back.
    new Uint8Array(chunk).fill(0);
  }

  read(): void {
    this.#onWritable(this.#sentBytes);
  }

  #assertUsable(): void {
    if (this.ending !== "none") throw new Error("the response is over");
  }
}

/** A WebSocket, likewise. */
export class RecordingSocket implements UwsSocket {
  data: UwsSocketData | undefined = undefined;
  readonly sent: (string | Uint8Array)[] = [];
  readonly compressed: boolean[] = [];
  readonly endings: string[] = [];
  corks = 0;
  /** What `send` answers: one by one, then 1. */
  outcomes: number[] = [];
  bufferedBytes = 0;

  getUserData(): UwsSocketData {
    if (this.data === undefined) throw new Error("the socket is not open");
    return this.data;
  }

  send(message: string | Uint8Array, isBinary: boolean, isCompressed: boolean): number {
    this.#assertOpen();
    if (isBinary === (typeof message === "string")) throw new Error("text and binary are mixed up");
    const outcome = this.outcomes.shift() ?? 1;
    if (outcome === 2) return outcome;
    this.sent.push(message);
    this.compressed.push(isCompressed);
    return outcome;
  }

  getBufferedAmount(): number {
    this.#assertOpen();
    return this.bufferedBytes;
  }

  cork(callback: () => void): void {
    this.#assertOpen();
    this.corks++;
    callback();
  }

  end(): void {
    this.#assertOpen();
    this.endings.push("end");
  }

  close(): void {
    this.#assertOpen();
    this.endings.push("close");
  }

  #assertOpen(): void {
    if (this.endings.length > 0) throw new Error("the socket is closed");
  }
}

/** An app that holds its routes. */
export class RecordingApp implements UwsApp {
  readonly routes: Map<string, (res: UwsResponder, req: UwsRequestView) => void> = new Map();
  readonly behaviors: Map<string, UwsBehavior> = new Map();

  any(pattern: string, handler: (res: UwsResponder, req: UwsRequestView) => void): void {
    this.routes.set(`any ${pattern}`, handler);
  }

  get(pattern: string, handler: (res: UwsResponder, req: UwsRequestView) => void): void {
    this.routes.set(`get ${pattern}`, handler);
  }

  ws(pattern: string, behavior: UwsBehavior): void {
    this.behaviors.set(pattern, behavior);
  }
}

/** The kind of app that speaks TLS. */
export class RecordingSSLApp extends RecordingApp {}

function toArrayBuffer(text: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(text)).buffer;
}
