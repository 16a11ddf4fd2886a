import { type IncomingMessage, type OutgoingHttpHeader, ServerResponse } from "node:http";
import type { UwsAnswer } from "./answer.ts";

/** The response that middlewares are given (EIO §21), in the shape of Node's; it is sent as a whole, by `end`. */
export class UwsResponse extends ServerResponse {
  readonly #answer: UwsAnswer;
  readonly #pieces: Uint8Array[] = [];
  #isClosed = false;

  constructor(req: IncomingMessage, answer: UwsAnswer) {
    super(req);
    this.#answer = answer;
    answer.onAbort(() => this.#close());
  }

  override writeHead(status: number, ...rest: readonly unknown[]): this {
    for (const headers of rest) {
      if (typeof headers !== "object" || headers === null) continue;
      for (const [name, value] of Object.entries(headers)) if (isHeader(value)) this.setHeader(name, value);
    }
    return super.writeHead(status);
  }

  override write(chunk: unknown, ...rest: readonly unknown[]): boolean {
    const [encoding] = rest;
    const bytes = toBytes(chunk, encoding);
    if (bytes !== undefined) this.#pieces.push(bytes);
    for (const argument of rest) if (typeof argument === "function") process.nextTick(() => argument());
    return true;
  }

  override end(...args: readonly unknown[]): this {
    if (this.writableEnded) return this;
    const [chunk, ...rest] = args;
    if (typeof chunk === "function") this.write(undefined, chunk);
    else this.write(chunk, ...rest);
    if (!this.headersSent) this.writeHead(this.statusCode);
    this.finished = true;
    this.#answer.send(this.statusCode, this.getHeaders(), Buffer.concat(this.#pieces));
    this.finish();
    return this;
  }

  /** Also called when the request was answered past this object, by an upgrade. */
  finish(): void {
    process.nextTick(() => {
      if (this.#isClosed) return;
      this.emit("finish");
      this.#close();
    });
  }

  /** What middlewares have set, for an answer past this object; after those that wait for `writeHead` had their turn. */
  takeHeaders(): Readonly<Record<string, OutgoingHttpHeader | undefined>> {
    this.writeHead(101);
    return this.getHeaders();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.emit("close");
  }
}

function isHeader(value: unknown): value is number | string | readonly string[] {
  return typeof value === "number" || typeof value === "string" || Array.isArray(value);
}

function toBytes(chunk: unknown, encoding: unknown): Uint8Array | undefined {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk !== "string") return undefined;
  return typeof encoding === "string" && Buffer.isEncoding(encoding)
    ? Buffer.from(chunk, encoding)
    : Buffer.from(chunk);
}
