import type { Clock, Timer } from "@tautline/events/clock";

/** What becomes of an event that asked for an answer. */
export interface AckHandler {
  onReply(args: readonly unknown[]): void;
  /** Time out or disconnection; without it the handler is then forgotten silently. */
  onError?(error: Error): void;
}

interface PendingAck {
  readonly handler: AckHandler;
  readonly timer: Timer | undefined;
}

/** The acknowledgements that one socket waits for, by id (SIO §30). */
export class AckTable {
  readonly #clock: Clock;
  readonly #pending = new Map<number, PendingAck>();
  #nextId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Registers a handler; `onExpired` is called before the handler gets its time-out. */
  add(handler: AckHandler, timeoutMs: number | undefined, onExpired: (id: number) => void): number {
    const id = this.#nextId++;
    const timer =
      timeoutMs === undefined
        ? undefined
        : this.#clock.setTimer(() => {
            onExpired(id);
            this.#fail(id, "operation has timed out");
          }, timeoutMs);
    this.#pending.set(id, { handler, timer });
    return id;
  }

  /** Takes an answer. Unknown ids are ignored. */
  reply(id: number | undefined, args: readonly unknown[]): void {
    this.#take(id)?.onReply(args);
  }

  /** The connection is lost: fails all but those whose events were not sent yet. */
  failSent(isUnsent: (id: number) => boolean): void {
    for (const id of [...this.#pending.keys()]) {
      if (!isUnsent(id)) this.#fail(id, "socket has been disconnected");
    }
  }

  #fail(id: number, message: string): void {
    this.#take(id)?.onError?.(new Error(message));
  }

  #take(id: number | undefined): AckHandler | undefined {
    if (id === undefined) return undefined;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.timer?.cancel();
    return pending?.handler;
  }
}
