import type { IncomingMessage, ServerResponse } from "node:http";
import type { AbortSink, BodySink, Headers, HttpExchange, HttpReply, Query } from "@tautline/engine/ports";
import { readBody } from "./body.ts";
import { concealResponse, exposeResponse } from "./compat.ts";
import { chooseCoding, compress } from "./compression.ts";

/** One request of `node:http`, `node:https` or `node:http2`, answered exactly once. */
export class NodeExchange implements HttpExchange<IncomingMessage> {
  readonly request: IncomingMessage;
  readonly query: Query;
  readonly #res: ServerResponse;
  #sink: AbortSink | undefined = undefined;
  #isAnswered = false;
  #isClosed = false;
  readonly #isResponseExposed: boolean;

  constructor(req: IncomingMessage, res: ServerResponse, query: Query) {
    this.request = req;
    this.query = query;
    this.#res = res;
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

  reply(reply: HttpReply): void {
    if (this.#isAnswered) return;
    this.#finish();
    if (reply.endsConnection) this.#endConnection();
    const coding = reply.compression && chooseCoding(this.request);
    if (!reply.compression || !coding) {
      this.#write(reply.status, reply.headers, reply.body);
      return;
    }
    compress(reply.body, coding, reply.compression, (compressed) => {
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
    if (this.#isAnswered) return;
    this.#finish();
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
    if (!res.headersSent) {
      res.writeHead(status, toNodeHeaders(headers));
      res.end(body);
    } else {
      res.end();
    }
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

function isDestroyable(value: unknown): value is { destroy(): void } {
  return (
    typeof value === "object" && value !== null && "destroy" in value && typeof value.destroy === "function"
  );
}
