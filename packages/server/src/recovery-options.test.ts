import { describe, expect, it } from "vitest";
import { resolveRecovery } from "./recovery-options.ts";

describe("the options of recovery", () => {
  it("server.md §3.1: have upstream's defaults, and limits", () => {
    expect(resolveRecovery({})).toEqual({
      maxDisconnectionMs: 120_000,
      skipsMiddleware: true,
      maxHistoryPackets: 100_000,
      maxHistoryBytes: 16_000_000,
      maxSessions: 100_000,
      lossDetectionMs: 45_000,
    });
  });

  it("are taken as they are given", () => {
    const given = {
      maxDisconnectionDuration: 1,
      skipMiddlewares: false,
      maxHistoryPackets: 2,
      maxSessions: 3,
    };
    expect(resolveRecovery(given)).toMatchObject({
      maxDisconnectionMs: 1,
      skipsMiddleware: false,
      maxHistoryPackets: 2,
      maxSessions: 3,
    });
  });

  it("ask the engine for its heartbeat, as soon as there is one", () => {
    let heartbeat: { pingInterval: number; pingTimeout: number } | undefined;
    const policy = resolveRecovery({}, () => heartbeat);
    expect(policy.lossDetectionMs).toBe(45_000);
    heartbeat = { pingInterval: 100, pingTimeout: 50 };
    expect(policy.lossDetectionMs).toBe(150);
  });
});
