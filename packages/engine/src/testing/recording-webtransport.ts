import type { EnginePacket } from "@tautline/protocol/engine-packet";
import { encodeFrame, FrameDecoder } from "@tautline/protocol/webtransport-frames";
import type { BidirectionalStream, StreamReader, WebTransportSession } from "../webtransport-session.ts";
import { testBase64 } from "./test-runtime.ts";

interface Settled {
  resolve(value: { readonly done: boolean; readonly value?: Uint8Array }): void;
  reject(error: Error): void;
}

/** A WebTransport session without a network: a test plays the peer, and holds writes back when it likes. */
export class RecordingWebTransport implements WebTransportSession {
  readonly closed: Promise<void>;
  /** How often it was closed by this side. */
  closings = 0;
  isStreamEnded = false;
  /** One entry for each write. */
  readonly writes: Uint8Array[] = [];
  /** Set by a test whose peer does not read. */
  isStalled = false;
  readonly #arrived: Uint8Array[] = [];
  readonly #held: (() => void)[] = [];
  #waiting: Settled | undefined;
  #openStream: (stream: BidirectionalStream | undefined) => void = () => {};
  #settleClosed: { resolve(): void; reject(error: Error): void } = { resolve: () => {}, reject: () => {} };
  readonly #stream: Promise<BidirectionalStream | undefined>;

  constructor() {
    this.closed = new Promise((resolve, reject) => {
      this.#settleClosed = { resolve, reject };
    });
    this.#stream = new Promise((resolve) => {
      this.#openStream = resolve;
    });
  }

  readonly incomingBidirectionalStreams: { getReader(): StreamReader<BidirectionalStream> } = {
    getReader: () => ({
      read: async () => {
        const value = await this.#stream;
        return { done: value === undefined, value };
      },
    }),
  };

  close(): void {
    this.closings++;
    if (this.closings > 1) throw new Error("the session is closed");
    this.end();
  }

  /** The packets that were written, as the peer reads them. */
  get sent(): readonly EnginePacket[] {
    const decoder = new FrameDecoder({ maxPayloadBytes: Number.POSITIVE_INFINITY, base64: testBase64 });
    return this.writes.flatMap((bytes) => decoder.push(bytes));
  }

  // What a peer would do

  /** Opens the stream. */
  open(): void {
    this.#openStream({
      readable: { getReader: () => ({ read: () => this.#read() }) },
      writable: {
        getWriter: () => ({ write: (bytes) => this.#write(bytes), close: () => this.#hold() }),
      },
    });
  }

  /** Ends the session before there is a stream. */
  endWithoutStream(): void {
    this.#openStream(undefined);
  }

  receive(
    ...packets: readonly {
      readonly type: "open" | "ping" | "pong" | "message" | "upgrade";
      readonly data?: string;
    }[]
  ): void {
    for (const packet of packets) this.receiveBytes(encodeFrame(packet) ?? new Uint8Array());
  }

  receiveBytes(bytes: Uint8Array): void {
    if (this.#waiting === undefined) this.#arrived.push(bytes);
    else this.#settle((waiting) => waiting.resolve({ done: false, value: bytes }));
  }

  endStream(): void {
    this.#settle((waiting) => waiting.resolve({ done: true }));
  }

  resetStream(): void {
    this.#settle((waiting) => waiting.reject(new Error("the stream was reset")));
  }

  end(): void {
    this.#settleClosed.resolve();
  }

  fail(): void {
    this.#settleClosed.reject(new Error("the connection was lost"));
  }

  /** Takes what a stalled peer had not read. */
  takeWrites(): void {
    this.isStalled = false;
    for (const release of this.#held.splice(0)) release();
  }

  #settle(how: (waiting: Settled) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) how(waiting);
  }

  async #read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }> {
    const value = this.#arrived.shift();
    if (value !== undefined) return { done: false, value };
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    if (this.closings > 0) throw new Error("the session is closed");
    this.writes.push(bytes);
    await this.#hold();
  }

  async #hold(): Promise<void> {
    if (!this.isStalled) return;
    await new Promise<void>((resolve) => this.#held.push(resolve));
  }
}

/** Lets the promises run that are settled, and those that hang on them. */
export async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}
