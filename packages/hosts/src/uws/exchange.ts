import type { IncomingMessage } from "node:http";
import type { AbortSink, BodySink, Headers, HttpExchange, HttpReply, Query } from "@tautline/engine/ports";
import type { Report } from "@tautline/events/guard";
import { chooseCoding, compress, contentCodings } from "../node/compression.ts";
import type { UwsAnswer } from "./answer.ts";
import type { UwsBody } from "./body.ts";
import type { UwsResponse } from "./response.ts";

/** One request of µWebSockets.js that is not an upgrade, answered exactly once. */
export class UwsExchange implements HttpExchange<IncomingMessage> {
  readonly request: IncomingMessage;
  readonly query: Query;
  readonly #answer: UwsAnswer;
  readonly #body: UwsBody;
  readonly #report: Report;
  /** Only when there are middlewares. */
  readonly #response: UwsResponse | undefined;
  #sink: AbortSink | undefined = undefined;
  /** The length of a body that is being compressed. */
  #compressingBytes = 0;

  constructor(
    request: IncomingMessage,
    parts: {
      query: Query;
      answer: UwsAnswer;
      body: UwsBody;
      report: Report;
      response: UwsResponse | undefined;
    },
  ) {
    this.request = request;
    this.query = parts.query;
    this.#answer = parts.answer;
    this.#body = parts.body;
    this.#report = parts.report;
    this.#response = parts.response;
    this.#answer.onAbort(() => this.#takeSink()?.onAbort());
  }

  // Incoming

  get method(): string {
    return this.request.method ?? "GET";
  }

  get remoteAddress(): string | undefined {
    return this.request.socket.remoteAddress;
  }

  get isGone(): boolean {
    return this.#answer.isGone;
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
    if (this.isGone) process.nextTick(() => this.#takeSink()?.onAbort());
  }

  readBody(_limitBytes: number, sink: BodySink): void {
    this.waitWith(sink);
    this.#body.read({
      onBody: (body) => {
        if (this.#sink === sink) sink.onBody(body);
      },
      onTooLarge: () => {
        if (this.#sink === sink) sink.onTooLarge();
      },
    });
  }

  get unsentBytes(): number {
    return this.isGone ? 0 : this.#compressingBytes + this.#answer.unsentBytes;
  }

  reply(reply: HttpReply): void {
    this.#sink = undefined;
    const { status, body } = reply;
    const headers = reply.endsConnection ? { ...reply.headers, Connection: "close" } : reply.headers;
    const coding = reply.compression && chooseCoding(this.request, contentCodings);
    if (!reply.compression || !coding) {
      this.#write(status, headers, body);
      return;
    }
    this.#compressingBytes = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
    compress(body, coding, reply.compression, (compressed) => {
      this.#compressingBytes = 0;
      if (compressed === undefined) this.#write(status, headers, body);
      else this.#write(status, { ...headers, "Content-Encoding": coding }, compressed);
    });
  }

  destroy(): void {
    this.#sink = undefined;
    this.#answer.close();
  }

  #write(status: number, headers: Headers, body: string | Uint8Array): void {
    const response = this.#response;
    // EIO §0.3: a middleware has begun to answer; the rest is left out.
    if (response?.headersSent) {
      response.end();
      return;
    }
    try {
      if (response === undefined) {
        this.#answer.send(status, headers, body);
        return;
      }
      response.writeHead(status, headers);
      response.end(body);
    } catch (error) {
      // SEC §1.5: a listener has set a header that cannot be sent, and the request is answered all the same.
      this.#report(error);
      this.#answer.send(500, {}, "");
    }
  }

  #takeSink(): AbortSink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }
}
