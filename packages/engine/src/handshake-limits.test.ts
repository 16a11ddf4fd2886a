import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { HandshakeLimiter } from "./handshake-limits.ts";

describe("HandshakeLimiter", () => {
  it("admits everything by default", () => {
    const limiter = new HandshakeLimiter(new ManualClock(), {});
    for (let count = 0; count < 1000; count++) expect(limiter.admit("a")).toBeUndefined();
  });

  it("admits as many handshakes in a second as it is told, and not one more (SEC §2)", () => {
    const clock = new ManualClock();
    const limiter = new HandshakeLimiter(clock, { handshake: 2 });
    expect(limiter.admit("a")).toBeUndefined();
    expect(limiter.admit("b")).toBeUndefined();
    expect(limiter.admit("c")).toMatchObject({ retryAfterSeconds: 1 });
    clock.advance(1000);
    expect(limiter.admit("c")).toBeUndefined();
  });

  it("admits as many sessions of an address as it is told, and others again when some end", () => {
    const limiter = new HandshakeLimiter(new ManualClock(), { perAddress: 2 });
    limiter.onSessionOpen("a");
    expect(limiter.admit("a")).toBeUndefined();
    limiter.onSessionOpen("a");
    expect(limiter.admit("a")).toMatchObject({ context: { name: "ADDRESS_LIMIT" } });
    expect(limiter.admit("b")).toBeUndefined();
    limiter.onSessionClosed("a");
    expect(limiter.admit("a")).toBeUndefined();
    limiter.onSessionClosed("a");
    limiter.onSessionClosed("a");
    expect(limiter.admit("a")).toBeUndefined();
  });
});
