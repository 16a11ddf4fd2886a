import { describe, expect, it } from "vitest";
import type { MiniProgram } from "./mini-program.ts";
import { createNetworkEvents } from "./network-events.ts";

interface Host extends MiniProgram {
  readonly network: ((status: { isConnected: boolean }) => void)[];
  readonly shown: (() => void)[];
}

function createHost(): Host {
  const network: Host["network"] = [];
  const shown: Host["shown"] = [];
  return {
    network,
    shown,
    connectSocket: () => undefined,
    request: () => undefined,
    onNetworkStatusChange: (listener) => void network.push(listener),
    onAppShow: (listener) => void shown.push(listener),
  };
}

describe("createNetworkEvents", () => {
  it("listens once, however many connections there are, and tells each what it asked for", () => {
    const host = createHost();
    const onEvent = createNetworkEvents(() => host);
    const told: string[] = [];
    const stops = (["offline", "online", "resume"] as const).map((event) =>
      onEvent(event, () => told.push(event)),
    );
    expect([host.network.length, host.shown.length]).toEqual([1, 1]);
    host.network[0]?.({ isConnected: false });
    host.network[0]?.({ isConnected: true });
    host.shown[0]?.();
    expect(told).toEqual(["offline", "online", "resume"]);
    for (const stop of stops) stop();
    host.shown[0]?.();
    expect(told).toHaveLength(3);
  });

  it("does without a host, and without the events that a host lacks", () => {
    expect(() => createNetworkEvents(() => undefined)("online", () => {})()).not.toThrow();
    const { connectSocket, request } = createHost();
    expect(() => createNetworkEvents(() => ({ connectSocket, request }))("online", () => {})()).not.toThrow();
  });
});
