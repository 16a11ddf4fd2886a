import type { Clock, Timer } from "@tautline/events/clock";

/** What becomes of an event that asked for an answer. */
export interface AckHandler {
  onReply(args: readonly unknown[]): void;
  /** Time out or disconnection; without it the handler is then forgotten silently. */
  onError?(error: Error): void;
}

/** The acknowledgements that one socket waits for, by id (SIO §30). */
export interface AckTable {
  /** Registers a handler and returns its id; `onExpired` is called before the handler gets its time-out. */
  add(handler: AckHandler, timeoutMs: number | undefined, onExpired: (id: number) => void): number;
  /** Takes an answer. Unknown ids are ignored. */
  reply(id: number | undefined, args: readonly unknown[]): void;
  /** The connection is lost: fails all but those whose events were not sent yet. */
  failSent(isUnsent: (id: number) => boolean): void;
}

export function createAckTable(clock: Clock): AckTable {
  const pending = new Map<number, { readonly handler: AckHandler; readonly timer: Timer | undefined }>();
  let nextId = 0;
  const take = (id: number): AckHandler | undefined => {
    const { handler, timer } = pending.get(id) ?? {};
    pending.delete(id);
    timer?.cancel();
    return handler;
  };
  const fail = (id: number, message: string): void => take(id)?.onError?.(new Error(message));
  return {
    add(handler, timeoutMs, onExpired) {
      const id = nextId++;
      const expire = (): void => {
        onExpired(id);
        fail(id, "operation has timed out");
      };
      const timer = timeoutMs === undefined ? timeoutMs : clock.setTimer(expire, timeoutMs);
      pending.set(id, { handler, timer });
      return id;
    },
    reply(id = -1, args) {
      take(id)?.onReply(args);
    },
    failSent(isUnsent) {
      for (const id of [...pending.keys()]) if (!isUnsent(id)) fail(id, "socket has been disconnected");
    },
  };
}
