import type { EventsMap, NoEvents } from "@tautline/events/types";
import type { Backoff } from "./backoff.ts";
import { Emitter } from "./emitter.ts";
import type { ManagerOptions } from "./options.ts";

/** The reconnection options of a manager, each of which can be read and changed at any time (client.md 5.3). */
export abstract class ManagerSettings<ReservedEvents extends EventsMap> extends Emitter<
  NoEvents,
  NoEvents,
  ReservedEvents
> {
  protected readonly backoff: Backoff;
  #reconnection: boolean;
  #attempts: number;
  #timeout: number | false;

  constructor(options: ManagerOptions) {
    super();
    this.#reconnection = options.reconnection !== false;
    this.#attempts = options.reconnectionAttempts || Number.POSITIVE_INFINITY;
    this.#timeout = options.timeout ?? 20_000;
    this.backoff = {
      minMs: options.reconnectionDelay || 1000,
      maxMs: options.reconnectionDelayMax || 5000,
      jitter: options.randomizationFactor ?? 0.5,
      attempts: 0,
    };
  }

  /** Whether a lost connection is opened again. Setting false also stops a running reconnection loop. */
  reconnection(): boolean;
  reconnection(value: boolean): this;
  reconnection(...values: [value?: boolean]): boolean | this {
    if (values.length === 0) return this.#reconnection;
    this.#reconnection = !!values[0];
    if (!values[0]) this.stopReconnecting();
    return this;
  }

  /** Attempts before giving up. */
  reconnectionAttempts(): number;
  reconnectionAttempts(value: number): this;
  reconnectionAttempts(value?: number): number | this {
    if (value === undefined) return this.#attempts;
    this.#attempts = value;
    return this;
  }

  /** Milliseconds before the first attempt. */
  reconnectionDelay(): number;
  reconnectionDelay(value: number): this;
  reconnectionDelay(value?: number): number | this {
    return this.#setting("minMs", value);
  }

  /** Milliseconds that a delay has at most. */
  reconnectionDelayMax(): number;
  reconnectionDelayMax(value: number): this;
  reconnectionDelayMax(value?: number): number | this {
    return this.#setting("maxMs", value);
  }

  /** Share of a delay by which it varies; outside 0 to 1, none. */
  randomizationFactor(): number;
  randomizationFactor(value: number): this;
  randomizationFactor(value?: number): number | this {
    return this.#setting("jitter", value);
  }

  /** Milliseconds that the next attempts may take; false: no limit. */
  timeout(): number | false;
  timeout(value: number | false): this;
  timeout(...values: [value?: number | false]): number | false | this {
    if (values.length === 0) return this.#timeout;
    this.#timeout = values[0] ?? false;
    return this;
  }

  protected abstract stopReconnecting(): void;

  #setting(name: "minMs" | "maxMs" | "jitter", value: number | undefined): number | this {
    if (value === undefined) return this.backoff[name];
    this.backoff[name] = value;
    return this;
  }
}
