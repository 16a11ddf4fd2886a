import { UsageError } from "./errors.ts";
import { MAX_CONTROL_BYTES, NO_BYTES } from "./frame.ts";

/** Stands for a close frame without a status; never on the wire (RFC 6455 §7.4.1). */
export const NO_STATUS = 1005;
/** Stands for a connection that was lost without a close frame; never on the wire. */
export const ABNORMAL = 1006;

const MAX_REASON_BYTES = MAX_CONTROL_BYTES - 2;

/** Whether `code` may stand in a close frame, sent or received (SEC §5). */
export function isWireCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/**
 * The payload of a close frame.
 *
 * Throws a `UsageError` for a code that may not be sent and for a reason of more than 123 bytes.
 */
export function encodeClose(code: number | undefined, reason: string): Buffer {
  if (code === undefined && reason === "") return NO_BYTES;
  if (code === undefined || !Number.isInteger(code) || !isWireCloseCode(code)) {
    throw new UsageError(`close code ${String(code)} cannot be sent`);
  }
  const length = Buffer.byteLength(reason);
  if (length > MAX_REASON_BYTES) throw new UsageError(`close reason of ${length} bytes exceeds 123`);
  // CVE-2026-45736: exactly the bytes of the code and the reason, nothing of what the allocator left behind.
  const payload = Buffer.alloc(2 + length);
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2, "utf8");
  return payload;
}
