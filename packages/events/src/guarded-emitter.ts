// An emitter whose listeners disturb nobody.

import { Emitter } from "./emitter.ts";
import type { DefaultEventsMap, EventName, EventsMap, NoEvents } from "./types.ts";

/**
 * What a listener throws, or what the promise that it returns is rejected with, goes to `onListenerError`, once; the
 * other listeners are called all the same, and whoever emitted goes on.
 *
 * No event is an exception to that, `error` included.
 */
export abstract class GuardedEmitter<
  Listen extends EventsMap = DefaultEventsMap,
  Emit extends EventsMap = Listen,
  Reserved extends EventsMap = NoEvents,
> extends Emitter<Listen, Emit, Reserved> {
  /** Tells the program. MUST NOT throw. */
  protected abstract onListenerError(error: unknown): void;

  override fire(event: EventName, args: readonly unknown[]): boolean {
    const list = this.listOf(event);
    if (list === undefined) return false;
    for (const listener of list) {
      // Written out, not through `guard`: this is on the path of every event of a client.
      try {
        const result: unknown = Reflect.apply(listener, this, args);
        if (result instanceof Promise) result.catch((error: unknown) => this.onListenerError(error));
      } catch (error) {
        this.onListenerError(error);
      }
    }
    return true;
  }
}
