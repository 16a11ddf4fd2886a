// What a handshake asks of the program before a session exists: `allowRequest`, then `generateId` (EIO §7.1.6, 7).
// Both may take their time; while they answer at once, nothing is deferred.

import type { Clock } from "@tautline/events/clock";
import type { Report } from "@tautline/events/guard";
import { createBadRequest, EngineError, errorCodes, type Refusal } from "./errors.ts";
import type { AllowRequestCallback } from "./options.ts";
import type { Revision } from "./transport.ts";

export type HandshakeDecision =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly refusal: Refusal };

/** What the decision rests on. */
export interface HandshakeRules<Request> {
  readonly clock: Clock;
  /** Where what a hook throws goes, once it has answered. */
  readonly report: Report;
  readonly allowRequest: ((request: Request, callback: AllowRequestCallback) => unknown) | undefined;
  readonly isRevision3Allowed: boolean;
  /** A string, a number, or a promise of one. */
  readonly generateId: (request: Request) => unknown;
  readonly isIdTaken: (id: string) => boolean;
}

/** Calls `onDecision` exactly once, unless the program never answers. */
export function decideHandshake<Request>(
  request: Request,
  protocol: Revision,
  rules: HandshakeRules<Request>,
  onDecision: (decision: HandshakeDecision) => void,
): void {
  askAllowRequest(request, rules, (refusal) => {
    if (refusal) return onDecision({ ok: false, refusal });
    if (protocol === 3 && !rules.isRevision3Allowed) {
      const code = errorCodes.UNSUPPORTED_PROTOCOL_VERSION;
      return onDecision({ ok: false, refusal: { code, context: { protocol } } });
    }
    askForId(request, rules, onDecision);
  });
}

function askAllowRequest<Request>(
  request: Request,
  rules: HandshakeRules<Request>,
  onAnswer: (refusal: Refusal | undefined) => void,
): void {
  if (!rules.allowRequest) {
    onAnswer(undefined);
    return;
  }
  let isAnswered = false;
  const answer = (refusal: Refusal | undefined): void => {
    if (isAnswered) return;
    isAnswered = true;
    onAnswer(refusal);
  };
  const callback: AllowRequestCallback = (message, success) =>
    answer(success ? undefined : createForbidden(message));
  const fail = (error: unknown): void => {
    rules.report(error);
    // A hook that fails lets nobody in.
    answer(createForbidden(undefined, error));
  };
  let result: unknown;
  try {
    result = rules.allowRequest(request, callback);
  } catch (error) {
    fail(error);
    return;
  }
  onRejection(result, fail);
}

function createForbidden(message: unknown, error?: unknown): Refusal {
  const context = error === undefined ? { message } : { message, error };
  // EIO §7.3: a truthy message replaces the text.
  return { code: errorCodes.FORBIDDEN, context, ...(message ? { wireMessage: String(message) } : {}) };
}

function askForId<Request>(
  request: Request,
  rules: HandshakeRules<Request>,
  onDecision: (decision: HandshakeDecision) => void,
): void {
  let value: unknown;
  try {
    value = rules.generateId(request);
  } catch (error) {
    onDecision(refuseId(error, rules));
    return;
  }
  if (!isThenable(value)) {
    onDecision(checkId(value, rules));
    return;
  }
  // Out of the promise at once: an error of a `connection` listener is not a rejection of the id.
  value.then(
    (id) => rules.clock.nextTick(() => onDecision(checkId(id, rules))),
    (error) => rules.clock.nextTick(() => onDecision(refuseId(error, rules))),
  );
}

function checkId<Request>(value: unknown, rules: HandshakeRules<Request>): HandshakeDecision {
  const id = typeof value === "number" ? String(value) : value;
  if (typeof id !== "string" || id === "") {
    const message = `a session id must be text, not ${id === "" ? "empty" : typeof id}`;
    return refuseId(new EngineError("EIO_INVALID_SESSION_ID", message), rules);
  }
  if (rules.isIdTaken(id)) {
    const message = `the generated session id "${id}" is in use`;
    return refuseId(new EngineError("EIO_INVALID_SESSION_ID", message), rules);
  }
  return { ok: true, id };
}

function refuseId(error: unknown, { report }: { readonly report: Report }): HandshakeDecision {
  report(error);
  return { ok: false, refusal: createBadRequest("ID_GENERATION_ERROR", { error }) };
}

function onRejection(result: unknown, onRejected: (error: unknown) => void): void {
  if (isThenable(result)) result.then(undefined, onRejected);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
