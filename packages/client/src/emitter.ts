import type { Clock } from "@tautline/events/clock";
import type {
  AnyListener,
  DefaultEventsMap,
  EventNames,
  EventParams,
  EventsMap,
  NoEvents,
  ReservedOrUserEventNames,
  ReservedOrUserListener,
} from "@tautline/events/types";

interface Listener extends AnyListener {
  /** The function that a `once` wrapper stands for. */
  fn?: AnyListener;
}

/**
 * The emitter of Manager, Socket and Engine: synchronous, in order, over a snapshot.
 *
 * What a listener throws stops the remaining ones and propagates, with `emit`. The events of the class itself reach
 * every listener: the connection must not depend on the program's manners.
 *
 * It is not Node's: no event is special (`error` without a listener does not throw), and there are no warnings.
 */
export class Emitter<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ReservedEvents extends EventsMap = NoEvents,
> {
  // SEC §1: no prototype, so `__proto__` and `constructor` are ordinary names.
  #listeners: Record<PropertyKey, Listener[]> = Object.create(null);
  protected readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Adds a listener at the end; one that is added twice is called twice. */
  on<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event: Ev,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  on(event: PropertyKey, listener: AnyListener): this {
    return this.#add(event, listener);
  }

  /** The same as `on`. */
  addEventListener<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event: Ev,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  addEventListener(event: PropertyKey, listener: AnyListener): this {
    return this.#add(event, listener);
  }

  /** Adds a listener that is removed before its first call. */
  once<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event: Ev,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  once(event: PropertyKey, listener: AnyListener): this {
    const wrapper: Listener = (...args: unknown[]): void => {
      this.#remove(event, wrapper);
      listener.apply(this, args);
    };
    wrapper.fn = listener;
    return this.#add(event, wrapper);
  }

  /** Removes one listener of an event, all listeners of an event, or all listeners. */
  off<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event?: Ev,
    listener?: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  off(event?: PropertyKey, listener?: AnyListener): this {
    return this.#remove(event, listener);
  }

  /** The same as `off`. */
  removeListener<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event?: Ev,
    listener?: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  removeListener(event?: PropertyKey, listener?: AnyListener): this {
    return this.#remove(event, listener);
  }

  /** The same as `off`. */
  removeEventListener<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event?: Ev,
    listener?: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  removeEventListener(event?: PropertyKey, listener?: AnyListener): this {
    return this.#remove(event, listener);
  }

  /** The same as `off`. */
  removeAllListeners<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event?: Ev,
    listener?: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this;
  removeAllListeners(event?: PropertyKey, listener?: AnyListener): this {
    return this.#remove(event, listener);
  }

  /** Calls the listeners of an event in order. */
  emit<Ev extends EventNames<EmitEvents>>(event: Ev, ...args: EventParams<EmitEvents, Ev>): this;
  emit(event: PropertyKey, ...args: unknown[]): this {
    return this.dispatch(event, args);
  }

  /** The live list of an event's listeners. */
  listeners<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    event: Ev,
  ): ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>[];
  listeners(event: PropertyKey): AnyListener[] {
    return this.#listeners[event] ?? [];
  }

  /** Whether anyone listens to the event. */
  hasListeners(event: ReservedOrUserEventNames<ReservedEvents, ListenEvents>): boolean {
    return this.listeners(event).length > 0;
  }

  /** `emit` for the events of the class itself, also where a subclass gives `emit` another meaning. */
  protected emitReserved<Ev extends EventNames<ReservedEvents>>(
    event: Ev,
    ...args: EventParams<ReservedEvents, Ev>
  ): this;
  protected emitReserved(event: PropertyKey, ...args: unknown[]): this {
    for (const listener of [...(this.#listeners[event] ?? [])]) this.guard(() => listener.apply(this, args));
    return this;
  }

  /** Calls what is the program's: what it throws surfaces in a tick of its own, as an uncaught exception. */
  protected guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.clock.nextTick(() => {
        throw error;
      });
    }
  }

  /** Calls the listeners of any event. */
  protected dispatch(event: PropertyKey, args: readonly unknown[]): this {
    const listeners = this.#listeners[event];
    if (listeners) for (const listener of [...listeners]) listener.apply(this, [...args]);
    return this;
  }

  #add(event: PropertyKey, listener: Listener): this {
    this.#listeners[event] ??= [];
    this.#listeners[event].push(listener);
    return this;
  }

  #remove(event?: PropertyKey, listener?: Listener): this {
    if (event === undefined) {
      this.#listeners = Object.create(null);
      return this;
    }
    const listeners = this.#listeners[event] ?? [];
    const index = listeners.findIndex((one) => one === listener || one.fn === listener);
    if (!listener) delete this.#listeners[event];
    else if (index >= 0) listeners.splice(index, 1);
    return this;
  }
}
