import type { Room } from "./namespace-view.ts";
import type { PrivateSessionId, SessionToPersist } from "./recovery.ts";
import type { Stay } from "./stays.ts";

export interface SessionLimits {
  readonly maxDisconnectionMs: number;
  readonly maxSessions: number;
}

/** A session that waits for its client. */
export interface SavedSession {
  readonly session: SessionToPersist;
  readonly savedAtMs: number;
  /** When it was in which room. */
  readonly stays: readonly Stay[];
}

/** The sessions that wait for their clients, oldest first: each is taken out once (server.md §16.4 S18). */
export class SessionStore {
  readonly #limits: SessionLimits;
  readonly #saved: Map<PrivateSessionId, SavedSession> = new Map();
  /** How many of them are in each room. */
  readonly #rooms: Map<Room, number> = new Map();

  constructor(limits: SessionLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#saved.size;
  }

  /** Whether a session that waits is in the room. */
  hasRoom(room: Room): boolean {
    return this.#rooms.has(room);
  }

  /** Saves a session; the oldest make way for it. */
  save(session: SessionToPersist, stays: readonly Stay[], nowMs: number): void {
    this.take(session.pid);
    this.#saved.set(session.pid, { session, savedAtMs: nowMs, stays });
    for (const room of session.rooms) this.#rooms.set(room, (this.#rooms.get(room) ?? 0) + 1);
    for (const pid of this.#saved.keys()) {
      if (this.#saved.size <= this.#limits.maxSessions) break;
      this.take(pid);
    }
  }

  /** Hands a session out, and forgets it. */
  take(pid: PrivateSessionId): SavedSession | undefined {
    const saved = this.#saved.get(pid);
    if (saved === undefined) return undefined;
    this.#saved.delete(pid);
    for (const room of saved.session.rooms) this.#leave(room);
    return saved;
  }

  isExpired({ savedAtMs }: SavedSession, nowMs: number): boolean {
    return savedAtMs + this.#limits.maxDisconnectionMs < nowMs;
  }

  /** Forgets the sessions that have waited too long. */
  expire(nowMs: number): void {
    for (const [pid, saved] of this.#saved) {
      if (!this.isExpired(saved, nowMs)) return;
      this.take(pid);
    }
  }

  clear(): void {
    this.#saved.clear();
    this.#rooms.clear();
  }

  #leave(room: Room): void {
    const count = (this.#rooms.get(room) ?? 0) - 1;
    if (count > 0) this.#rooms.set(room, count);
    else this.#rooms.delete(room);
  }
}
