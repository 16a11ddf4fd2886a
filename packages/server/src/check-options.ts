// Options that upstream does not have are checked; of upstream's, programs rely on how odd values are taken.

import type { SlowConsumerPolicy } from "@tautline/engine/outbound-packet";
import { OptionError } from "./errors.ts";
import type { SocketOptions } from "./options.ts";

const POLICIES: readonly SlowConsumerPolicy[] = ["disconnect", "drop-volatile", "drop-oldest"];

/**
 * Throws for an option of ours that cannot be meant.
 *
 * @throws OptionError `SIO_INVALID_OPTION`
 */
export function checkOptions(options: SocketOptions): void {
  const { slowConsumer, connectionStateRecovery, limits } = options;
  if (slowConsumer !== undefined && !POLICIES.includes(slowConsumer)) {
    const known = POLICIES.map((policy) => `"${policy}"`).join(", ");
    throw new OptionError(`slowConsumer must be one of ${known}, not ${describe(slowConsumer)}`);
  }
  checkCount("maxNamespaces", options.maxNamespaces);
  checkCount("maxRoomsPerSocket", options.maxRoomsPerSocket);
  checkCount("limits.events", limits?.events);
  checkCount("limits.bytes", limits?.bytes);
  checkCount("connectionStateRecovery.maxHistoryPackets", connectionStateRecovery?.maxHistoryPackets);
  checkCount("connectionStateRecovery.maxHistoryBytes", connectionStateRecovery?.maxHistoryBytes);
  checkCount("connectionStateRecovery.maxSessions", connectionStateRecovery?.maxSessions);
}

/** `unknown`, because programs without types give what they like. */
function checkCount(name: string, value: unknown): void {
  if (value === undefined || (typeof value === "number" && value > 0)) return;
  throw new OptionError(`${name} must be a number above 0, not ${describe(value)}`);
}

function describe(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
