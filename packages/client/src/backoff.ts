// 2^52 milliseconds are longer than any wait, and still exact.
const MAX_DOUBLINGS = 52;

/** Growing delays with jitter, so that the clients of a restarted server do not all return at once (client.md 5.9). */
export interface Backoff {
  minMs: number;
  maxMs: number;
  /** Share of a delay by which it may differ; outside 0 to 1, none. */
  jitter: number;
  /** Whether a delay may be anything from 0 up. */
  isFullJitter: boolean;
  /** Delays given; 0 begins anew. */
  attempts: number;
}

/** The next delay in milliseconds. */
export function nextDelay(backoff: Backoff, random: () => number): number {
  const { minMs, maxMs, jitter, isFullJitter } = backoff;
  const ms = minMs * 2 ** Math.min(backoff.attempts++, MAX_DOUBLINGS);
  // After the cap: late attempts are spread over the whole of it.
  if (isFullJitter) return Math.trunc(random() * Math.min(ms, maxMs));
  const deviation = jitter > 0 && jitter <= 1 ? (random() * 2 - 1) * jitter : 0;
  return Math.trunc(Math.min(ms * (1 + deviation), maxMs));
}
