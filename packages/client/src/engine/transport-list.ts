import type { Platform } from "../platform.ts";
import type { EngineOptions } from "./options.ts";
import { Transport, type TransportConstructor } from "./transport.ts";

export type NonEmpty<T> = [first: T, ...others: T[]];

/**
 * The transports that an engine may use, in order. Names that the platform does not know are left out.
 *
 * @throws Error if both ways of naming transports are used.
 */
export function listTransports(options: EngineOptions, platform: Platform): NonEmpty<TransportConstructor> {
  const { transports, transportImplementations } = options;
  if (transports && transportImplementations) {
    throw new Error("specifying both 'transportImplementations' and 'transports' options is not supported");
  }
  const [first = NoTransport, ...others] = (
    transportImplementations ??
    transports ??
    platform.defaultTransports()
  ).flatMap((one) => (typeof one === "function" ? one : (platform.transports.get(one) ?? [])));
  return [first, ...others];
}

/** The name by which a transport is asked for. */
export function nameOf(Constructor: TransportConstructor): string {
  return Constructor.prototype.name;
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
    throw new Error(`this build has ${[...this.socket.platform.transports.keys()]}`);
  }

  protected override doClose(): void {}

  protected override write(): void {}
}
