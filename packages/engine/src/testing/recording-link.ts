import type { SharedMessage } from "../outbound-packet.ts";
import type { Headers, Query, UpgradeAttempt, WebSocketLink, WebSocketSink } from "../ports.ts";
import type { FakeRequest } from "./recording-exchange.ts";

/** A WebSocket connection without a network. */
export class RecordingLink implements WebSocketLink {
  readonly batches: (string | Uint8Array)[][] = [];
  readonly endings: string[] = [];
  isWritable = true;
  bufferedBytes = 0;
  head: Uint8Array | undefined;
  /** Set by `start`. */
  sink: WebSocketSink | undefined;

  start(sink: WebSocketSink, head?: Uint8Array): void {
    this.sink = sink;
    this.head = head;
  }

  writeBatch(messages: readonly SharedMessage[]): void {
    this.batches.push(messages.map((message) => message.payload));
  }

  close(): void {
    this.endings.push("close");
  }

  terminate(): void {
    this.endings.push("terminate");
  }
}

/** A request to switch to WebSocket without a network. */
export class RecordingUpgrade implements UpgradeAttempt<FakeRequest> {
  readonly request: FakeRequest = { name: "upgrade" };
  readonly method: string = "GET";
  readonly query: Query;
  readonly remoteAddress: string | undefined = "192.0.2.1";
  readonly link: RecordingLink = new RecordingLink();
  readonly headers: Map<string, string>;
  isGone = false;
  /** The headers of the 101, once accepted. */
  accepted: Headers | undefined;
  /** The refusals: a test asserts that there is one at most. */
  readonly refusals: { readonly status: number; readonly message: string; readonly headers?: Headers }[] = [];

  constructor(query: Query, headers: Readonly<Record<string, string>> = {}) {
    this.query = query;
    this.headers = new Map(Object.entries(headers));
  }

  header(name: string): string | undefined {
    return this.headers.get(name);
  }

  dropHeader(name: string): void {
    this.headers.delete(name);
  }

  accept(headers: Headers, onAccepted: (link: WebSocketLink, head?: Uint8Array) => void): void {
    this.accepted = headers;
    onAccepted(this.link);
  }

  refuse(status: number, message: string, headers: Headers = {}): void {
    this.refusals.push({ status, message, headers });
  }
}
