import type { Clock, Timer } from "@tautline/events/clock";

/** Takes the answer to an event; or an error, and no arguments: the time is over, or the connection is lost. */
export type AckHandler = (error: Error | undefined, args: readonly unknown[]) => void;

/** The acknowledgements that one socket waits for, by id (SIO §30). */
export interface AckTable {
  /** Registers a handler and returns its id; `onExpired` is called before the handler gets its time-out. */
  add(handler: AckHandler, timeoutMs: number | undefined, onExpired: (id: number) => void): number;
  /** Takes an answer. Unknown ids are ignored. */
  reply(id: number | undefined, args: readonly unknown[]): void;
  /** Forgets and returns the handler of an event that could not be sent. */
  take(id: number | undefined): AckHandler | undefined;
  /** Forgets and returns all but those of the given ids. */
  takeAllBut(ids: ReadonlySet<number | undefined>): AckHandler[];
}

export function createAckTable(clock: Clock): AckTable {
  const pending = new Map<number, { readonly handler: AckHandler; readonly timer: Timer | undefined }>();
  let nextId = 0;
  const take = (id = -1): AckHandler | undefined => {
    const { handler, timer } = pending.get(id) ?? {};
    pending.delete(id);
    timer?.cancel();
    return handler;
  };
  return {
    add(handler, timeoutMs, onExpired) {
      const id = nextId++;
      const expire = (): void => {
        onExpired(id);
        take(id)?.(new Error("operation has timed out"), []);
      };
      const timer = timeoutMs === undefined ? timeoutMs : clock.setTimer(expire, timeoutMs);
      pending.set(id, { handler, timer });
      return id;
    },
    reply(id, args) {
      take(id)?.(undefined, args);
    },
    take,
    takeAllBut: (ids) => [...pending.keys()].flatMap((id) => (ids.has(id) ? [] : (take(id) ?? []))),
  };
}
