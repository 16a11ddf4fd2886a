import type { Clock } from "@tautline/events/clock";
import type { Report } from "@tautline/events/guard";
import type { SocketPacket } from "@tautline/protocol/socket-packet";

/** Whoever packets are delivered to. */
export interface PacketReceiver {
  onPacket(packet: SocketPacket): void;
}

interface Delivery {
  readonly receiver: PacketReceiver;
  readonly packet: SocketPacket;
}

/**
 * Delivers decoded packets on the next tick (server.md §7.1), in the order in which they came.
 *
 * One tick serves all packets of the server that are waiting, and what one listener throws is reported and keeps
 * nothing from the others.
 */
export class Inbox {
  readonly #clock: Clock;
  readonly #report: Report;
  readonly #drain: () => void = () => this.#deliverAll();
  #waiting: Delivery[] = [];

  constructor(clock: Clock, report: Report) {
    this.#clock = clock;
    this.#report = report;
  }

  add(receiver: PacketReceiver, packet: SocketPacket): void {
    this.#waiting.push({ receiver, packet });
    if (this.#waiting.length === 1) this.#clock.nextTick(this.#drain);
  }

  #deliverAll(): void {
    const deliveries = this.#waiting;
    this.#waiting = [];
    for (const { receiver, packet } of deliveries) {
      try {
        receiver.onPacket(packet);
      } catch (error) {
        this.#report(error);
      }
    }
  }
}
