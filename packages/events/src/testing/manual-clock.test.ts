import { describe, expect, it } from "vitest";
import { ManualClock } from "./manual-clock.ts";

describe("ManualClock", () => {
  it("runs timers at their own moment, in order of due time and then of setting", () => {
    const clock = new ManualClock(0);
    const log: string[] = [];
    clock.setTimer(() => log.push(`b at ${clock.now()}`), 20);
    clock.setTimer(() => log.push(`a at ${clock.now()}`), 10);
    clock.setTimer(() => log.push(`c at ${clock.now()}`), 20);
    clock.advance(20);
    expect(log).toEqual(["a at 10", "b at 20", "c at 20"]);
    expect(clock.now()).toBe(20);
  });

  it("runs a timer that a timer set, when it falls due within the same advance", () => {
    const clock = new ManualClock(0);
    let runs = 0;
    const again = () => {
      runs += 1;
      clock.setTimer(again, 10);
    };
    clock.setTimer(again, 10);
    clock.advance(35);
    expect(runs).toBe(3);
    expect(clock.pendingTimers).toBe(1);
  });

  it("does not run a cancelled timer", () => {
    const clock = new ManualClock();
    const timer = clock.setTimer(() => expect.unreachable(), 5);
    timer.cancel();
    timer.cancel();
    clock.advance(10);
    expect(clock.pendingTimers).toBe(0);
  });

  it("runs every tick before the end of the turn", () => {
    const clock = new ManualClock();
    const log: string[] = [];
    clock.atTurnEnd(() => log.push("turn end"));
    clock.nextTick(() => {
      log.push("tick");
      clock.nextTick(() => log.push("tick of a tick"));
    });
    clock.settle();
    expect(log).toEqual(["tick", "tick of a tick", "turn end"]);
  });
});
