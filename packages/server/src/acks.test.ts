import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { Acks, MAX_PENDING_ACKS } from "./acks.ts";

function create() {
  const clock = new ManualClock();
  const reported: unknown[] = [];
  const acks = new Acks(clock, (error) => reported.push(error));
  return { acks, clock, reported };
}

describe("pending acknowledgements", () => {
  it("hands an answer to whom waits for its id, once", () => {
    const { acks } = create();
    const answers: unknown[][] = [];
    acks.expect(7, (...values) => answers.push(values), undefined);
    acks.settle(8, ["other"]);
    acks.settle(7, ["a", "b"]);
    acks.settle(7, ["again"]);
    expect(answers).toEqual([["a", "b"]]);
  });

  it("passes null first when a timeout was set, and stops its timer", () => {
    const { acks, clock } = create();
    const answers: unknown[][] = [];
    acks.expect(1, (...values) => answers.push(values), 100);
    acks.settle(1, ["a"]);
    expect(clock.pendingTimers).toBe(0);
    expect(answers).toEqual([[null, "a"]]);
  });

  it("forgets an id together with its timer", () => {
    const { acks, clock } = create();
    acks.expect(1, () => expect.unreachable(), 100);
    acks.delete(1);
    acks.delete(2);
    clock.advance(200);
    acks.settle(1, []);
  });

  it("SEC §2: holds 10,000 and refuses one more, naming the limit", () => {
    const { acks } = create();
    for (let id = 0; id < MAX_PENDING_ACKS; id += 1) acks.expect(id, () => {}, undefined);
    expect(() => acks.expect(MAX_PENDING_ACKS, () => {}, undefined)).toThrow("10000 acknowledgements");
    acks.settle(0, []);
    acks.expect(MAX_PENDING_ACKS, () => {}, undefined);
  });

  it("reports what a listener throws or rejects with, at its answer and at its timeout", async () => {
    const { acks, clock, reported } = create();
    const fail = (what: string) => async () => {
      throw what;
    };
    acks.expect(1, fail("answered"), undefined);
    acks.expect(2, fail("late"), 100);
    acks.expect(
      3,
      () => {
        throw "at once";
      },
      100,
    );
    acks.settle(1, []);
    clock.advance(100);
    await Promise.resolve();
    expect(reported.sort()).toEqual(["answered", "at once", "late"]);
  });
});
