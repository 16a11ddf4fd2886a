import type { AnyListener, EventsMap } from "@tautline/events/types";
import { Emitter } from "./emitter.ts";

/** An emitter with listeners for all events of either direction (client.md 6.2). */
export abstract class CatchAllEmitter<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ReservedEvents extends EventsMap,
> extends Emitter<ListenEvents, EmitEvents, ReservedEvents> {
  readonly #incoming: AnyListener[] = [];
  readonly #outgoing: AnyListener[] = [];

  /** Adds a listener for every event received; it gets the name, then the arguments. */
  onAny(listener: AnyListener): this {
    this.#incoming.push(listener);
    return this;
  }

  /** `onAny`, before the others. */
  prependAny(listener: AnyListener): this {
    this.#incoming.unshift(listener);
    return this;
  }

  /** Removes one listener for every event received, or all of them. */
  offAny(listener?: AnyListener): this {
    return this.#remove(this.#incoming, listener);
  }

  /** The live list of the listeners for every event received. */
  listenersAny(): AnyListener[] {
    return this.#incoming;
  }

  /** Adds a listener for every event sent, called when it is written; never for acknowledgements. */
  onAnyOutgoing(listener: AnyListener): this {
    this.#outgoing.push(listener);
    return this;
  }

  /** `onAnyOutgoing`, before the others. */
  prependAnyOutgoing(listener: AnyListener): this {
    this.#outgoing.unshift(listener);
    return this;
  }

  /** Removes one listener for every event sent, or all of them. */
  offAnyOutgoing(listener?: AnyListener): this {
    return this.#remove(this.#outgoing, listener);
  }

  /** The live list of the listeners for every event sent. */
  listenersAnyOutgoing(): AnyListener[] {
    return this.#outgoing;
  }

  /** Calls a snapshot of one of the lists. */
  protected announce(listeners: readonly AnyListener[], args: readonly unknown[]): void {
    for (const listener of [...listeners]) listener.apply(this, [...args]);
  }

  #remove(listeners: AnyListener[], listener: AnyListener | undefined): this {
    const index = listener ? listeners.indexOf(listener) : 0;
    if (index >= 0) listeners.splice(index, listener ? 1 : listeners.length);
    return this;
  }
}
