import { setTimeout as delay } from "node:timers/promises";

const deadlineMs = 10_000;

/** Waits until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  const endsAt = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > endsAt) throw new Error(`did not come true within ${deadlineMs} ms: ${condition}`);
    await delay(2);
  }
}
