import { byteLengthOf } from "./outbound-forms.ts";
import type { OutboundPacket } from "./outbound-packet.ts";

/** Design §2.5: a queue that passes this is handed over without waiting for the end of the turn. */
const FLUSH_AT_LENGTH = 64 * 1024;

/** What a session has to send and has not handed to its transport. */
export class OutboundQueue {
  packets: OutboundPacket[] = [];
  /** Text units and bytes: cheap to add up, and enough to decide on an early flush. */
  #length = 0;
  /** The exact bytes of the first `#countedPackets`: counted only when somebody asks, which is when a peer is slow. */
  #countedBytes = 0;
  #countedPackets = 0;

  /** HOT PATH. Whether the queue has become so long that it is better flushed now. */
  push(packet: OutboundPacket): boolean {
    // A list of one holds one slot; pushing to an empty list would reserve seventeen.
    if (this.packets.length === 0) this.packets = [packet];
    else this.packets.push(packet);
    this.#length += packet.payload.length;
    return this.#length > FLUSH_AT_LENGTH;
  }

  /** Hands out the whole queue and leaves it empty. */
  take(): OutboundPacket[] {
    const { packets } = this;
    this.packets = [];
    this.#length = 0;
    this.#countedBytes = 0;
    this.#countedPackets = 0;
    return packets;
  }

  /** Every byte that waits (SEC §4). */
  get byteLength(): number {
    for (; this.#countedPackets < this.packets.length; this.#countedPackets++) {
      const packet = this.packets[this.#countedPackets];
      if (packet) this.#countedBytes += byteLengthOf(packet);
    }
    return this.#countedBytes;
  }
}
