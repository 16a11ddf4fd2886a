// The in-memory adapter of a server with recovery: keeps what lost clients may miss, and their sessions
// (adapters.md §2, server.md §16).
//
// Every event without acknowledgement that a client receives, and whose last argument is a string, ends in an offset:
// what is kept ends in its own, what is volatile in that of the newest packet kept. Delivery is in order, so whichever
// a client received last says how far it has come, and a client that knows of this rule can take the offset off.
// One timer sweeps everything; it does not run while there is nothing to sweep.

import type { Timer } from "@tautline/events/clock";
import { PacketType } from "@tautline/protocol/socket-packet";
import { Adapter } from "./adapter.ts";
import { History } from "./history.ts";
import type { AdapterSocket, BroadcastOptions, BroadcastPacket, Room, SocketId } from "./namespace-view.ts";
import { Offsets } from "./offsets.ts";
import type {
  PrivateSessionId,
  RecoveryRefusal,
  RecoveryView,
  Session,
  SessionToPersist,
} from "./recovery.ts";
import { type SavedSession, SessionStore } from "./session-store.ts";
import { type Stay, Stays } from "./stays.ts";

const SWEEP_INTERVAL_MS = 60_000;

/** A session handed out, and where its client is in the history. */
export interface RecoveredSession {
  readonly ok: true;
  readonly session: SessionToPersist;
  readonly position: number;
  readonly stays: readonly Stay[];
}

/** Why there is none. */
export interface RefusedRecovery {
  readonly ok: false;
  readonly refusal: RecoveryRefusal;
}

/**
 * Keeps rooms, broadcasts within one node, and lets clients resume after a short loss of connection.
 *
 * @see server.md §16
 */
export class SessionAwareAdapter<
  S extends AdapterSocket<Encoded> = AdapterSocket<never>,
  Encoded = Parameters<S["deliver"]>[0],
> extends Adapter<S, Encoded> {
  declare readonly nsp: RecoveryView<Encoded, S>;
  readonly #sessions: SessionStore;
  readonly #history: History<Encoded>;
  readonly #stays: Stays = new Stays();
  readonly #offsets: Offsets;
  #timer: Timer | undefined;
  #isEncoding = false;

  constructor(nsp: RecoveryView<Encoded, S>) {
    super(nsp);
    this.#sessions = new SessionStore(nsp.recovery);
    this.#history = new History(nsp.recovery);
    this.#offsets = new Offsets(nsp.clock.now());
  }

  /** The position behind everything that was kept so far. */
  get newestOffset(): string {
    return this.#offsets.format(this.#history.newest);
  }

  /** How much is kept at the moment. */
  get kept(): { readonly sessions: number; readonly packets: number; readonly bytes: number } {
    return {
      sessions: this.#sessions.size,
      packets: this.#history.size,
      bytes: this.#history.byteLength,
    };
  }

  override close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#sessions.clear();
    this.#history.clear();
  }

  override addAll(id: SocketId, rooms: Set<Room>): Promise<void> | void {
    const joined = this.sids.get(id);
    for (const room of rooms) {
      // Nothing is sent to a socket's own room before it is there.
      if (room !== id && !joined?.has(room)) this.#stays.enter(id, room, this.#history.newest);
    }
    return super.addAll(id, rooms);
  }

  override del(id: SocketId, room: Room): Promise<void> | void {
    if (this.sids.get(id)?.has(room)) {
      const nowMs = this.nsp.clock.now();
      const noticedMs = nowMs - this.nsp.recovery.lossDetectionMs;
      this.#stays.exit(id, room, this.#history.newest, nowMs, noticedMs);
    }
    return super.del(id, room);
  }

  override delAll(id: SocketId): void {
    this.#stays.forget(id);
    super.delAll(id);
    this.#forgetIfIdle();
  }

  override broadcast(packet: BroadcastPacket, options: BroadcastOptions): Promise<void> | void {
    if (packet.type !== PacketType.EVENT || packet.id !== undefined) return super.broadcast(packet, options);
    if (!this.#isAwaited(options.rooms)) return;
    // S12: `onAnyOutgoing` listeners are shown the packet, which has no offset.
    this.deliverTo(options, packet, this.encodeMarked(packet, options));
  }

  /** Encodes an event with its offset; one that is not volatile is kept for those whom it is addressed to. */
  encodeMarked(packet: BroadcastPacket, options: BroadcastOptions): Encoded {
    packet.nsp = this.nsp.name;
    const args = Array.isArray(packet.data) ? packet.data : [];
    const compress = options.flags?.compress !== false;
    // What a `toJSON` emits while its event is encoded cannot be kept: the place in the history is taken.
    if (options.flags?.volatile === true || this.#isEncoding) {
      const data = typeof args.at(-1) === "string" ? [...args, this.newestOffset] : args;
      return this.nsp.encode({ ...packet, data }, compress);
    }
    const data = [...args, this.#offsets.format(this.#history.newest + 1)];
    this.#isEncoding = true;
    try {
      const kept = this.nsp.encodeToKeep({ ...packet, data }, compress);
      this.#keep(kept, options);
      return kept.encoded;
    } finally {
      this.#isEncoding = false;
    }
  }

  override persistSession(session: SessionToPersist): void {
    this.#sessions.save(session, this.#stays.of(session.sid, session.rooms), this.nsp.clock.now());
    this.#arm();
  }

  /** Hands a session out, once; what its client missed is what `replay` gives. */
  recover(pid: PrivateSessionId, offset: string | undefined): RecoveredSession | RefusedRecovery {
    const result = this.#check(this.#sessions.take(pid), offset);
    if (result.ok) this.#stays.resume(result.session.sid, result.stays, this.nsp.clock.now());
    else this.#forgetIfIdle();
    return result;
  }

  /** What its client has missed until now, oldest first; undefined when some of it is gone. */
  replay(recovered: RecoveredSession): Encoded[] | undefined {
    return this.#isGone(recovered) ? undefined : this.#history.since(recovered.position, recovered.stays);
  }

  override restoreSession(pid: PrivateSessionId, offset: string): Promise<Session | null> {
    const result = this.recover(pid, offset);
    if (!result.ok) return Promise.resolve(null);
    const missed = this.#history.since(result.position, result.stays);
    return Promise.resolve({
      ...result.session,
      missedPackets: missed.map((encoded) => this.nsp.decode(encoded)),
    });
  }

  #check(saved: SavedSession | undefined, offset: string | undefined): RecoveredSession | RefusedRecovery {
    if (saved === undefined) return { ok: false, refusal: "unknown session" };
    if (this.#sessions.isExpired(saved, this.nsp.clock.now()))
      return { ok: false, refusal: "expired session" };
    const { session, stays } = saved;
    const position = this.#positionOf(session, offset);
    if (position === undefined) return { ok: false, refusal: "unknown offset" };
    const recovered: RecoveredSession = { ok: true, session, position, stays };
    return this.#isGone(recovered) ? { ok: false, refusal: "trimmed history" } : recovered;
  }

  #isGone({ session, position, stays }: RecoveredSession): boolean {
    return this.#history.hasGap(position, stays, session.progress?.receivedUntilMs ?? 0);
  }

  /** A client that has received nothing yet is where its session began; none has come from before that. */
  #positionOf({ progress }: SessionToPersist, offset: string | undefined): number | undefined {
    const start = progress && this.#offsets.parse(progress.start);
    if (offset === undefined || offset === progress?.staleOffset) return start;
    const position = this.#offsets.parse(offset);
    if (position === undefined || position > this.#history.newest) return undefined;
    return Math.max(position, start ?? 0);
  }

  #keep(packet: { readonly encoded: Encoded; readonly byteLength: number }, options: BroadcastOptions): void {
    const nowMs = this.nsp.clock.now();
    this.#history.expire(nowMs - this.#retentionMs);
    this.#history.add(packet, nowMs, options);
    this.#arm();
  }

  /** A loss is noticed late: what was sent until then is missed as well. */
  get #retentionMs(): number {
    return this.nsp.recovery.maxDisconnectionMs + this.nsp.recovery.lossDetectionMs;
  }

  /** Whether somebody in the rooms is connected, or may come back. */
  #isAwaited(rooms: ReadonlySet<Room>): boolean {
    if (rooms.size === 0) return this.sids.size > 0 || this.#sessions.size > 0;
    for (const room of rooms) {
      if (this.rooms.has(room) || this.#sessions.hasRoom(room)) return true;
    }
    return false;
  }

  #forgetIfIdle(): void {
    if (this.sids.size === 0 && this.#sessions.size === 0) this.#history.clear();
  }

  #arm(): void {
    this.#timer ??= this.nsp.clock.setTimer(() => this.#sweep(), SWEEP_INTERVAL_MS, true);
  }

  #sweep(): void {
    this.#timer = undefined;
    const nowMs = this.nsp.clock.now();
    this.#sessions.expire(nowMs);
    this.#history.expire(nowMs - this.#retentionMs);
    this.#history.forgetLanes(nowMs - this.#retentionMs);
    this.#forgetIfIdle();
    if (this.#sessions.size > 0 || this.#history.size > 0) this.#arm();
    else this.nsp.checkEmpty();
  }
}
