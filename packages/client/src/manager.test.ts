import { beforeEach, describe, expect, it } from "vitest";
import { Manager } from "./manager.ts";
import type { ManagerOptions } from "./options.ts";
import { RecordingPlatform } from "./testing/recording-platform.ts";

let platform: RecordingPlatform;
let log: unknown[];

function create(options: ManagerOptions = {}): Manager {
  const manager = new Manager(platform, "http://h", {
    transports: ["polling"],
    reconnectionDelay: 100,
    randomizationFactor: 0,
    ...options,
  });
  for (const event of [
    "open",
    "error",
    "close",
    "reconnect_attempt",
    "reconnect",
    "reconnect_error",
    "reconnect_failed",
  ] as const) {
    manager.on(event, (...args: unknown[]) =>
      log.push([event, args[0] instanceof Error ? args[0].message : args[0]]),
    );
  }
  return manager;
}

beforeEach(() => {
  platform = new RecordingPlatform();
  log = [];
});

describe("Manager, settings", () => {
  it("has the documented defaults, which falsy options mean too", () => {
    const zeros = { reconnectionAttempts: 0, reconnectionDelay: 0, reconnectionDelayMax: 0 };
    for (const manager of [new Manager(platform, "http://h"), new Manager(platform, "http://h", zeros)]) {
      expect(manager.reconnection()).toBe(true);
      expect(manager.reconnectionAttempts()).toBe(Number.POSITIVE_INFINITY);
      expect(manager.reconnectionDelay()).toBe(1000);
      expect(manager.reconnectionDelayMax()).toBe(5000);
      expect(manager.randomizationFactor()).toBe(0.5);
      expect(manager.timeout()).toBe(20_000);
    }
  });

  it("changes each of them, and returns itself", () => {
    const manager = create();
    expect(manager.reconnectionAttempts(3).reconnectionDelay(4).reconnectionDelayMax(5)).toBe(manager);
    expect(manager.randomizationFactor(0).timeout(false).reconnection(false)).toBe(manager);
    expect([
      manager.reconnectionAttempts(),
      manager.reconnectionDelay(),
      manager.reconnectionDelayMax(),
    ]).toEqual([3, 4, 5]);
    expect([manager.randomizationFactor(), manager.timeout(), manager.reconnection()]).toEqual([
      0,
      false,
      false,
    ]);
  });

  it("reads its options again at each attempt, and leaves the program's own object alone", () => {
    const options: ManagerOptions = { query: { a: 1 }, autoConnect: false };
    const manager = create(options);
    manager.opts.query = { a: 2 };
    manager.open();
    expect(platform.latest.query).toMatchObject({ a: 2 });
    expect(options).toEqual({ query: { a: 1 }, autoConnect: false });
  });
});

describe("Manager, opening", () => {
  it("connects on its own unless told not to", () => {
    create({ autoConnect: false });
    expect(platform.made).toHaveLength(0);
    create();
    expect(platform.made).toHaveLength(1);
  });

  it("tells the outcome to whoever asks, also while it opens and once it is open", () => {
    const manager = create({ autoConnect: false });
    const outcomes: unknown[] = [];
    manager.open((error) => outcomes.push(["first", error]));
    manager.open((error) => outcomes.push(["second", error]));
    platform.latest.accept();
    manager.connect((error) => outcomes.push(["third", error]));
    platform.clock.settle();
    expect(outcomes).toEqual([
      ["first", undefined],
      ["second", undefined],
      ["third", undefined],
    ]);
  });

  it("does not reconnect when the program asked for the outcome of a failed opening", () => {
    const manager = create({ autoConnect: false });
    const outcomes: unknown[] = [];
    manager.open((error) => outcomes.push(error?.message));
    platform.latest.fail(0);
    platform.clock.advance(10_000);
    expect(outcomes).toEqual(["polling error"]);
    expect(platform.made).toHaveLength(1);
  });

  it("gives up an attempt that takes too long", () => {
    create({ timeout: 50, reconnection: false });
    platform.clock.advance(50);
    expect(log).toEqual([["error", "timeout"]]);
    expect(platform.latest.isClosed).toBe(true);
    expect(platform.clock.pendingTimers).toBe(0);
  });

  it("counts an engine that closes while opening as a failure", () => {
    create({ reconnection: false });
    for (const callback of platform.offline) callback();
    expect(log).toEqual([["error", "transport close"]]);
  });
});

describe("Manager, reconnection", () => {
  it("emits the documented transcript when the server cannot be reached", () => {
    create({ reconnectionAttempts: 2 });
    platform.latest.fail(0);
    platform.clock.advance(100);
    platform.latest.fail(0);
    platform.clock.advance(200);
    platform.latest.fail(0);
    platform.clock.advance(60_000);
    expect(log.map((entry) => Object(entry).join(" "))).toEqual([
      "error polling error",
      "reconnect_attempt 1",
      "error polling error",
      "reconnect_error polling error",
      "reconnect_attempt 2",
      "error polling error",
      "reconnect_failed ",
      "reconnect_error polling error",
    ]);
    expect(platform.clock.pendingTimers).toBe(0);
  });

  it("begins with the first delay again after a success", () => {
    create();
    platform.latest.accept();
    platform.latest.end();
    platform.clock.advance(100);
    platform.latest.fail(0);
    platform.clock.advance(200);
    platform.latest.accept();
    expect(log.at(-1)).toEqual(["reconnect", 2]);
    platform.latest.end();
    platform.clock.advance(99);
    expect(platform.made).toHaveLength(3);
    platform.clock.advance(1);
    expect(platform.made).toHaveLength(4);
  });

  it("can be stopped while it waits, and before each attempt", () => {
    const manager = create();
    platform.latest.fail(0);
    manager.reconnection(false);
    platform.clock.advance(60_000);
    expect(platform.made).toHaveLength(1);
    manager.reconnection(true);
    manager.open();
    platform.latest.fail(0);
    manager.on("reconnect_attempt", () => manager.disconnect());
    platform.clock.advance(60_000);
    expect(platform.made).toHaveLength(2);
  });

  it("is taken over by an explicit open while it waits, and goes on if that fails", () => {
    const manager = create();
    platform.latest.accept();
    platform.latest.end();
    manager.open();
    expect(platform.made).toHaveLength(2);
    platform.latest.fail(0);
    platform.clock.advance(200);
    expect(platform.made).toHaveLength(3);
    platform.latest.accept();
    platform.latest.end();
    platform.clock.advance(100);
    expect(platform.made).toHaveLength(4);
  });

  it("survives an open from an error listener during an attempt", () => {
    const manager = create();
    platform.latest.accept();
    platform.latest.end();
    manager.once("error", () => manager.open());
    platform.clock.advance(100);
    platform.latest.fail(0);
    expect(platform.made).toHaveLength(3);
    platform.latest.accept();
    platform.latest.end();
    platform.clock.advance(100);
    expect(platform.made).toHaveLength(4);
  });

  it("survives an open from an error listener when an attempt takes too long", () => {
    const manager = create({ timeout: 50 });
    manager.once("error", () => manager.open());
    platform.clock.advance(50);
    expect(platform.made.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    platform.latest.accept();
    expect(log.at(-1)).toEqual(["open", undefined]);
    platform.clock.advance(100);
    expect(platform.made).toHaveLength(2);
  });

  it("attempts at once when the network returns, unless told not to", () => {
    const manager = create();
    platform.latest.fail(0);
    manager.opts.reconnectOnOnline = false;
    for (const callback of platform.online) callback();
    expect(platform.made).toHaveLength(1);
    manager.opts.reconnectOnOnline = true;
    for (const callback of platform.online) callback();
    expect(platform.made).toHaveLength(2);
  });

  it("attempts at once when the page is shown again, unless told not to", () => {
    const manager = create();
    platform.latest.fail(0);
    manager.opts.reconnectOnResume = false;
    for (const callback of platform.resume) callback();
    expect(platform.made).toHaveLength(1);
    delete manager.opts.reconnectOnResume;
    for (const callback of platform.resume) callback();
    expect(platform.made).toHaveLength(2);
  });

  it.each([["online"], ["resume"]] as const)(
    "reconnects without a delay, once, when a connection turns out dead on %s",
    (event) => {
      create({ probeTimeout: 20 });
      platform.latest.accept({ probes: true });
      for (const callback of platform[event]) callback();
      platform.clock.advance(20);
      expect(log.slice(1)).toEqual([
        ["close", "ping timeout"],
        ["reconnect_attempt", 1],
      ]);
      expect(platform.made).toHaveLength(2);
      platform.latest.fail(0);
      expect(platform.made).toHaveLength(2);
      platform.clock.advance(200);
      expect(platform.made).toHaveLength(3);
    },
  );

  it("reconnects without a delay when a connection breaks while it is in doubt", () => {
    create();
    platform.latest.accept({ probes: true });
    for (const callback of platform.resume) callback();
    platform.latest.end();
    expect(log.at(-1)).toEqual(["reconnect_attempt", 1]);
    expect(platform.clock.pendingTimers).toBe(1);
  });

  it("waits anything from nothing to the whole delay with full jitter", () => {
    create({ fullJitter: true, reconnectionDelay: 1000 });
    platform.latest.fail(0);
    // The random number of these tests is 0.75.
    platform.clock.advance(749);
    expect(platform.made).toHaveLength(1);
    platform.clock.advance(1);
    expect(platform.made).toHaveLength(2);
  });
});

describe("Manager, closing", () => {
  it("emits close once per connection", () => {
    const manager = create();
    platform.latest.accept();
    manager.disconnect();
    manager.disconnect();
    expect(log).toEqual([
      ["open", undefined],
      ["close", "forced close"],
    ]);
    platform.clock.advance(60_000);
    expect(platform.made).toHaveLength(1);
  });

  it("closes on what the decoder refuses, behind the packets that stand before it", () => {
    const manager = create();
    platform.latest.accept();
    manager.on("packet", ({ data }) => log.push(data));
    platform.latest.receive("message", '2["a"]');
    platform.latest.receive("message", '9["b"]');
    expect(log).toEqual([["open", undefined]]);
    platform.clock.settle();
    expect(log.slice(1)).toEqual([["a"], ["close", "parse error"]]);
  });

  it("delivers what arrived just before the server closed", () => {
    const manager = create();
    platform.latest.accept();
    manager.on("packet", ({ data }) => log.push(data));
    platform.latest.receive("message", '2["a"]');
    platform.latest.end();
    platform.clock.settle();
    expect(log.slice(1)).toEqual([["a"], ["close", "transport close"]]);
  });

  it("uses the program's own parser in both directions", () => {
    let onDecoded: (packet: object) => void = () => expect.unreachable();
    const manager = create({
      parser: {
        Encoder: class {
          encode(packet: object): unknown[] {
            return [JSON.stringify(packet), Uint8Array.of(1)];
          }
        },
        Decoder: class {
          on(_event: string, listener: (packet: object) => void): void {
            onDecoded = listener;
          }
          add(chunk: unknown): void {
            if (chunk === "bad") throw new Error("bad chunk");
            onDecoded(JSON.parse(String(chunk)));
          }
          destroy(): void {}
        },
      },
    });
    const socket = manager.socket("/");
    platform.latest.accept();
    expect(platform.latest.messages).toEqual(['{"type":0,"nsp":"/"}']);
    platform.latest.receive("message", '{"type":0,"nsp":"/","data":{"sid":"x"}}');
    platform.clock.settle();
    expect(socket.id).toBe("x");
    platform.latest.receive("message", "bad");
    expect(log.at(-1)).toEqual(["close", "parse error"]);
  });
});
