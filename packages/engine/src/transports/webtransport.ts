import type { Base64 } from "@tautline/protocol/base64";
import type { EnginePacket } from "@tautline/protocol/engine-packet";
import type { DeadlineQueue } from "../deadlines.ts";
import { asStreamFrame } from "../outbound-forms.ts";
import type { OutboundPacket } from "../outbound-packet.ts";
import { Transport, type TransportIdentity } from "../transport.ts";
import type { WebTransportLink } from "../webtransport-link.ts";

/** What a transport over WebTransport takes from its engine. */
export interface WebTransportHost {
  readonly deadlines: DeadlineQueue;
}

/**
 * WebTransport (EIO §11): packets on one stream of a session; no `close` packet, closing is the session's own.
 *
 * One write is in flight at a time. What is sent meanwhile waits in the queue of the session, where it counts as
 * what the peer does not read.
 */
export class WebTransportTransport extends Transport {
  override readonly name = "webtransport" as const;
  readonly #host: WebTransportHost;
  readonly #link: WebTransportLink;
  readonly #base64: Base64;
  #bytesInFlight = 0;

  constructor(host: WebTransportHost, link: WebTransportLink, identity: TransportIdentity, base64: Base64) {
    super(identity);
    this.#host = host;
    this.#link = link;
    this.#base64 = base64;
  }

  /** Begins reading, with what came behind the first packet; what arrives goes to the owner. */
  start(early: readonly EnginePacket[]): void {
    this.#link.onceClosed(() => this.#onEnd());
    this.#receive(early);
    void this.#readAll();
  }

  // Receiving

  async #readAll(): Promise<void> {
    while (this.readyState === "open") {
      const packets = await this.#link.read();
      if (packets === undefined) break;
      this.#receive(packets);
    }
    this.#onEnd();
  }

  #receive(packets: readonly EnginePacket[]): void {
    for (const packet of packets) {
      if (this.readyState !== "open") return;
      this.report(packet);
    }
  }

  /** The stream or the session has ended: a peer without its stream can say nothing more, not even an answer to a ping. */
  #onEnd(): void {
    // After an orderly close the link is left to its own end.
    if (this.readyState !== "closed") this.terminate();
  }

  // Sending

  override get writable(): boolean {
    return this.readyState === "open" && this.#bytesInFlight === 0;
  }

  override get bufferedBytes(): number {
    return this.#bytesInFlight;
  }

  /** HOT PATH: one write for all, of frames that are made once per packet, not per receiver. */
  override send(packets: readonly OutboundPacket[]): void {
    const bytes = join(packets.map((packet) => asStreamFrame(packet, this.#base64)));
    this.#bytesInFlight += bytes.byteLength;
    void this.#link.write(bytes).then((isWritten) => this.#onWritten(bytes.byteLength, isWritten));
  }

  #onWritten(byteLength: number, isWritten: boolean): void {
    this.#bytesInFlight -= byteLength;
    if (!isWritten) this.#onEnd();
    if (!this.writable) return;
    if (this.hasListeners("drain")) this.emit("drain");
    if (this.hasListeners("ready")) this.emit("ready");
    this.owner?.onDrain();
  }

  // Closing

  /** Closed at once for this side; the peer still gets what was written. */
  override close(): void {
    if (this.readyState === "closed") return;
    this.#link.end(this.#host.deadlines);
    this.confirmClosed();
  }

  override discard(): void {
    this.#onEnd();
  }

  override terminate(): void {
    this.#link.close();
    this.confirmClosed();
  }
}

function join(frames: readonly Uint8Array[]): Uint8Array {
  const [first] = frames;
  if (first !== undefined && frames.length === 1) return first;
  const bytes = new Uint8Array(frames.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.byteLength;
  }
  return bytes;
}
