import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { DeadlineQueue } from "./deadlines.ts";
import { Heartbeat } from "./heartbeat.ts";

function start(protocol: 3 | 4, intervalMs = 25_000, timeoutMs = 20_000) {
  const clock = new ManualClock(0);
  const log: string[] = [];
  const heartbeat = new Heartbeat(
    new DeadlineQueue(clock),
    {
      onPingDue: () => log.push(`ping@${clock.now()}`),
      onPingTimeout: () => log.push(`timeout@${clock.now()}`),
    },
    intervalMs,
    timeoutMs,
  );
  heartbeat.begin(protocol);
  return { clock, log, heartbeat };
}

describe("Heartbeat of revision 4 (EIO §12.1)", () => {
  it("pings after the interval and gives up after the timeout", () => {
    const { clock, log } = start(4);
    clock.advance(24_999);
    expect(log).toEqual([]);
    clock.advance(60_000);
    expect(log).toEqual(["ping@25000", "timeout@45000"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("counts the next interval from the pong (EIO §62.27)", () => {
    const { clock, log, heartbeat } = start(4, 50, 40);
    clock.advance(50);
    clock.advance(30);
    heartbeat.onPong();
    clock.advance(49);
    expect(log).toEqual(["ping@50"]);
    clock.advance(1);
    expect(log).toEqual(["ping@50", "ping@130"]);
  });

  it("lets the first other packet extend the wait, once per ping (EIO §0.3)", () => {
    const { clock, log, heartbeat } = start(4, 50, 40);
    clock.advance(80);
    heartbeat.onPacket();
    clock.advance(30);
    heartbeat.onPacket();
    clock.advance(100);
    expect(log).toEqual(["ping@50", "timeout@120"]);
  });

  it("is not moved by packets while it rests", () => {
    const { clock, log, heartbeat } = start(4, 50, 40);
    clock.advance(40);
    heartbeat.onPacket();
    clock.advance(10);
    expect(log).toEqual(["ping@50"]);
  });

  it("tolerates a pong that nobody asked for, which postpones the next ping", () => {
    const { clock, log, heartbeat } = start(4, 50, 40);
    clock.advance(40);
    heartbeat.onPong();
    clock.advance(49);
    expect(log).toEqual([]);
    clock.advance(1);
    expect(log).toEqual(["ping@90"]);
  });

  it("waits anew after an upgrade, and keeps the schedule of a rest", () => {
    const resting = start(4, 50, 40);
    resting.clock.advance(30);
    resting.heartbeat.onUpgrade();
    resting.clock.advance(20);
    expect(resting.log).toEqual(["ping@50"]);
    resting.clock.advance(30);
    resting.heartbeat.onUpgrade();
    resting.clock.advance(100);
    expect(resting.log).toEqual(["ping@50", "timeout@120"]);
  });

  it("does nothing once stopped", () => {
    const { clock, log, heartbeat } = start(4, 50, 40);
    heartbeat.stop();
    heartbeat.onPong();
    heartbeat.onPacket();
    heartbeat.onUpgrade();
    clock.advance(1000);
    expect(log).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("Heartbeat of revision 3 (EIO §12.2)", () => {
  it("gives up after interval and timeout without a ping of the client", () => {
    const { clock, log, heartbeat } = start(3, 50, 40);
    clock.advance(89);
    heartbeat.onPing();
    clock.advance(89);
    heartbeat.onPacket();
    expect(log).toEqual([]);
    clock.advance(1);
    expect(log).toEqual(["timeout@179"]);
  });

  it("waits anew after an upgrade", () => {
    const { clock, log, heartbeat } = start(3, 50, 40);
    clock.advance(80);
    heartbeat.onUpgrade();
    clock.advance(200);
    expect(log).toEqual(["timeout@170"]);
  });
});
