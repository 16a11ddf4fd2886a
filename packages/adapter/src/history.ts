// The packets that clients may have missed, in the order in which they were sent (server.md §16.2).
//
// Invariants: packets are numbered without gaps, so that a number leads to its packet without a search; each stands
// in the lane of each of its rooms, or in that for everybody; lanes lose their packets in the same order as the whole.
// Replaying costs what was missed and the number of rooms, not what is kept.

import { Lane } from "./lane.ts";
import type { BroadcastOptions, Room } from "./namespace-view.ts";
import type { KeptPacket } from "./recovery.ts";
import type { Stay } from "./stays.ts";

export interface HistoryLimits {
  readonly maxHistoryPackets: number;
  readonly maxHistoryBytes: number;
}

interface Entry<Encoded> {
  readonly packet: KeptPacket<Encoded>;
  readonly sentAtMs: number;
  readonly rooms: ReadonlySet<Room>;
  readonly except: ReadonlySet<Room> | undefined;
}

export class History<Encoded> {
  readonly #limits: HistoryLimits;
  readonly #everybody: Lane = new Lane();
  readonly #lanes: Map<Room, Lane> = new Map();
  #entries: (Entry<Encoded> | undefined)[] = [];
  /** How many at the head of `#entries` are gone: the list is copied once half of it is. */
  #gone = 0;
  #newest = 0;
  #bytes = 0;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  /** The number of the packet that was added last; 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** How many packets are kept. */
  get size(): number {
    return this.#entries.length - this.#gone;
  }

  /** The bytes of the packets that are kept. */
  get byteLength(): number {
    return this.#bytes;
  }

  /** Adds a packet behind all others; the oldest make way for it. The sets are kept. */
  add(packet: KeptPacket<Encoded>, sentAtMs: number, { rooms, except }: BroadcastOptions): void {
    this.#newest += 1;
    this.#bytes += packet.byteLength;
    this.#entries.push({ packet, sentAtMs, rooms, except });
    if (rooms.size === 0) this.#everybody.add(this.#newest);
    for (const room of rooms) this.#laneOf(room).add(this.#newest);
    const { maxHistoryPackets, maxHistoryBytes } = this.#limits;
    while (this.size > maxHistoryPackets || (this.#bytes > maxHistoryBytes && this.size > 0))
      this.#trimOldest();
  }

  /** Whether something is gone that a client with these stays, at this position, may not have received. */
  hasGap(position: number, stays: readonly Stay[], receivedUntilMs: number): boolean {
    if (this.#everybody.hasGap(position, receivedUntilMs)) return true;
    return stays.some(({ room, from }) =>
      this.#lanes.get(room)?.hasGap(Math.max(position, from), receivedUntilMs),
    );
  }

  /** What was sent behind a position to everybody, or during one of the stays, oldest first. */
  since(position: number, stays: readonly Stay[]): Encoded[] {
    const seqs: number[] = [];
    this.#everybody.copySince(position, seqs);
    for (const { room, from, to } of stays) {
      this.#lanes.get(room)?.copySince(Math.max(position, from), seqs, to);
    }
    seqs.sort((a, b) => a - b);
    const rooms = new Set(stays.map(({ room }) => room));
    const wasIn = (room: Room, seq: number): boolean =>
      rooms.has(room) && stays.some((stay) => stay.room === room && stay.from < seq && seq <= stay.to);
    const missed: Encoded[] = [];
    let previous = 0;
    for (const seq of seqs) {
      // A packet for several rooms stands in the lane of each.
      if (seq === previous) continue;
      previous = seq;
      const entry = this.#entryOf(seq);
      if (entry === undefined || isExcluded(entry, (room) => wasIn(room, seq))) continue;
      missed.push(entry.packet.encoded);
    }
    return missed;
  }

  /** Drops what was sent before. */
  expire(beforeMs: number): void {
    for (let oldest = this.#oldest; oldest && oldest.sentAtMs < beforeMs; oldest = this.#oldest) {
      this.#trimOldest();
    }
  }

  /** Drops the lanes in which nothing has stood for so long. */
  forgetLanes(beforeMs: number): void {
    for (const [room, lane] of this.#lanes) {
      if (lane.isForgettable(beforeMs)) this.#lanes.delete(room);
    }
  }

  /** Drops everything; nobody is left who could miss it. */
  clear(): void {
    while (this.size > 0) this.#trimOldest();
    this.#lanes.clear();
  }

  get #oldest(): Entry<Encoded> | undefined {
    return this.#entries[this.#gone];
  }

  #entryOf(seq: number): Entry<Encoded> | undefined {
    return this.#entries[this.#entries.length - 1 - (this.#newest - seq)];
  }

  #laneOf(room: Room): Lane {
    let lane = this.#lanes.get(room);
    if (lane === undefined) {
      lane = new Lane();
      this.#lanes.set(room, lane);
    }
    return lane;
  }

  #trimOldest(): void {
    const oldest = this.#oldest;
    if (oldest === undefined) return;
    const seq = this.#newest - this.size + 1;
    if (oldest.rooms.size === 0) this.#everybody.trim(seq, oldest.sentAtMs);
    for (const room of oldest.rooms) this.#lanes.get(room)?.trim(seq, oldest.sentAtMs);
    this.#bytes -= oldest.packet.byteLength;
    this.#entries[this.#gone] = undefined;
    this.#gone += 1;
    if (this.#gone * 2 <= this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#gone);
    this.#gone = 0;
  }
}

function isExcluded({ except }: Entry<unknown>, wasIn: (room: Room) => boolean): boolean {
  for (const room of except ?? []) {
    if (wasIn(room)) return true;
  }
  return false;
}
