import { byteLengthOf } from "./outbound-forms.ts";
import type { OutboundPacket } from "./outbound-packet.ts";

/** Design §2.5: a queue that passes this is handed over without waiting for the end of the turn. */
const FLUSH_AT_LENGTH = 64 * 1024;

const NONE: readonly OutboundPacket[] = [];

/** What a session has to send and has not handed to its transport. */
export class OutboundQueue {
  packets: readonly OutboundPacket[] = NONE;
  /** `packets`, once there are several: a list of one is the packet's own, shared by all queues that hold it alone. */
  #several: OutboundPacket[] | undefined = undefined;
  /** Text units and bytes: cheap to add up, and enough to decide on an early flush. */
  #length = 0;
  /** The exact bytes of the first `#countedPackets`: counted only when somebody asks, which is when a peer is slow. */
  #countedBytes = 0;
  #countedPackets = 0;

  /** HOT PATH. Whether the queue has become so long that it is better flushed now. */
  push(packet: OutboundPacket): boolean {
    if (this.packets === NONE) this.packets = packet.alone;
    else if (this.#several !== undefined) this.#several.push(packet);
    else this.packets = this.#several = [...this.packets, packet];
    this.#length += packet.payload.length;
    return this.#length > FLUSH_AT_LENGTH;
  }

  /** Hands out the whole queue and leaves it empty. */
  take(): readonly OutboundPacket[] {
    const { packets } = this;
    this.packets = NONE;
    this.#several = undefined;
    this.#length = 0;
    this.#countedBytes = 0;
    this.#countedPackets = 0;
    return packets;
  }

  /**
   * Drops the oldest of the events that may be dropped, each whole, until `bytes` are freed or none is left. Gives the
   * number of bytes that were freed.
   */
  dropOldest(bytes: number): number {
    const packets = this.take();
    let freedBytes = 0;
    let isDropping = false;
    for (const packet of packets) {
      if (!packet.isPart) isDropping = packet.slowConsumer === "drop-oldest" && freedBytes < bytes;
      if (isDropping) freedBytes += byteLengthOf(packet);
      else this.push(packet);
    }
    return freedBytes;
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
