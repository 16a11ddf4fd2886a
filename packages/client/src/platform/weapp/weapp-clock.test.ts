import { afterEach, describe, expect, it, vi } from "vitest";
import { createWeappClock } from "./weapp-clock.ts";

afterEach(() => vi.useRealTimers());

describe("createWeappClock", () => {
  it("waits with the timers that are installed, unless told to use those of load time", async () => {
    vi.useFakeTimers({ now: 1000 });
    const called: string[] = [];
    const clock = createWeappClock({});
    clock.setTimer(() => called.push("installed"), 3_600_000);
    clock.setTimer(() => called.push("cancelled"), 1000).cancel();
    vi.advanceTimersByTime(3_600_000);
    expect(called).toEqual(["installed"]);
    expect(clock.now()).toBe(3_601_000);
    const native = createWeappClock({ useNativeTimers: true });
    expect(native.now()).toBeGreaterThan(1_600_000_000_000);
    await new Promise<void>((resolve) => native.setTimer(resolve, 1));
  });

  it("takes a delay that timers do not know for the longest one", () => {
    vi.useFakeTimers();
    let isOver = false;
    createWeappClock({}).setTimer(() => {
      isOver = true;
    }, 2 ** 40);
    vi.advanceTimersByTime(3_600_000);
    expect(isOver).toBe(false);
  });

  it("calls back in the next tick before it does at the end of the turn", async () => {
    const called: string[] = [];
    const clock = createWeappClock({});
    const over = new Promise<void>((resolve) =>
      clock.atTurnEnd(() => {
        called.push("turn end");
        resolve();
      }),
    );
    clock.nextTick(() => called.push("tick"));
    called.push("now");
    await over;
    expect(called).toEqual(["now", "tick", "turn end"]);
  });
});
