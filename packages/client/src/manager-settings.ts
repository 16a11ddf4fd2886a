import type { Clock } from "@tautline/events/clock";
import type { EventsMap, NoEvents } from "@tautline/events/types";
import type { Backoff } from "./backoff.ts";
import { Emitter } from "./emitter.ts";
import type { ManagerOptions } from "./options.ts";

/** What can be set; `attempts` counts those of the running loop. */
interface Settings extends Backoff {
  reconnection: boolean;
  /** Attempts before giving up. */
  limit: number;
  timeout: number | false;
}

/** The reconnection options of a manager, each of which can be read and changed at any time (client.md 5.3). */
export abstract class ManagerSettings<ReservedEvents extends EventsMap> extends Emitter<
  NoEvents,
  NoEvents,
  ReservedEvents
> {
  protected readonly settings: Settings;

  constructor(clock: Clock, options: ManagerOptions) {
    super(clock);
    this.settings = {
      reconnection: options.reconnection !== false,
      limit: options.reconnectionAttempts || Number.POSITIVE_INFINITY,
      timeout: options.timeout ?? 20_000,
      minMs: options.reconnectionDelay || 1000,
      maxMs: options.reconnectionDelayMax || 5000,
      jitter: options.randomizationFactor ?? 0.5,
      isFullJitter: options.fullJitter ?? false,
      attempts: 0,
    };
  }

  /** Whether a lost connection is opened again. Setting false also stops a running reconnection loop. */
  reconnection(): boolean;
  reconnection(value: boolean): this;
  reconnection(...values: [value?: boolean]): boolean | this {
    const value = values.length > 0 ? !!values[0] : undefined;
    if (value === false) this.stopReconnecting();
    return this.#setting("reconnection", value);
  }

  /** Attempts before giving up. */
  reconnectionAttempts(): number;
  reconnectionAttempts(value: number): this;
  reconnectionAttempts(value?: number): number | this {
    return this.#setting("limit", value);
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
    return this.#setting("timeout", values.length > 0 ? (values[0] ?? false) : undefined);
  }

  protected abstract stopReconnecting(): void;

  #setting<Name extends keyof Settings>(
    name: Name,
    value: Settings[Name] | undefined,
  ): Settings[Name] | this {
    if (value === undefined) return this.settings[name];
    this.settings[name] = value;
    return this;
  }
}
