import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextDelay } from "./backoff.ts";

describe("nextDelay", () => {
  it("doubles up to the maximum", () => {
    const backoff = { minMs: 50, maxMs: 300, jitter: 0, isFullJitter: false, attempts: 0 };
    expect([1, 2, 3, 4, 5].map(() => nextDelay(backoff, Math.random))).toEqual([50, 100, 200, 300, 300]);
    expect(backoff.attempts).toBe(5);
  });

  it("stays within its jitter and its maximum, whatever the attempt", () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.double({ min: 0, max: 0.999_999, noNaN: true }), (attempts, random) => {
        const delay = nextDelay(
          { minMs: 1000, maxMs: 5000, jitter: 0.5, isFullJitter: false, attempts },
          () => random,
        );
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(Math.min(1000 * 2 ** Math.min(attempts, 52) * 0.5, 5000));
        expect(delay).toBeLessThanOrEqual(Math.min(1000 * 2 ** Math.min(attempts, 52) * 1.5, 5000));
      }),
    );
  });

  it.each([[-1], [1.5], [Number.NaN]])("takes a jitter of %s for none", (jitter) => {
    expect(nextDelay({ minMs: 100, maxMs: 1000, jitter, isFullJitter: false, attempts: 0 }, () => 0)).toBe(
      100,
    );
  });

  it("spreads over the whole delay with full jitter, behind the maximum, whatever the other jitter", () => {
    const backoff = { minMs: 100, maxMs: 300, jitter: 0.5, isFullJitter: true, attempts: 0 };
    expect([0, 0.5, 0.5, 0.999].map((random) => nextDelay(backoff, () => random))).toEqual([
      0, 100, 150, 299,
    ]);
  });
});
