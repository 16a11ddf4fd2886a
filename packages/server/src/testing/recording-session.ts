import type { OutboundPacket } from "@tautline/engine/outbound-packet";
import { Emitter } from "@tautline/events/emitter";
import type { RawSocket, RawSocketOwner } from "../raw-socket.ts";
import type { SessionLink } from "../session-link.ts";

let count = 0;

/** A session without transport: what is sent stands in `sent`, and a test speaks through `receive`. */
export class RecordingSession extends Emitter implements RawSocket, SessionLink {
  readonly id: string;
  readonly protocol: number;
  request: null = null;
  readonly remoteAddress = "127.0.0.1";
  readyState = "open";
  isWritable = true;
  readonly transport = { name: "websocket" };
  readonly upgrading = false;
  readonly upgraded = false;
  owner: RawSocketOwner | undefined;
  /** The payloads of the engine messages that were sent. */
  sent: (string | Uint8Array)[] = [];
  /** The packets themselves: equal references show that a broadcast was encoded once. */
  packets: OutboundPacket[] = [];

  constructor(protocol = 4) {
    super();
    count += 1;
    this.id = `session${count}`;
    this.protocol = protocol;
  }

  write(): void {
    throw new Error("a session of our own is written by sendPacket");
  }

  bufferedBytes = 0;
  /** Whether there is room for events that may be dropped. */
  hasRoom = true;
  readonly #flushWaiters: (() => void)[] = [];

  makeRoom(): boolean {
    return this.hasRoom;
  }

  whenFlushed(callback: () => void): void {
    this.#flushWaiters.push(callback);
  }

  /** The client has taken everything. */
  flushAll(): void {
    for (const waiter of this.#flushWaiters.splice(0)) waiter();
  }

  sendPacket(packet: OutboundPacket): void {
    this.packets.push(packet);
    this.sent.push(packet.data ?? "");
  }

  /** A message of the client arrives. */
  receive(data: string | Uint8Array | undefined): void {
    this.owner?.onMessage(data);
  }

  close(): void {
    this.lose("forced close");
  }

  /** The session ends, for whatever reason. */
  lose(reason: string, description?: unknown): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.owner?.onClose(reason, description);
  }

  /** What was sent since the last call. */
  take(): (string | Uint8Array)[] {
    const { sent } = this;
    this.sent = [];
    return sent;
  }
}
