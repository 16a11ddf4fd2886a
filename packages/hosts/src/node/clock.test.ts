import { describe, expect, it } from "vitest";
import { nodeClock } from "./clock.ts";

describe("the clock of Node", () => {
  it("tells the time in whole milliseconds since the epoch", () => {
    expect(Number.isInteger(nodeClock.now())).toBe(true);
    expect(Math.abs(nodeClock.now() - Date.now())).toBeLessThan(5000);
  });

  it("calls ticks before the end of the turn, and that before timers that come later", async () => {
    const log: string[] = [];
    await new Promise<void>((resolve) => {
      nodeClock.setTimer(() => {
        log.push("timer");
        resolve();
      }, 20);
      nodeClock.atTurnEnd(() => log.push("turn end"));
      nodeClock.nextTick(() => log.push("tick"));
      log.push("now");
    });
    expect(log).toEqual(["now", "tick", "turn end", "timer"]);
  });

  it("never calls a timer that was cancelled, nor one that is due in a month", async () => {
    const calls: string[] = [];
    const cancelled = nodeClock.setTimer(() => calls.push("cancelled"), 1);
    const distant = nodeClock.setTimer(() => calls.push("distant"), 31 * 24 * 3600 * 1000);
    cancelled.cancel();
    cancelled.cancel();
    await new Promise<void>((resolve) => nodeClock.setTimer(resolve, 20));
    distant.cancel();
    expect(calls).toEqual([]);
  });

  it("keeps no process alive for a timer in the background", () => {
    const count = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = count();
    const background = nodeClock.setTimer(() => {}, 60_000, true);
    expect(count()).toBe(before);
    const ordinary = nodeClock.setTimer(() => {}, 60_000);
    expect(count()).toBe(before + 1);
    ordinary.cancel();
    background.cancel();
  });
});
