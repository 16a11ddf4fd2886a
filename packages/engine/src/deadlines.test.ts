import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { Deadline, DeadlineQueue } from "./deadlines.ts";

class Recorded extends Deadline {
  readonly dues: number[] = [];
  readonly clock: ManualClock;
  onDueToo: () => void = () => {};
  constructor(clock: ManualClock) {
    super();
    this.clock = clock;
  }
  override onDue(): void {
    this.dues.push(this.clock.now());
    this.onDueToo();
  }
}

describe("DeadlineQueue", () => {
  it("calls each deadline at its own moment, with one timer for each duration", () => {
    const clock = new ManualClock(0);
    const queue = new DeadlineQueue(clock);
    const [a, b, c] = [new Recorded(clock), new Recorded(clock), new Recorded(clock)];
    queue.arm(a, 50);
    clock.advance(20);
    queue.arm(b, 50);
    queue.arm(c, 25_000);
    expect(clock.pendingTimers).toBe(2);
    clock.advance(25_000);
    expect([a.dues, b.dues, c.dues]).toEqual([[50], [70], [25_020]]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("forgets a disarmed deadline, first, middle and last of its lane", () => {
    for (const gone of [0, 1, 2]) {
      const clock = new ManualClock(0);
      const queue = new DeadlineQueue(clock);
      const all = [new Recorded(clock), new Recorded(clock), new Recorded(clock)];
      for (const one of all) queue.arm(one, 10);
      queue.disarm(all[gone]!);
      queue.disarm(all[gone]!);
      clock.advance(100);
      expect(all.map((one) => one.dues.length)).toEqual([0, 1, 2].map((at) => (at === gone ? 0 : 1)));
    }
  });

  it("keeps no timer once nothing waits", () => {
    const clock = new ManualClock(0);
    const queue = new DeadlineQueue(clock);
    const only = new Recorded(clock);
    queue.arm(only, 10);
    queue.disarm(only);
    expect(clock.pendingTimers).toBe(0);
  });

  it("moves a deadline that is armed again", () => {
    const clock = new ManualClock(0);
    const queue = new DeadlineQueue(clock);
    const only = new Recorded(clock);
    queue.arm(only, 10);
    clock.advance(5);
    queue.arm(only, 30);
    clock.advance(100);
    expect(only.dues).toEqual([35]);
  });

  it("calls a deadline that arms itself again at every interval, others in between on time", () => {
    const clock = new ManualClock(0);
    const queue = new DeadlineQueue(clock);
    const [first, second] = [new Recorded(clock), new Recorded(clock)];
    first.onDueToo = () => queue.arm(first, 50);
    queue.arm(first, 50);
    clock.advance(1);
    queue.arm(second, 50);
    clock.advance(160);
    expect(first.dues).toEqual([50, 100, 150]);
    expect(second.dues).toEqual([51]);
  });

  it("lets a deadline disarm the one that is due at the same moment", () => {
    const clock = new ManualClock(0);
    const queue = new DeadlineQueue(clock);
    const [first, second] = [new Recorded(clock), new Recorded(clock)];
    first.onDueToo = () => queue.disarm(second);
    queue.arm(first, 10);
    queue.arm(second, 10);
    clock.advance(50);
    expect(second.dues).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("goes on with the others when one throws", () => {
    const clock = new ManualClock(0);
    const queue = new DeadlineQueue(clock);
    const [first, second] = [new Recorded(clock), new Recorded(clock)];
    first.onDueToo = () => {
      throw new Error("of the program");
    };
    queue.arm(first, 10);
    queue.arm(second, 10);
    expect(() => clock.advance(10)).toThrow("of the program");
    clock.advance(10);
    expect(second.dues).toHaveLength(1);
  });

  it("is linear: 100,000 deadlines are armed, moved and swept", () => {
    const clock = new ManualClock(0);
    const queue = new DeadlineQueue(clock);
    const all = Array.from({ length: 100_000 }, () => new Recorded(clock));
    for (const one of all) queue.arm(one, 1000);
    for (const one of all) queue.arm(one, 1000);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(1000);
    expect(all.every((one) => one.dues.length === 1)).toBe(true);
  });

  it("calls a callback once", () => {
    const clock = new ManualClock(0);
    const queue = new DeadlineQueue(clock);
    let calls = 0;
    queue.after(100, () => calls++);
    clock.advance(1000);
    expect(calls).toBe(1);
  });
});
