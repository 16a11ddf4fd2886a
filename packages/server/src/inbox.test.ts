import { ManualClock } from "@tautline/events/testing/manual-clock";
import type { SocketPacket } from "@tautline/protocol/socket-packet";
import { describe, expect, it } from "vitest";
import { Inbox } from "./inbox.ts";

const packet: SocketPacket = { type: 2, nsp: "/" };

describe("the inbox", () => {
  it("delivers on the next tick, in order of arrival", () => {
    const clock = new ManualClock();
    const inbox = new Inbox(clock, () => expect.unreachable());
    const log: string[] = [];
    inbox.add({ onPacket: () => log.push("a") }, packet);
    inbox.add({ onPacket: () => log.push("b") }, packet);
    expect(log).toEqual([]);
    clock.settle();
    expect(log).toEqual(["a", "b"]);
  });

  it("delivers in a later tick what arrives during a delivery", () => {
    const clock = new ManualClock();
    const inbox = new Inbox(clock, () => expect.unreachable());
    const log: string[] = [];
    inbox.add(
      {
        onPacket: () => {
          inbox.add({ onPacket: () => log.push("second") }, packet);
          log.push("first");
        },
      },
      packet,
    );
    clock.settle();
    expect(log).toEqual(["first", "second"]);
  });

  it("reports what one delivery throws and goes on with the next", () => {
    const clock = new ManualClock();
    const reported: unknown[] = [];
    const inbox = new Inbox(clock, (error) => reported.push(error));
    const log: string[] = [];
    inbox.add(
      {
        onPacket: () => {
          throw "thrown";
        },
      },
      packet,
    );
    inbox.add({ onPacket: () => log.push("delivered") }, packet);
    clock.settle();
    expect(reported).toEqual(["thrown"]);
    expect(log).toEqual(["delivered"]);
  });
});
