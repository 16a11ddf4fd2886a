import { ManualClock } from "@tautline/events/testing/manual-clock";
import { beforeEach, describe, expect, it } from "vitest";
import { type AckTable, createAckTable } from "./acks.ts";

let clock: ManualClock;
let acks: AckTable;
let log: unknown[];

const handler = (error: Error | undefined, args: readonly unknown[]): void => {
  log.push(error?.message ?? args);
};

beforeEach(() => {
  clock = new ManualClock();
  acks = createAckTable(clock);
  log = [];
});

describe("createAckTable", () => {
  it("counts ids from 0 and answers each once", () => {
    expect(acks.add(handler, undefined, () => {})).toBe(0);
    expect(acks.add(handler, undefined, () => {})).toBe(1);
    acks.reply(1, ["b"]);
    acks.reply(1, ["again"]);
    acks.reply(7, ["unknown"]);
    acks.reply(undefined, ["nameless"]);
    expect(log).toEqual([["b"]]);
  });

  it("times out, after saying so, and ignores a late reply", () => {
    acks.add(handler, 50, (id) => log.push(`expired ${id}`));
    clock.advance(50);
    acks.reply(0, ["late"]);
    expect(log).toEqual(["expired 0", "operation has timed out"]);
  });

  it("leaves no timer behind a reply", () => {
    acks.add(handler, 50, () => expect.unreachable());
    acks.reply(0, []);
    expect(clock.pendingTimers).toBe(0);
  });

  it("gives up all but some, with their timers", () => {
    acks.add(handler, 50, () => expect.unreachable());
    acks.add(handler, undefined, () => {});
    acks.add(handler, undefined, () => {});
    expect(acks.takeAllBut(new Set([2]))).toEqual([handler, handler]);
    expect(clock.pendingTimers).toBe(0);
    acks.reply(1, ["forgotten"]);
    acks.reply(2, ["kept"]);
    expect(log).toEqual([["kept"]]);
  });
});
