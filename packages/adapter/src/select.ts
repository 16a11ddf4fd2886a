import type { BroadcastOptions, Room, SocketId } from "./namespace-view.ts";

/** Who is in which room, on this node. */
type Membership = ReadonlyMap<Room, ReadonlySet<SocketId>>;

/**
 * Calls `visit` with each connected socket in any of `rooms` (in all of the namespace when empty) that is in none of
 * `except`; each once, in the order of the rooms.
 */
export function selectSockets<S>(
  rooms: Membership,
  sockets: ReadonlyMap<SocketId, S>,
  options: Pick<BroadcastOptions, "rooms" | "except">,
  visit: (socket: S, id: SocketId) => void,
): void {
  const excluded = membersOf(rooms, options.except);
  if (options.rooms.size === 0) {
    for (const [id, socket] of sockets) {
      if (!excluded?.has(id)) visit(socket, id);
    }
    return;
  }
  const members = membersOf(rooms, options.rooms);
  if (members === undefined) return;
  let remaining = members.size;
  for (const id of members) {
    // Who leaves and comes back during the visits stands at the end of the room again: they would never end.
    if (remaining === 0) return;
    remaining -= 1;
    if (excluded?.has(id)) continue;
    // A socket still in middleware may be in rooms already, but is no target yet.
    const socket = sockets.get(id);
    if (socket !== undefined) visit(socket, id);
  }
}

/** The members of all the rooms together; one room's own set when it is the only one. */
function membersOf(
  rooms: Membership,
  names: ReadonlySet<Room> | undefined,
): ReadonlySet<SocketId> | undefined {
  if (names === undefined || names.size === 0) return undefined;
  if (names.size === 1) {
    for (const name of names) return rooms.get(name);
  }
  const members = new Set<SocketId>();
  for (const name of names) {
    for (const id of rooms.get(name) ?? []) members.add(id);
  }
  return members;
}
