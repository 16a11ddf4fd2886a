// What a connection is made with.

import { constants } from "node:buffer";
import type { NegotiatedDeflate } from "./deflate-negotiation.ts";
import { Deflater } from "./deflater.ts";
import { UsageError } from "./errors.ts";
import type { BatchWriter } from "./frame-writer.ts";
import { Inflater } from "./inflater.ts";

/** Which side of the handshake this is. A client masks what it sends; a server refuses what is not masked. */
export type Role = "server" | "client";

/** What is the same for all connections of a server or client; make it once and share it. */
export interface ConnectionLimits {
  /** The most bytes of one message, also after inflating. `Infinity`: what a string can hold, 512 MiB. */
  readonly maxPayloadBytes: number;
  /** The most frames of one message. Default 1024. */
  readonly maxFragments: number;
  /** The most pongs that wait for a peer that does not read. Default 60. */
  readonly maxQueuedPings: number;
  /** How long the peer may take to close, in milliseconds. Default 30,000. */
  readonly closeTimeoutMs: number;
}

export interface ConnectionOptions {
  readonly role: Role;
  readonly limits: ConnectionLimits;
  /** The subprotocol that was agreed on; "" for none. Default "". */
  readonly protocol?: string | undefined;
  /** What was negotiated of permessage-deflate; by default nothing. */
  readonly deflate?: NegotiatedDeflate | undefined;
  /** Server: shared by all connections, so that they share joined batches. Default: one of its own. */
  readonly writer?: BatchWriter | undefined;
  /**
   * What stands before the first frame: the handshake's answer. It goes out together with what is sent in the same
   * turn of the event loop, by one system call, and by itself soon after.
   */
  readonly opening?: string | undefined;
}

/** Completes limits by the defaults. */
export function createLimits(
  limits: Partial<ConnectionLimits> & { maxPayloadBytes: number },
): ConnectionLimits {
  const { maxPayloadBytes, maxFragments = 1024, maxQueuedPings = 60, closeTimeoutMs = 30_000 } = limits;
  if (!(maxPayloadBytes > 0)) throw new UsageError(`maxPayloadBytes ${maxPayloadBytes} is not positive`);
  // A longer text could not be made a string, and would end in an exception.
  const payloadBytes = Math.min(maxPayloadBytes, constants.MAX_STRING_LENGTH);
  return { maxPayloadBytes: payloadBytes, maxFragments, maxQueuedPings, closeTimeoutMs };
}

/** What deflates this role's messages. */
export function createDeflater(role: Role, deflate: NegotiatedDeflate): Deflater {
  if (role === "server") {
    return new Deflater(deflate, deflate.serverMaxWindowBits, !deflate.serverNoContextTakeover);
  }
  return new Deflater(deflate, deflate.clientMaxWindowBits, !deflate.clientNoContextTakeover);
}

/** What inflates the other role's messages. */
export function createInflater(role: Role, deflate: NegotiatedDeflate): Inflater {
  if (role === "server") {
    return new Inflater(deflate.clientNoContextTakeover ? undefined : deflate.clientMaxWindowBits);
  }
  return new Inflater(deflate.serverNoContextTakeover ? undefined : deflate.serverMaxWindowBits);
}
