import { guard, type Report } from "@tautline/events/guard";

export type { Report };

/** An error for the client: `data` travels with the message. */
export interface ExtendedError extends Error {
  data?: unknown;
}

/** Continues a chain; with an error, ends it. Calls after the first do nothing. */
export type Next = (error?: ExtendedError) => void;

/**
 * Calls functions one after the other, each when the one before has called `next`; then `onDone`, once.
 *
 * A function that throws, or whose promise is rejected, counts as `next(error)` and is reported besides
 * (server.md §8.2 S10, S11). The list is taken as it is now.
 */
export function runChain<Fn>(
  functions: readonly Fn[],
  call: (fn: Fn, next: Next) => unknown,
  report: Report,
  onDone: (error?: ExtendedError) => void,
): void {
  const chain = [...functions];
  const run = (index: number): void => {
    const fn = chain[index];
    if (fn === undefined) {
      onDone();
      return;
    }
    let isSettled = false;
    const settle = (error?: ExtendedError): void => {
      if (isSettled) return;
      isSettled = true;
      if (error) onDone(error);
      else run(index + 1);
    };
    const fail = (error: unknown): void => {
      report(error);
      settle(asError(error));
    };
    guard(fail, () => call(fn, settle));
  };
  run(0);
}

/** Anything else would fail at the first client, far from the mistake. */
export function requireMiddleware(middleware: unknown): void {
  if (typeof middleware === "function") return;
  throw new TypeError(`a middleware must be a function, not ${typeof middleware}`);
}

function asError(thrown: unknown): ExtendedError {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
