import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { TurnWriter } from "./turn-writer.ts";

describe("TurnWriter", () => {
  it("calls every session of a turn once, at its end, in the order in which they were added", () => {
    const clock = new ManualClock();
    const writer = new TurnWriter(clock);
    const calls: string[] = [];
    writer.add({ onTurnEnd: () => calls.push("a") });
    writer.add({ onTurnEnd: () => calls.push("b") });
    expect(calls).toEqual([]);
    clock.settle();
    expect(calls).toEqual(["a", "b"]);
    clock.settle();
    expect(calls).toEqual(["a", "b"]);
  });

  it("leaves what is added during the end of a turn to the next one", () => {
    const clock = new ManualClock();
    const writer = new TurnWriter(clock);
    const calls: string[] = [];
    const late = { onTurnEnd: () => calls.push("late") };
    writer.add({
      onTurnEnd: () => {
        writer.add(late);
        calls.push("early");
      },
    });
    clock.settle();
    expect(calls).toEqual(["early", "late"]);
  });

  it("writes the sessions behind one whose listener throws", () => {
    const clock = new ManualClock();
    const writer = new TurnWriter(clock);
    const calls: string[] = [];
    writer.add({
      onTurnEnd: () => {
        throw new Error("of the program");
      },
    });
    writer.add({ onTurnEnd: () => calls.push("b") });
    expect(() => clock.settle()).toThrow("of the program");
    clock.settle();
    expect(calls).toEqual(["b"]);
  });
});
