// The body of a request, collected within a limit.

import type { IncomingMessage } from "node:http";

const MIN_CAPACITY_BYTES = 4096;

/** What becomes of a body; exactly one is called, once. */
export interface BodyEvents {
  onBody(body: Uint8Array): void;
  onTooLarge(): void;
}

/** Counts bytes as they arrive; `limitBytes` exactly is allowed (EIO §9.4). */
export function readBody(req: IncomingMessage, limitBytes: number, events: BodyEvents): void {
  // A middleware has read it: there is nothing to wait for.
  if (req.readableEnded) {
    process.nextTick(() => events.onBody(Buffer.alloc(0)));
    return;
  }
  const body = new GrowingBuffer();
  const onData = (piece: Buffer): void => {
    if (body.byteLength + piece.byteLength <= limitBytes) {
      body.append(piece);
      return;
    }
    stop();
    req.resume();
    events.onTooLarge();
  };
  const onEnd = (): void => {
    stop();
    events.onBody(body.toBytes());
  };
  const stop = (): void => {
    req.off("data", onData);
    req.off("end", onEnd);
  };
  req.on("data", onData);
  req.on("end", onEnd);
}

/**
 * Bytes in one piece. Doubling makes the copying linear (CVE-2020-36048), and a peer that sends single bytes
 * costs no object for each.
 */
export class GrowingBuffer {
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;

  get byteLength(): number {
    return this.#length;
  }

  append(piece: Buffer): void {
    const length = this.#length + piece.byteLength;
    if (this.#length === 0) {
      // Most bodies come in one piece, which needs no copy.
      this.#bytes = piece;
    } else {
      if (length > this.#bytes.byteLength) this.#grow(length);
      piece.copy(this.#bytes, this.#length);
    }
    this.#length = length;
  }

  toBytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(length: number): void {
    const grown = Buffer.allocUnsafe(Math.max(length * 2, MIN_CAPACITY_BYTES));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
