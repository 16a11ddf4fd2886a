// How a refusal looks on the wire (EIO §7.3).

import { errorCodes, errorMessages, type Refusal } from "./errors.ts";
import type { Headers, HttpReply } from "./ports.ts";

/** The text that the peer reads. */
export function wireMessageOf(refusal: Refusal): string {
  return refusal.wireMessage || errorMessages[refusal.code];
}

/** The answer to a plain HTTP request: these two keys in this order. */
export function createRefusalReply(refusal: Refusal): HttpReply {
  return {
    status: statusOf(refusal),
    headers: { "Content-Type": "application/json", ...retryHeadersOf(refusal) },
    endsConnection: refusal.endsConnection === true,
    body: JSON.stringify({ code: refusal.code, message: wireMessageOf(refusal) }),
  };
}

/** The status of a refused upgrade: 400 for every code, unless a limit refuses it (SEC §2). */
export function upgradeStatusOf(refusal: Refusal): number {
  return refusal.retryAfterSeconds === undefined ? 400 : 503;
}

export function retryHeadersOf(refusal: Refusal): Headers {
  return refusal.retryAfterSeconds === undefined ? {} : { "Retry-After": refusal.retryAfterSeconds };
}

function statusOf(refusal: Refusal): number {
  if (refusal.retryAfterSeconds !== undefined) return 503;
  return refusal.code === errorCodes.FORBIDDEN ? 403 : 400;
}
