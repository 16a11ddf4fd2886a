// The one stream of a WebTransport session that carries packets (EIO §11), with the end of the session.
//
// Invariants:
// - what the peer sends is read only as fast as it is handled, and held only up to the decoder's limit;
// - no promise of the session is left without somebody who takes its rejection.

import type { EnginePacket } from "@tautline/protocol/engine-packet";
import type { FrameDecoder } from "@tautline/protocol/webtransport-frames";
import type { DeadlineQueue } from "./deadlines.ts";
import type {
  BidirectionalStream,
  StreamReader,
  StreamWriter,
  WebTransportSession,
} from "./webtransport-session.ts";

/** How long a session that ends waits for its peer to take what was written. */
const END_WAIT_MS = 5_000;
/** And then for its peer to close: not every implementation knows what has arrived, and closing drops what has not. */
const LINGER_MS = 1_000;

export class WebTransportLink {
  readonly #session: WebTransportSession;
  readonly #reader: StreamReader<Uint8Array>;
  readonly #writer: StreamWriter;
  readonly #decoder: FrameDecoder;
  #isClosed = false;

  constructor(session: WebTransportSession, stream: BidirectionalStream, decoder: FrameDecoder) {
    this.#session = session;
    this.#reader = stream.readable.getReader();
    this.#writer = stream.writable.getWriter();
    this.#decoder = decoder;
  }

  /** Resolves with the next packets, at least one; with `undefined` once the stream has ended. Never rejects. */
  async read(): Promise<readonly EnginePacket[] | undefined> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done || this.#isClosed) return undefined;
        const packets = value ? this.#decoder.push(value) : [];
        if (packets.length > 0) return packets;
      }
    } catch {
      // The peer has reset the stream, or the session is gone.
      return undefined;
    }
  }

  /** Resolves with whether the system has taken the bytes. Never rejects. */
  write(bytes: Uint8Array): Promise<boolean> {
    return this.#writer.write(bytes).then(
      () => true,
      () => false,
    );
  }

  /** Calls `callback` when the session has ended. */
  onceClosed(callback: () => void): void {
    this.#session.closed.then(callback, callback);
  }

  /** Lets the peer take what was written, then closes the session. */
  end(deadlines: DeadlineQueue): void {
    let wait = deadlines.after(END_WAIT_MS, () => this.close());
    const close = (): void => {
      deadlines.disarm(wait);
      this.close();
    };
    const linger = (): void => {
      deadlines.disarm(wait);
      if (!this.#isClosed) wait = deadlines.after(LINGER_MS, () => this.close());
    };
    this.#writer.close().then(linger, close);
    this.onceClosed(close);
  }

  /** Closes the session at once. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeWebTransportSession(this.#session);
  }
}

/** Some implementations throw when the session has ended already. */
export function closeWebTransportSession(session: WebTransportSession): void {
  try {
    session.close();
  } catch {}
}
