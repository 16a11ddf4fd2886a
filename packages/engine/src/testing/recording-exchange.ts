import type { AbortSink, BodySink, HttpExchange, HttpReply, Query } from "../ports.ts";

/** What identifies a request in tests. */
export interface FakeRequest {
  readonly name: string;
}

/** One HTTP request without a network: a test sends its body, aborts it, and reads its reply. */
export class RecordingExchange implements HttpExchange<FakeRequest> {
  readonly request: FakeRequest;
  readonly method: string;
  readonly query: Query;
  remoteAddress: string | undefined = "192.0.2.1";
  isGone = false;
  readonly headers: Map<string, string>;
  /** Every reply: a test asserts that there is one. */
  readonly replies: HttpReply[] = [];
  isDestroyed = false;
  /** Set by a test whose peer does not read. */
  isUnread = false;
  unsentBytes = 0;
  limitBytes = 0;
  #sink: AbortSink | undefined;
  #bodySink: BodySink | undefined;

  constructor(method: string, query: Query, headers: Readonly<Record<string, string>> = {}) {
    this.request = { name: method };
    this.method = method;
    this.query = query;
    this.headers = new Map(Object.entries(headers));
  }

  get body(): string | Uint8Array | undefined {
    return this.replies[0]?.body;
  }

  get status(): number | undefined {
    return this.replies[0]?.status;
  }

  header(name: string): string | undefined {
    return this.headers.get(name);
  }

  dropHeader(name: string): void {
    this.headers.delete(name);
  }

  waitWith(sink: AbortSink): void {
    this.#sink = sink;
  }

  readBody(limitBytes: number, sink: BodySink): void {
    this.limitBytes = limitBytes;
    this.#sink = sink;
    this.#bodySink = sink;
  }

  reply(reply: HttpReply): void {
    this.replies.push(reply);
    if (this.isUnread) this.unsentBytes = Number(reply.headers["Content-Length"] ?? 0);
  }

  destroy(): void {
    this.isDestroyed = true;
    this.unsentBytes = 0;
  }

  // What a peer would do

  finishBody(body: string | Uint8Array): void {
    this.#bodySink?.onBody(typeof body === "string" ? new TextEncoder().encode(body) : body);
  }

  exceedLimit(): void {
    this.#bodySink?.onTooLarge();
  }

  abort(): void {
    this.isGone = true;
    this.#sink?.onAbort();
  }
}
