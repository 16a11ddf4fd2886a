// Between which positions of the history sockets were in their rooms: who joins late is not replayed what was sent
// before, and who left is still owed what was sent until then.

import type { Room, SocketId } from "./namespace-view.ts";

/** A time in a room: what was sent behind `from`, up to and including `to`, concerns whoever was there. */
export interface Stay {
  readonly room: Room;
  readonly from: number;
  readonly to: number;
}

interface PastStay extends Stay {
  readonly leftAtMs: number;
}

/** The stays of the sockets of a namespace. A room that was never entered counts from the beginning. */
export class Stays {
  /** Since which position each socket is in its rooms. */
  readonly #current: Map<SocketId, Map<Room, number>> = new Map();
  readonly #past: Map<SocketId, PastStay[]> = new Map();

  enter(id: SocketId, room: Room, position: number): void {
    const rooms = this.#current.get(id) ?? new Map<Room, number>();
    this.#current.set(id, rooms);
    // A socket that was restored is in its rooms since it joined them, not since it came back.
    if (!rooms.has(room)) rooms.set(room, position);
  }

  /** Ends a stay. It is remembered if anything was sent in it, and those that ended before `forgetBeforeMs` are not. */
  exit(id: SocketId, room: Room, position: number, nowMs: number, forgetBeforeMs: number): void {
    const from = this.#current.get(id)?.get(room) ?? 0;
    this.#current.get(id)?.delete(room);
    const past = this.#past.get(id) ?? [];
    while (past[0] && past[0].leftAtMs < forgetBeforeMs) past.shift();
    if (position > from) past.push({ room, from, to: position, leftAtMs: nowMs });
    this.#past.set(id, past);
  }

  /** The stays of a socket that is in these rooms, past ones included. */
  of(id: SocketId, rooms: readonly Room[]): Stay[] {
    const current = this.#current.get(id);
    const stays: Stay[] = this.#past.get(id) ?? [];
    return rooms.map((room) => stayFrom(room, current?.get(room) ?? 0)).concat(stays);
  }

  /** A socket is there again, after what it was in before. */
  resume(id: SocketId, stays: readonly Stay[], nowMs: number): void {
    const past: PastStay[] = [];
    for (const stay of stays) {
      if (stay.to === Number.POSITIVE_INFINITY) this.enter(id, stay.room, stay.from);
      // What it missed in them is on its way once more, and may be lost once more.
      else past.push({ ...stay, leftAtMs: nowMs });
    }
    if (past.length > 0) this.#past.set(id, past);
  }

  forget(id: SocketId): void {
    this.#current.delete(id);
    this.#past.delete(id);
  }
}

/** A stay that goes on. */
export function stayFrom(room: Room, from: number): Stay {
  return { room, from, to: Number.POSITIVE_INFINITY };
}
