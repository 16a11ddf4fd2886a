// WebTransport without HTTP/3: a client's sessions are joined to a server of this process by streams of Node. What is
// written waits until the other side reads, and arrives in pieces.

/** The server's end of a session. */
export interface ServerSession {
  readonly incomingBidirectionalStreams: ReadableStream<DuplexStream>;
  readonly closed: Promise<undefined>;
  close(): void;
}

interface DuplexStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
}

type Accept = (session: ServerSession) => unknown;

const servers = new Map<string, Accept>();

/** Hands the sessions that clients open to this origin, such as `https://127.0.0.1:3000`, to a server. */
export function serveWebTransport(origin: string, accept: Accept): () => void {
  servers.set(origin, accept);
  return () => servers.delete(origin);
}

/** What a runtime has as `WebTransport`. */
export class InProcessWebTransport {
  readonly ready: Promise<undefined>;
  readonly closed: Promise<undefined>;
  readonly #pipes: Pipe[] = [];
  #close: (value?: undefined) => void = () => {};
  #fail: (error: Error) => void = () => {};
  #openStream: (stream: DuplexStream) => void = () => {};

  constructor(url: string | URL) {
    this.closed = new Promise((resolve, reject) => {
      this.#close = resolve;
      this.#fail = reject;
    });
    this.closed.catch(() => undefined);
    const accept = servers.get(new URL(url).origin);
    this.ready = accept === undefined ? this.#refuse() : this.#begin(accept);
    this.ready.catch(() => undefined);
  }

  async createBidirectionalStream(): Promise<DuplexStream> {
    const [up, down] = [new Pipe(), new Pipe()];
    this.#pipes.push(up, down);
    this.#openStream({ readable: up.readable, writable: down.writable });
    return { readable: down.readable, writable: up.writable };
  }

  /** As over a network, what has arrived is seen before the end is. */
  close(): void {
    setImmediate(() => {
      this.#close();
      for (const pipe of this.#pipes) pipe.cut();
    });
  }

  async #refuse(): Promise<undefined> {
    const error = new Error("nobody serves WebTransport there");
    this.#fail(error);
    throw error;
  }

  async #begin(accept: Accept): Promise<undefined> {
    const incomingBidirectionalStreams = new ReadableStream<DuplexStream>({
      start: (controller) => {
        this.#openStream = (stream) => controller.enqueue(stream);
      },
    });
    accept({ incomingBidirectionalStreams, closed: this.closed, close: () => this.close() });
    return undefined;
  }
}

/** One direction of a stream. A write settles once the other side has taken it. */
class Pipe {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  #reading: ReadableStreamDefaultController<Uint8Array> | undefined;
  #wake: () => void = () => {};
  /** The other side waits for more. */
  #isAsked = false;
  #isCut = false;

  constructor() {
    this.readable = new ReadableStream(
      {
        start: (controller) => {
          this.#reading = controller;
        },
        pull: () => {
          this.#isAsked = true;
          this.#wake();
        },
      },
      { highWaterMark: 0 },
    );
    this.writable = new WritableStream({
      write: (bytes) => this.#write(bytes),
      close: () => this.#reading?.close(),
    });
  }

  cut(): void {
    if (this.#isCut) return;
    this.#isCut = true;
    this.#wake();
    try {
      this.#reading?.error(new Error("the session is closed"));
    } catch {
      // It was closed before.
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const half = bytes.byteLength >> 1;
    for (const piece of [bytes.slice(0, half), bytes.slice(half)]) {
      if (piece.byteLength === 0) continue;
      await this.#isWanted();
      // The published client leaves a write that fails to nobody.
      if (this.#isCut) return;
      this.#reading?.enqueue(piece);
    }
  }

  async #isWanted(): Promise<void> {
    while (!this.#isAsked && !this.#isCut) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#isAsked = false;
  }
}
