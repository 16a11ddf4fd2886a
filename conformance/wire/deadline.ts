// Waiting for facts instead of for time: every wait of the suites ends by a condition or by a deadline.

/** How long any single expected thing may take, in milliseconds; generous, since two cores are shared. */
const DEADLINE_MS = 15_000;

/** The promise's value, or an error that names what was awaited once the deadline has passed. */
export async function within<T>(
  promise: Promise<T>,
  what: string,
  deadlineMs: number = DEADLINE_MS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves once `condition` holds, asking again every few milliseconds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs: number = DEADLINE_MS,
): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`${what}: not so within ${deadlineMs} ms`);
    await pause(5);
  }
}

/** Lets the event loop run for a while; never a substitute for a condition. */
export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
