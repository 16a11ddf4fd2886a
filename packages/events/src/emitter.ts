// The server side's emitter: the API of Node's EventEmitter, but nothing is allocated until someone listens,
// and no name is special (SEC §1.10: an `error` that nobody listens to does not end the process).
//
// Invariant: a registered list is never changed in place. Adding and removing replace it, so that `fire` can walk
// the list it found without copying it.

import type {
  AnyListener,
  DefaultEventsMap,
  EventName,
  EventNames,
  EventParams,
  EventsMap,
  NoEvents,
  ReservedOrUserListener,
} from "./types.ts";

interface OnceWrapper extends AnyListener {
  /** The function that was given to `once`: what `off` and `listeners` know. */
  listener: AnyListener;
}

/**
 * Emits events to listeners in the order in which they were added, over the list as it was when it began.
 *
 * @example
 * const door = new Emitter<{ open: (by: string) => void }>();
 * door.on("open", (by) => console.log(by));
 * door.emit("open", "Ada");
 */
export class Emitter<
  Listen extends EventsMap = DefaultEventsMap,
  Emit extends EventsMap = Listen,
  Reserved extends EventsMap = NoEvents,
> {
  /** The lists of this emitter, from its first change on. */
  #own: Map<EventName, readonly AnyListener[]> | undefined = undefined;
  /** The lists that it begins with, which it shares with all of its kind. */
  readonly #initial: ReadonlyMap<EventName, readonly AnyListener[]> | undefined;
  #maxListeners = 10;

  constructor(initial?: ReadonlyMap<EventName, readonly AnyListener[]>) {
    this.#initial = initial;
  }

  on<Ev extends EventNames<Reserved> | EventNames<Listen>>(
    event: Ev,
    listener: ReservedOrUserListener<Reserved, Listen, Ev>,
  ): this;
  on(event: EventName, listener: AnyListener): this {
    return this.#add(event, listener, false);
  }

  addListener<Ev extends EventNames<Reserved> | EventNames<Listen>>(
    event: Ev,
    listener: ReservedOrUserListener<Reserved, Listen, Ev>,
  ): this;
  addListener(event: EventName, listener: AnyListener): this {
    return this.#add(event, listener, false);
  }

  prependListener<Ev extends EventNames<Reserved> | EventNames<Listen>>(
    event: Ev,
    listener: ReservedOrUserListener<Reserved, Listen, Ev>,
  ): this;
  prependListener(event: EventName, listener: AnyListener): this {
    return this.#add(event, listener, true);
  }

  once<Ev extends EventNames<Reserved> | EventNames<Listen>>(
    event: Ev,
    listener: ReservedOrUserListener<Reserved, Listen, Ev>,
  ): this;
  once(event: EventName, listener: AnyListener): this {
    return this.#add(event, this.#onceWrapper(event, listener), false);
  }

  prependOnceListener<Ev extends EventNames<Reserved> | EventNames<Listen>>(
    event: Ev,
    listener: ReservedOrUserListener<Reserved, Listen, Ev>,
  ): this;
  prependOnceListener(event: EventName, listener: AnyListener): this {
    return this.#add(event, this.#onceWrapper(event, listener), true);
  }

  off<Ev extends EventNames<Reserved> | EventNames<Listen>>(
    event: Ev,
    listener: ReservedOrUserListener<Reserved, Listen, Ev>,
  ): this;
  off(event: EventName, listener: AnyListener): this {
    return this.#remove(event, listener);
  }

  removeListener<Ev extends EventNames<Reserved> | EventNames<Listen>>(
    event: Ev,
    listener: ReservedOrUserListener<Reserved, Listen, Ev>,
  ): this;
  removeListener(event: EventName, listener: AnyListener): this {
    return this.#remove(event, listener);
  }

  removeAllListeners(event?: EventName): this {
    if (event === undefined) this.#own = this.#initial && new Map();
    else if (this.hasListeners(keyOf(event))) this.#change().delete(keyOf(event));
    return this;
  }

  /** Calls the listeners of `event`; whether there were any. */
  emit<Ev extends EventNames<Emit>>(event: Ev, ...args: EventParams<Emit, Ev>): boolean;
  emit(event: EventName, ...args: unknown[]): boolean {
    return this.fire(event, args);
  }

  /** As `emit`, untyped and from a list: for subclasses whose `emit` sends to a peer. */
  fire(event: EventName, args: readonly unknown[]): boolean {
    const list = (this.#own ?? this.#initial)?.get(event);
    if (list === undefined) return false;
    for (const listener of list) listener.apply(this, args as unknown[]);
    return true;
  }

  /** Whether anyone listens: asked before building what an event would carry. */
  hasListeners(event: EventName): boolean {
    return (this.#own ?? this.#initial)?.has(event) ?? false;
  }

  /** The list itself: it is never changed in place. */
  protected listOf(event: EventName): readonly AnyListener[] | undefined {
    return (this.#own ?? this.#initial)?.get(event);
  }

  listenerCount(event: EventName): number {
    return (this.#own ?? this.#initial)?.get(keyOf(event))?.length ?? 0;
  }

  /** The listeners as they were given, `once` included. */
  listeners(event: EventName): AnyListener[] {
    return this.rawListeners(event).map((listener) => (isOnce(listener) ? listener.listener : listener));
  }

  /** The listeners with their `once` wrappers. */
  rawListeners(event: EventName): AnyListener[] {
    return [...((this.#own ?? this.#initial)?.get(keyOf(event)) ?? [])];
  }

  eventNames(): EventName[] {
    return [...((this.#own ?? this.#initial)?.keys() ?? [])];
  }

  /** Kept for programs that call it; there is no warning to raise the limit of. */
  setMaxListeners(count: number): this {
    this.#maxListeners = count;
    return this;
  }

  getMaxListeners(): number {
    return this.#maxListeners;
  }

  #change(): Map<EventName, readonly AnyListener[]> {
    this.#own ??= new Map(this.#initial);
    return this.#own;
  }

  #add(event: EventName, listener: AnyListener, first: boolean): this {
    if (typeof listener !== "function") {
      throw new TypeError(`the listener of "${String(event)}" must be a function, not ${typeof listener}`);
    }
    if (this.hasListeners("newListener")) {
      this.fire("newListener", [event, isOnce(listener) ? listener.listener : listener]);
    }
    const lists = this.#change();
    const key = keyOf(event);
    const list = lists.get(key) ?? [];
    lists.set(key, first ? [listener, ...list] : [...list, listener]);
    return this;
  }

  #remove(event: EventName, listener: AnyListener): this {
    const key = keyOf(event);
    const list = (this.#own ?? this.#initial)?.get(key);
    if (list === undefined) return this;
    const lists = this.#change();
    // Node removes the most recently added instance.
    const at = lastIndexOf(list, listener);
    if (at < 0) return this;
    if (list.length === 1) lists.delete(key);
    else lists.set(key, [...list.slice(0, at), ...list.slice(at + 1)]);
    if (this.hasListeners("removeListener")) this.fire("removeListener", [event, listener]);
    return this;
  }

  #onceWrapper(event: EventName, listener: AnyListener): OnceWrapper {
    const emitter = this;
    function wrapper(this: unknown, ...args: unknown[]): void {
      emitter.#remove(event, wrapper);
      // biome-ignore lint/correctness/noVoidTypeReturn: the promise of an async listener goes to whom calls it
      return listener.apply(this, args);
    }
    wrapper.listener = listener;
    return wrapper;
  }
}

/** Programs in JavaScript name events by numbers as well, which Node's emitter takes for their text. */
function keyOf(event: EventName): EventName {
  return typeof event === "symbol" ? event : String(event);
}

function isOnce(listener: AnyListener): listener is OnceWrapper {
  return "listener" in listener;
}

function lastIndexOf(list: readonly AnyListener[], wanted: AnyListener): number {
  for (let at = list.length - 1; at >= 0; at -= 1) {
    const listener = list[at];
    if (listener === wanted || (listener && isOnce(listener) && listener.listener === wanted)) return at;
  }
  return -1;
}
