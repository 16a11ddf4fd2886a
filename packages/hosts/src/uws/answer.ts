import { STATUS_CODES, validateHeaderName, validateHeaderValue } from "node:http";
import type { HeaderValue } from "@tautline/engine/ports";
import type { UwsResponder, UwsSocketEvents } from "./app.ts";

/** Headers that µWebSockets.js writes itself. */
const ownHeaders: ReadonlySet<string> = new Set(["content-length", "connection"]);

export type HeaderList = Readonly<Record<string, HeaderValue | undefined>>;

/** How a request is switched to WebSocket; read while its handler runs. */
export interface UwsHandshake {
  readonly key: string;
  readonly protocol: string;
  readonly extensions: string;
  readonly context: object;
}

/** The one answer to a request: at once or later, and never after the peer has left. */
export class UwsAnswer {
  readonly #isHead: boolean;
  /** Until the answer is complete, or the peer has left: the object must not be touched after that. */
  #res: UwsResponder | undefined;
  #isBegun = false;
  #unsentBytes = 0;
  #onAbort: (() => void)[] = [];

  constructor(res: UwsResponder, isHead: boolean) {
    this.#res = res;
    this.#isHead = isHead;
    res.onAborted(() => {
      this.#end();
      for (const callback of this.#onAbort.splice(0)) callback();
    });
  }

  /** Whether nobody waits for an answer any more. */
  get isGone(): boolean {
    return this.#res === undefined;
  }

  /** Of the answer, what the system has not taken. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Calls `callback` if the peer leaves before it has the whole answer. */
  onAbort(callback: () => void): void {
    this.#onAbort.push(callback);
  }

  /** Throws when a header cannot be sent; nothing has been sent then. `Connection: close` is obeyed. */
  send(status: number, headers: HeaderList, body: string | Uint8Array): void {
    const res = this.#res;
    if (res === undefined || this.#isBegun) return;
    const lines = toLines(headers);
    this.#isBegun = true;
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    res.cork(() => {
      res.writeStatus(`${status} ${STATUS_CODES[status] ?? "Unknown"}`);
      for (const [name, value] of lines)
        if (!ownHeaders.has(name.toLowerCase())) res.writeHeader(name, value);
      this.#sendBody(res, status, bytes, isClosing(lines));
    });
  }

  /** Throws when a header cannot be sent; nothing has been sent then. */
  upgrade(handshake: UwsHandshake, headers: HeaderList, events: UwsSocketEvents): void {
    const res = this.#res;
    if (res === undefined || this.#isBegun) return;
    const lines = toLines(headers);
    this.#end();
    res.cork(() => {
      res.writeStatus("101 Switching Protocols");
      for (const [name, value] of lines) res.writeHeader(name, value);
      res.upgrade({ events }, handshake.key, handshake.protocol, handshake.extensions, handshake.context);
    });
  }

  /** Cuts the connection, unless the answer is out. */
  close(): void {
    const res = this.#res;
    this.#end();
    res?.close();
  }

  #sendBody(res: UwsResponder, status: number, body: Uint8Array, closesConnection: boolean): void {
    if (this.#isHead || status === 204 || status === 304 || body.byteLength === 0 || closesConnection) {
      this.#end();
      if (status === 204 || status === 304) res.endWithoutBody();
      else if (this.#isHead) res.endWithoutBody(body.byteLength);
      else res.end(body, closesConnection);
      return;
    }
    const [, isComplete] = res.tryEnd(body, body.byteLength);
    if (isComplete) this.#end();
    else this.#sendRest(res, body);
  }

  #sendRest(res: UwsResponder, body: Uint8Array): void {
    this.#unsentBytes = body.byteLength;
    res.onWritable((offset) => {
      this.#unsentBytes = body.byteLength - offset;
      const [isTaken, isComplete] = res.tryEnd(body.subarray(offset), body.byteLength);
      if (isComplete) this.#end();
      return isTaken;
    });
  }

  #end(): void {
    this.#res = undefined;
    this.#isBegun = true;
    this.#unsentBytes = 0;
  }
}

/** SEC §1.5: µWebSockets.js writes whatever it is given, line breaks included. */
function toLines(headers: HeaderList): [name: string, value: string][] {
  const lines: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    for (const one of typeof value === "object" ? value : [value]) {
      const text = String(one);
      validateHeaderName(name);
      validateHeaderValue(name, text);
      lines.push([name, text]);
    }
  }
  return lines;
}

function isClosing(lines: readonly (readonly [name: string, value: string])[]): boolean {
  return lines.some(
    ([name, value]) => name.toLowerCase() === "connection" && value.toLowerCase() === "close",
  );
}
