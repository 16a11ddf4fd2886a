import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { createHeartbeat } from "./heartbeat.ts";

describe("createHeartbeat", () => {
  it("expires when nothing restarts it", () => {
    const clock = new ManualClock();
    let expired = 0;
    const heartbeat = createHeartbeat(clock, () => expired++);
    heartbeat.restart(100);
    clock.advance(90);
    heartbeat.restart(100);
    clock.advance(99);
    expect(expired).toBe(0);
    clock.advance(1);
    expect(expired).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it("does not expire once stopped", () => {
    const clock = new ManualClock();
    const heartbeat = createHeartbeat(clock, () => expect.unreachable());
    heartbeat.restart(100);
    heartbeat.stop();
    clock.advance(1000);
    expect(heartbeat.isOverdue()).toBe(false);
  });

  it("knows of a deadline that passed while no timer ran, and expires in a later tick", () => {
    const clock = new ManualClock();
    // A device that sleeps: the time of day goes on, the timers do not.
    let sleptMs = 0;
    const sleepy = {
      now: () => clock.now() + sleptMs,
      setTimer: clock.setTimer.bind(clock),
      nextTick: clock.nextTick.bind(clock),
      atTurnEnd: clock.atTurnEnd.bind(clock),
    };
    let expired = 0;
    const heartbeat = createHeartbeat(sleepy, () => expired++);
    heartbeat.restart(100);
    expect(heartbeat.isOverdue()).toBe(false);
    sleptMs = 101;
    expect(heartbeat.isOverdue()).toBe(true);
    expect(heartbeat.isOverdue()).toBe(true);
    expect(expired).toBe(0);
    clock.settle();
    expect(expired).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });
});
