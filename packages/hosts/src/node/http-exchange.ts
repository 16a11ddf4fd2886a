import type { IncomingMessage, ServerResponse } from "node:http";
import type { AbortSink, BodySink, Headers, HttpExchange, HttpReply, Query } from "@tautline/engine/ports";
import type { Report } from "@tautline/events/guard";
import { readBody } from "./body.ts";
import { concealResponse, exposeResponse } from "./compat.ts";
import { chooseCoding, compress, contentCodings } from "./compression.ts";

/** One request of `node:http`, `node:https` or `node:http2`, answered exactly once. */
export class NodeExchange implements HttpExchange<IncomingMessage> {
  readonly request: IncomingMessage;
  readonly query: Query;
  readonly #res: ServerResponse;
  readonly #report: Report;
  #sink: AbortSink | undefined = undefined;
  #isAnswered = false;
  #isClosed = false;
  /** The length of a body that is being compressed. */
  #compressingBytes = 0;
  readonly #isResponseExposed: boolean;

  constructor(req: IncomingMessage, res: ServerResponse, query: Query, report: Report) {
    this.request = req;
    this.query = query;
    this.#res = res;
    this.#report = report;
    this.#isResponseExposed = exposeResponse(req, res);
    // EIO §62.17: `close` comes after every response, and earlier only if the peer left.
    res.once("close", () => this.#onClose());
  }

  // Incoming

  get method(): string {
    return this.request.method ?? "GET";
  }

  get remoteAddress(): string | undefined {
    return this.request.socket?.remoteAddress;
  }

  get isGone(): boolean {
    return this.#isClosed;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  dropHeader(name: string): void {
    delete this.request.headers[name];
  }

  // HttpExchange

  waitWith(sink: AbortSink): void {
    this.#sink = sink;
    if (this.#isClosed) process.nextTick(() => this.#abort());
  }

  readBody(limitBytes: number, sink: BodySink): void {
    this.waitWith(sink);
    readBody(this.request, limitBytes, {
      onBody: (body) => {
        if (this.#sink === sink) sink.onBody(body);
      },
      onTooLarge: () => {
        if (this.#sink === sink) sink.onTooLarge();
      },
    });
  }

  get unsentBytes(): number {
    if (this.#isClosed || this.#res.writableFinished) return 0;
    return this.#compressingBytes + this.#res.writableLength;
  }

  reply(reply: HttpReply): void {
    if (this.#isAnswered) return;
    this.#finish();
    if (reply.endsConnection) this.#endConnection();
    const coding = reply.compression && chooseCoding(this.request, contentCodings);
    if (!reply.compression || !coding) {
      this.#write(reply.status, reply.headers, reply.body);
      return;
    }
    this.#compressingBytes = lengthOf(reply.body);
    compress(reply.body, coding, reply.compression, (compressed) => {
      this.#compressingBytes = 0;
      if (compressed === undefined) {
        this.#write(reply.status, reply.headers, reply.body);
        return;
      }
      const headers = {
        ...reply.headers,
        "Content-Encoding": coding,
        "Content-Length": compressed.byteLength,
      };
      this.#write(reply.status, headers, compressed);
    });
  }

  destroy(): void {
    // The connection may carry another request by now.
    if (this.#isClosed || this.#res.writableFinished) return;
    if (!this.#isAnswered) this.#finish();
    const { request } = this;
    // Of HTTP/2 only the stream is ended: other requests share the connection.
    if ("stream" in request && isDestroyable(request.stream)) request.stream.destroy();
    else request.destroy();
  }

  /** HTTP/2 carries other requests on the same connection, and has no such header. */
  #endConnection(): void {
    if (this.request.httpVersionMajor === 1 && !this.#res.headersSent)
      this.#res.setHeader("Connection", "close");
  }

  #write(status: number, headers: Headers, body: string | Uint8Array): void {
    const res = this.#res;
    if (this.#isClosed || res.writableEnded) return;
    // EIO §0.3: a middleware has begun to answer; the rest is left out.
    if (res.headersSent) {
      res.end();
      return;
    }
    try {
      res.writeHead(status, toNodeHeaders(headers));
    } catch (error) {
      this.#fail(error);
      return;
    }
    res.end(body);
  }

  /** SEC §1.5: a listener has set a header that cannot be sent, and the request is answered all the same. */
  #fail(error: unknown): void {
    this.#report(error);
    for (const name of this.#res.getHeaderNames()) this.#res.removeHeader(name);
    this.#res.writeHead(500, { "Content-Length": 0 });
    this.#res.end();
  }

  #finish(): void {
    this.#isAnswered = true;
    this.#sink = undefined;
    if (this.#isResponseExposed) concealResponse(this.request);
  }

  #onClose(): void {
    this.#isClosed = true;
    this.#abort();
  }

  #abort(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    if (sink === undefined) return;
    this.#finish();
    sink.onAbort();
  }
}

function toNodeHeaders(headers: Headers): Record<string, string | number | string[]> {
  const copy: Record<string, string | number | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    copy[name] = typeof value === "object" ? [...value] : value;
  }
  return copy;
}

function lengthOf(body: string | Uint8Array): number {
  return typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
}

function isDestroyable(value: unknown): value is { destroy(): void } {
  return (
    typeof value === "object" && value !== null && "destroy" in value && typeof value.destroy === "function"
  );
}
