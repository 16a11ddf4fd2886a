import type { Platform } from "../platform.ts";
import type { EngineOptions } from "./options.ts";
import { Transport, type TransportConstructor } from "./transport.ts";

export type NamedTransport = readonly [name: string, constructor: TransportConstructor];

export type NonEmpty<T> = [first: T, ...others: T[]];

/**
 * The transports that an engine may use, in order. Names that the platform does not know are left out.
 *
 * @throws Error if both ways of naming transports are used.
 */
export function listTransports(options: EngineOptions, platform: Platform): NonEmpty<NamedTransport> {
  const { transports, transportImplementations } = options;
  if (transports && transportImplementations) {
    throw new Error("specifying both 'transportImplementations' and 'transports' options is not supported");
  }
  const list: NamedTransport[] = [];
  for (const one of transportImplementations ?? transports ?? platform.defaultTransports()) {
    if (typeof one === "function") list.push([one.prototype.name, one]);
    else {
      const known = platform.transports.get(one);
      if (known) list.push([one, known]);
    }
  }
  const [first = ["none", NoTransport] as const, ...others] = list;
  return [first, ...others];
}

/** Stands where no transport is left; opening it fails like any transport. */
class NoTransport extends Transport {
  get name(): string {
    return "none";
  }

  protected override get failure(): string {
    return "No transports available";
  }

  protected override doOpen(): void {
    throw new Error(this.failure);
  }

  protected override doClose(): void {}

  protected override write(): void {}
}
