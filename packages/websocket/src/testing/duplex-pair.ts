import { Duplex } from "node:stream";

/** One end of an in-memory connection. While `isStalled`, what it is given is not taken, as by a full socket. */
export class MemorySocket extends Duplex {
  isStalled = false;
  /** Each write as it was made. */
  readonly writes: Buffer[] = [];
  #peer: MemorySocket | undefined = undefined;
  #resume: (() => void) | undefined = undefined;

  constructor() {
    super({ allowHalfOpen: true });
  }

  connectTo(peer: MemorySocket): void {
    this.#peer = peer;
  }

  /** Takes what waits, and again at once what comes. */
  release(): void {
    this.isStalled = false;
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    const deliver = (): void => {
      if (chunk.length > 0) {
        this.writes.push(chunk);
        this.#peer?.push(Buffer.from(chunk));
      }
      done();
    };
    if (this.isStalled) this.#resume = deliver;
    else deliver();
  }

  override _final(done: (error?: Error) => void): void {
    this.#peer?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#peer?.readableEnded === false && !this.#peer.destroyed) this.#peer.push(null);
    done(error);
  }
}

/** Two connected ends. */
export function createSocketPair(): [MemorySocket, MemorySocket] {
  const left = new MemorySocket();
  const right = new MemorySocket();
  left.connectTo(right);
  right.connectTo(left);
  return [left, right];
}
