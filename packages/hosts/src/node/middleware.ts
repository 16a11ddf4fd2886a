// Engine middlewares, in the style of Express (EIO §21): `fn(req, res, next)` for every request of the engine.

import type { IncomingMessage, ServerResponse } from "node:http";
import { guard, type Report } from "@tautline/events/guard";

/** A method, so that handlers of Express fit, which ask for its own kinds of request and response. */
interface MiddlewareLike {
  handle(req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void): unknown;
}

/**
 * Calls `next()` to let the request on, `next(error)` to refuse it, or ends the response itself.
 * On an upgrade, `res` is an `UpgradeResponse`.
 */
export type Middleware = MiddlewareLike["handle"];

export type MiddlewareOutcome = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

/**
 * Runs the chain in order. `onOutcome` is called at most once, in a tick of its own, so that nothing that follows
 * can throw into a middleware; not at all if a middleware ends the response instead. What a middleware throws, or
 * rejects with, is reported besides.
 */
export function runMiddlewares(
  chain: readonly Middleware[],
  req: IncomingMessage,
  res: ServerResponse,
  report: Report,
  onOutcome: (outcome: MiddlewareOutcome) => void,
): void {
  const run = (index: number): void => {
    const middleware = chain[index];
    if (middleware === undefined) {
      process.nextTick(onOutcome, { ok: true });
      return;
    }
    let isAnswered = false;
    const next = (error?: unknown): void => {
      // EIO §0.3: a further call changes nothing.
      if (isAnswered) return;
      isAnswered = true;
      if (error) process.nextTick(onOutcome, { ok: false, error });
      else run(index + 1);
    };
    // EIO §0.3: a throw and a rejection count as `next(error)`.
    const fail = (error: unknown): void => {
      report(error);
      next(error ?? new Error("a middleware failed"));
    };
    guard(fail, () => middleware(req, res, next));
  };
  run(0);
}
