import { ManualClock } from "@tautline/events/testing/manual-clock";
import { expect, it } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

it("lets a second's worth pass at once, then as much as time has brought, and saves up no more", () => {
  const clock = new ManualClock();
  const bucket = new TokenBucket(clock, 10);
  expect([bucket.take(10), bucket.take(1)]).toEqual([true, false]);
  clock.advance(100);
  expect([bucket.take(1), bucket.take(1)]).toEqual([true, false]);
  clock.advance(60_000);
  expect([bucket.take(11), bucket.take(10), bucket.take(1)]).toEqual([false, true, false]);
});
