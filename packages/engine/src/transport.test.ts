import { describe, expect, it } from "vitest";
import { RecordingTransport } from "./testing/recording-transport.ts";
import { upgradeTargets } from "./transport.ts";

describe("Transport", () => {
  it("tells listeners of packets, errors and its end, besides the owner", () => {
    const transport = new RecordingTransport();
    const log: unknown[] = [];
    transport.on("packet", ({ type }) => log.push(type));
    transport.on("error", ({ message }) => log.push(message));
    transport.on("close", () => log.push("close"));
    transport.receive({ type: "noop" });
    transport.break("reset");
    transport.lose();
    transport.lose();
    expect(log).toEqual(["noop", "reset", "close"]);
  });

  it("does not throw an error that nobody listens to (SEC §1.10)", () => {
    expect(() => new RecordingTransport().break("reset")).not.toThrow();
  });

  it("lets a session move from polling only (EIO §8)", () => {
    expect(upgradeTargets).toEqual({
      polling: ["websocket", "webtransport"],
      websocket: [],
      webtransport: [],
    });
  });
});
