/**
 * Event names that no program may emit and no peer may send (SIO §36): the library emits them itself.
 *
 * `error` is not among them; it reaches the program's listeners like any other name (SIO §35).
 */
export const RESERVED_EVENTS: ReadonlySet<string> = new Set([
  "connect",
  "connect_error",
  "disconnect",
  "disconnecting",
  "newListener",
  "removeListener",
]);
