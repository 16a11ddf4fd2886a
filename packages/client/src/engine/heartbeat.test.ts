import type { Clock } from "@tautline/events/clock";
import { ManualClock } from "@tautline/events/testing/manual-clock";
import { beforeEach, describe, expect, it } from "vitest";
import { createHeartbeat, type HeartbeatOwner } from "./heartbeat.ts";

let clock: ManualClock;
let log: string[];
// A device that sleeps: the time of day goes on, the timers do not.
let sleptMs: number;
let sleepy: Clock;

const owner: HeartbeatOwner = { onExpired: () => log.push("expired"), onWake: () => log.push("wake") };

beforeEach(() => {
  clock = new ManualClock();
  log = [];
  sleptMs = 0;
  sleepy = {
    now: () => clock.now() + sleptMs,
    setTimer: clock.setTimer.bind(clock),
    nextTick: clock.nextTick.bind(clock),
    atTurnEnd: clock.atTurnEnd.bind(clock),
  };
});

describe("createHeartbeat", () => {
  it("expires when nothing restarts it", () => {
    const heartbeat = createHeartbeat(clock, owner);
    heartbeat.restart(60, 40);
    clock.advance(90);
    heartbeat.restart(60, 40);
    clock.advance(99);
    expect(log).toEqual([]);
    clock.advance(1);
    expect(log).toEqual(["expired"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("expires on time however long the wait is, with one timer", () => {
    const heartbeat = createHeartbeat(clock, owner);
    heartbeat.restart(25_000, 20_000);
    clock.advance(44_999);
    expect(log).toEqual([]);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(1);
    expect(log).toEqual(["expired"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("expires on time when the time of day is set back", () => {
    const heartbeat = createHeartbeat(sleepy, owner);
    heartbeat.restart(25_000, 20_000);
    sleptMs = -3_600_000;
    clock.advance(45_000);
    expect(log).toEqual(["expired"]);
  });

  it("does not expire once stopped", () => {
    const heartbeat = createHeartbeat(clock, owner);
    heartbeat.restart(60, 40);
    heartbeat.stop();
    clock.advance(1000);
    expect(heartbeat.isOverdue()).toBe(false);
    expect(heartbeat.isLate()).toBe(false);
    expect(log).toEqual([]);
  });

  it("knows of a deadline that passed while no timer ran, and expires in a later tick", () => {
    const heartbeat = createHeartbeat(sleepy, owner);
    heartbeat.restart(60, 40);
    expect(heartbeat.isOverdue()).toBe(false);
    sleptMs = 101;
    expect(heartbeat.isOverdue()).toBe(true);
    expect(heartbeat.isOverdue()).toBe(true);
    expect(log).toEqual([]);
    clock.settle();
    expect(log).toEqual(["expired"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("tells a ping that is late from one that is not due", () => {
    const heartbeat = createHeartbeat(clock, owner);
    heartbeat.restart(60, 40);
    clock.advance(60);
    expect(heartbeat.isLate()).toBe(false);
    clock.advance(1);
    expect(heartbeat.isLate()).toBe(true);
  });

  it("sees the end of a sleep long before its deadline", () => {
    const heartbeat = createHeartbeat(sleepy, owner);
    heartbeat.restart(60_000, 20_000);
    clock.advance(4000);
    sleptMs = 30_000;
    clock.advance(6000);
    expect(log).toEqual(["wake"]);
    clock.advance(10_000);
    expect(log).toEqual(["wake"]);
  });

  it("says that it woke before it expires, when it slept past its deadline", () => {
    const heartbeat = createHeartbeat(sleepy, owner);
    heartbeat.restart(25_000, 20_000);
    sleptMs = 3_600_000;
    clock.advance(10_000);
    expect(log).toEqual(["wake", "expired"]);
    expect(clock.pendingTimers).toBe(0);
  });
});
