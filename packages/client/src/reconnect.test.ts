import { ManualClock } from "@tautline/events/testing/manual-clock";
import { beforeEach, describe, expect, it } from "vitest";
import { createReconnect, type Reconnect } from "./reconnect.ts";

let clock: ManualClock;
let log: string[];
let delays: number[];
let loop: Reconnect;

beforeEach(() => {
  clock = new ManualClock();
  log = [];
  delays = [100, 200];
  loop = createReconnect({
    clock,
    nextDelay: () => delays.shift(),
    onAttempt: () => log.push("attempt"),
    onExhausted: () => log.push("exhausted"),
  });
});

describe("createReconnect", () => {
  it("waits, attempts, and gives up once the attempts are used up", () => {
    loop.on("lost");
    expect(loop.state()).toBe("waiting");
    clock.advance(99);
    expect(log).toEqual([]);
    clock.advance(1);
    expect(log).toEqual(["attempt"]);
    loop.on("failed");
    clock.advance(200);
    loop.on("failed");
    expect(log).toEqual(["attempt", "attempt", "exhausted"]);
    expect(loop.state()).toBe("idle");
    expect(clock.pendingTimers).toBe(0);
  });

  it("cancels the wait when the program opens by itself, and goes on if that fails", () => {
    loop.on("lost");
    loop.on("open");
    expect(loop.state()).toBe("taken");
    expect(clock.pendingTimers).toBe(0);
    loop.on("failed");
    expect(loop.state()).toBe("waiting");
    clock.advance(200);
    expect(log).toEqual(["attempt"]);
  });

  it("is over when the opening of the program succeeds", () => {
    loop.on("lost");
    loop.on("open");
    loop.on("opened");
    expect(loop.state()).toBe("idle");
    loop.on("lost");
    expect(loop.state()).toBe("waiting");
  });

  it.each([["idle"], ["waiting"], ["attempting"]])("stops from %s until it is opened again", (from) => {
    if (from !== "idle") loop.on("lost");
    if (from === "attempting") clock.advance(100);
    loop.on("stop");
    loop.on("lost");
    loop.on("failed");
    clock.advance(10_000);
    expect(loop.state()).toBe("stopped");
    expect(clock.pendingTimers).toBe(0);
    loop.on("open");
    expect(loop.state()).toBe("idle");
  });

  it("does not wait longer when told that it is time", () => {
    loop.on("due");
    expect(log).toEqual([]);
    loop.on("lost");
    loop.on("due");
    expect(log).toEqual(["attempt"]);
    expect(clock.pendingTimers).toBe(0);
  });
});
