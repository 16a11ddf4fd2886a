import type { EventName } from "@tautline/events/types";
import { RESERVED_EVENTS } from "@tautline/protocol/reserved-events";

/** What a program did wrong, or waited for in vain, when it sent an event. All codes are in docs/errors.md. */
export type EmitErrorCode =
  | "SIO_RESERVED_EVENT"
  | "SIO_INVALID_EVENT_NAME"
  | "SIO_ACK_TIMEOUT"
  | "SIO_TOO_MANY_ACKS"
  | "SIO_TOO_MANY_ROOMS";

export class EmitError extends Error {
  readonly code: EmitErrorCode;

  constructor(code: EmitErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The acknowledgement of an event did not come in time. */
export class AckTimeoutError extends EmitError {
  /** What had come by then: of a broadcast an array, of one remote socket `null`. */
  responses?: unknown;

  constructor() {
    super("SIO_ACK_TIMEOUT", "operation has timed out");
  }
}

/**
 * Throws for what a program must not emit to clients: a reserved name (SIO §36), and what is no name at all, which
 * every client takes for a broken packet and leaves (SIO §30).
 *
 * @throws EmitError `SIO_RESERVED_EVENT`, `SIO_INVALID_EVENT_NAME`
 */
export function refuseName(event: unknown): void {
  if (typeof event === "string") refuseReserved(event);
  else if (typeof event !== "number") {
    const found = event === null ? "null" : typeof event;
    throw new EmitError("SIO_INVALID_EVENT_NAME", `an event name must be a string or a number, not ${found}`);
  }
}

/** The names that servers use among themselves (SIO §36). */
export const RESERVED_SERVER_EVENTS: ReadonlySet<string> = new Set([
  "connect",
  "connection",
  "new_namespace",
]);

/**
 * Throws for a name that a program must not emit (SIO §36).
 *
 * @throws EmitError `SIO_RESERVED_EVENT`
 */
export function refuseReserved(event: EventName, reserved: ReadonlySet<string> = RESERVED_EVENTS): void {
  if (typeof event === "string" && reserved.has(event)) {
    throw new EmitError("SIO_RESERVED_EVENT", `"${event}" is a reserved event name`);
  }
}
