import { EmitError } from "@tautline/adapter/errors";
import type { Room } from "@tautline/adapter/namespace-view";

/**
 * Throws when a socket would be in more rooms than it may.
 *
 * @throws EmitError `SIO_TOO_MANY_ROOMS`
 */
export function refuseTooManyRooms(limit: number, rooms: () => Iterable<Room>): void {
  if (limit === Number.POSITIVE_INFINITY || new Set(rooms()).size <= limit) return;
  throw new EmitError("SIO_TOO_MANY_ROOMS", `a socket may be in ${limit} rooms, which is the limit`);
}
