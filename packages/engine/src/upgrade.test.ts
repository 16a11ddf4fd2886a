import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { DeadlineQueue } from "./deadlines.ts";
import { RecordingTransport } from "./testing/recording-transport.ts";
import { Upgrade } from "./upgrade.ts";

function start() {
  const clock = new ManualClock(0);
  const log: string[] = [];
  const candidate = new RecordingTransport("websocket");
  const upgrade = new Upgrade(
    new DeadlineQueue(clock),
    {
      onProbed: () => log.push("probed"),
      releasePoll: () => log.push(`release@${clock.now()}`),
      onUpgraded: () => log.push("upgraded"),
      onUpgradeAbandoned: () => log.push("abandoned"),
    },
    candidate,
    10_000,
  );
  return { clock, log, candidate, upgrade };
}
const PROBE = { type: "ping", data: "probe" } as const;

describe("Upgrade (EIO §13.2)", () => {
  it("answers the probe, then releases polls every 100 ms until the peer upgrades", () => {
    const { clock, log, candidate, upgrade } = start();
    candidate.receive(PROBE);
    expect(candidate.sent).toEqual([["3probe"]]);
    clock.advance(250);
    candidate.receive({ type: "upgrade" });
    clock.advance(60_000);
    expect(log).toEqual(["probed", "release@100", "release@200", "upgraded"]);
    expect(upgrade.state).toBe("done");
    expect(clock.pendingTimers).toBe(0);
    expect(candidate.readyState).toBe("open");
  });

  it("takes an upgrade without a probe", () => {
    const { log, candidate } = start();
    candidate.receive({ type: "upgrade" });
    expect(log).toEqual(["upgraded"]);
  });

  it.each([
    ["a message", { type: "message", data: "hi" }],
    ["a ping without probe", { type: "ping" }],
    ["a ping with other data", { type: "ping", data: "probes" }],
    ["garbage", { type: "error", data: "parser error" }],
    ["a close", { type: "close" }],
  ] as const)("gives up on %s", (_, packet) => {
    const { clock, log, candidate } = start();
    candidate.receive(packet);
    expect(log).toEqual(["abandoned"]);
    expect(candidate.endings).toEqual(["discard"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it.each(["before", "after"])("gives up in time, %s the probe", (when) => {
    const { clock, log, candidate } = start();
    if (when === "after") candidate.receive(PROBE);
    clock.advance(9_999);
    expect(log).not.toContain("abandoned");
    clock.advance(1);
    expect(log.at(-1)).toBe("abandoned");
    expect(candidate.readyState).toBe("closed");
    expect(clock.pendingTimers).toBe(0);
  });

  it.each([
    ["is lost", (candidate: RecordingTransport) => candidate.lose()],
    ["fails", (candidate: RecordingTransport) => candidate.break("reset")],
  ])("gives up when the candidate %s", (_, end) => {
    const { clock, log, candidate } = start();
    candidate.receive(PROBE);
    end(candidate);
    expect(log).toEqual(["probed", "abandoned"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("closes the candidate when the session ends, and is deaf afterwards", () => {
    const { clock, log, candidate, upgrade } = start();
    upgrade.abandon();
    candidate.receive({ type: "upgrade" });
    upgrade.abandon();
    expect(log).toEqual(["abandoned"]);
    expect(candidate.endings).toEqual(["discard"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("answers a second probe without a second beat", () => {
    const { clock, log, candidate } = start();
    candidate.receive(PROBE);
    candidate.receive(PROBE);
    clock.advance(100);
    expect(candidate.sent).toEqual([["3probe"], ["3probe"]]);
    expect(log).toEqual(["probed", "probed", "release@100"]);
  });
});
