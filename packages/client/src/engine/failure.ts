import type { FailureCode } from "../errors.ts";
import type { EngineSocket } from "./engine-socket.ts";

/**
 * When it happened: before there was a session, while a socket asked to be let into its namespace, or while the
 * session stood.
 */
export type FailurePhase = "handshake" | "namespace" | "session";

/** What is known of a failed or lost connection, beside what upstream's errors and details say. */
export interface Failure {
  /** Stays the same when texts change; docs/troubleshooting.md explains each. */
  code: FailureCode;
  /** Name of the transport in use. */
  transport: string;
  phase: FailurePhase;
  /** The HTTP status, if there was an answer. */
  status?: number | undefined;
  /** The code by which a WebSocket was closed. */
  closeCode?: number | undefined;
  /** What to do about it, or where that is written. */
  hint: string;
}

/** The close code of a WebSocket whose peer sent too much (RFC 6455 §7.4.1). */
const MESSAGE_TOO_BIG = 1009;

/** Adds to an error, or to details, what is known of the failure. A code that they have stays. */
export function diagnose<Details extends object>(
  engine: EngineSocket,
  details: Details,
  given?: FailureCode,
  phase: FailurePhase = engine.id ? "session" : "handshake",
): Details & Failure {
  const {
    description,
    context,
    code: own,
  }: Partial<Failure & Record<"description" | "context", unknown>> = details;
  const status: number | undefined = Object(context).status || Object(description).status || undefined;
  const closeCode: number | undefined = Object(context).code;
  const fallback = phase === "handshake" ? "EIO_CONNECT_FAILED" : "EIO_CONNECTION_LOST";
  const code = own ?? given ?? (closeCode === MESSAGE_TOO_BIG ? "EIO_PAYLOAD_TOO_LARGE" : fallback);
  const hint = `see ${code} in docs/troubleshooting.md`;
  const failure = { code, transport: engine.transport.name, phase, status, closeCode, hint };
  return Object.assign(details, failure, engine.platform.explain?.(failure, details));
}
