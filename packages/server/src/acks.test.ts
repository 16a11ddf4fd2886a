import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { Acks, MAX_PENDING_ACKS } from "./acks.ts";

describe("pending acknowledgements", () => {
  it("hands an answer to whom waits for its id, once", () => {
    const acks = new Acks();
    const answers: unknown[][] = [];
    acks.expect(7, (...values) => answers.push(values), undefined, new ManualClock());
    acks.settle(8, ["other"]);
    acks.settle(7, ["a", "b"]);
    acks.settle(7, ["again"]);
    expect(answers).toEqual([["a", "b"]]);
  });

  it("passes null first when a timeout was set, and stops its timer", () => {
    const acks = new Acks();
    const clock = new ManualClock();
    const answers: unknown[][] = [];
    acks.expect(1, (...values) => answers.push(values), 100, clock);
    acks.settle(1, ["a"]);
    expect(clock.pendingTimers).toBe(0);
    expect(answers).toEqual([[null, "a"]]);
  });

  it("forgets an id together with its timer", () => {
    const acks = new Acks();
    const clock = new ManualClock();
    acks.expect(1, () => expect.unreachable(), 100, clock);
    acks.forget(1);
    acks.forget(2);
    clock.advance(200);
    acks.settle(1, []);
  });

  it("SEC §2: holds 10,000 and refuses one more, naming the limit", () => {
    const acks = new Acks();
    const clock = new ManualClock();
    for (let id = 0; id < MAX_PENDING_ACKS; id += 1) acks.expect(id, () => {}, undefined, clock);
    expect(() => acks.expect(MAX_PENDING_ACKS, () => {}, undefined, clock)).toThrow("10000 acknowledgements");
    acks.settle(0, []);
    acks.expect(MAX_PENDING_ACKS, () => {}, undefined, clock);
  });
});
