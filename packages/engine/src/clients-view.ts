import type { Session } from "./session.ts";

/** Sessions by id, as an object: what programs read as `engine.clients`. */
export type Clients<Request> = Readonly<Record<string, Session<Request>>>;

/**
 * A live, read-only object over the map in which the sessions live. Its only members are sessions: `__proto__`
 * and `constructor` are ids like any other (SEC §1.1).
 */
export function createClientsView<Request>(
  sessions: ReadonlyMap<string, Session<Request>>,
): Clients<Request> {
  const target: Record<string, Session<Request>> = Object.create(null);
  return new Proxy(target, {
    get: (_, id) => find(sessions, id),
    has: (_, id) => find(sessions, id) !== undefined,
    ownKeys: () => [...sessions.keys()],
    getOwnPropertyDescriptor: (_, id) => {
      const value = find(sessions, id);
      return value && { value, enumerable: true, configurable: true, writable: false };
    },
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
}

function find<Request>(
  sessions: ReadonlyMap<string, Session<Request>>,
  id: string | symbol,
): Session<Request> | undefined {
  return typeof id === "string" ? sessions.get(id) : undefined;
}
