import { beforeEach, describe, expect, it } from "vitest";
import { RecordingPlatform, type RecordingTransport } from "../testing/recording-platform.ts";
import { EngineSocket } from "./engine-socket.ts";
import type { EngineOptions } from "./options.ts";

let platform: RecordingPlatform;
let log: unknown[];

function open(options: EngineOptions = {}, uri = "http://h:1"): EngineSocket {
  const engine = new EngineSocket(platform, uri, options);
  for (const event of [
    "open",
    "handshake",
    "flush",
    "drain",
    "ping",
    "pong",
    "upgrading",
    "upgrade",
  ] as const) {
    engine.on(event, () => log.push(event));
  }
  engine.on("error", (error) => log.push(`error ${error.message}`));
  engine.on("upgradeError", (error) => log.push(`upgradeError ${error.transport}: ${error.message}`));
  engine.on("close", (reason) => log.push(`close ${reason}`));
  return engine;
}

beforeEach(() => {
  platform = new RecordingPlatform();
  log = [];
});

describe("EngineSocket, opening", () => {
  it("constructs the first transport with merged options and opens it", () => {
    const engine = open({
      path: "/p",
      query: { a: 1 },
      transportOptions: { polling: { extraHeaders: { x: "y" }, query: { b: 2 } } },
    });
    expect(engine.readyState).toBe("opening");
    expect(engine.transport.opts).toMatchObject({
      hostname: "h",
      port: "1",
      path: "/p/",
      extraHeaders: { x: "y" },
    });
    expect(engine.transport.query).toEqual({ a: 1, b: 2, EIO: 4, transport: "polling" });
  });

  it("takes the handshake, tells it, and sends what was queued", () => {
    const engine = open();
    engine.write("early");
    platform.latest.accept();
    expect(log).toEqual(["handshake", "open", "flush"]);
    expect(engine.id).toBe("s1");
    expect(engine.transport.query.sid).toBe("s1");
    expect(platform.latest.messages).toEqual(["early"]);
  });

  it.each([
    ["not json"],
    ["{}"],
    [JSON.stringify({ sid: "s", upgrades: [], pingInterval: "1", pingTimeout: 1 })],
  ])("closes on a handshake that no server sends: %s", (data) => {
    open();
    platform.latest.receive("open", data);
    expect(log).toEqual(["error server error", "close transport error"]);
    expect(platform.latest.isClosed).toBe(true);
  });

  it("ignores a second handshake", () => {
    const engine = open();
    platform.latest.accept();
    platform.latest.receive(
      "open",
      JSON.stringify({ sid: "s2", upgrades: [], pingInterval: 1, pingTimeout: 1 }),
    );
    expect(engine.id).toBe("s1");
  });

  it("reports in a later tick that no transport is left", () => {
    open({ transports: ["pigeon"] });
    expect(log).toEqual([]);
    platform.clock.settle();
    expect(log).toEqual(["error No transports available", "close transport error"]);
  });

  it("reports a transport whose construction fails in a later tick, as an ordinary error", () => {
    class Broken extends Object(platform.transports.get("polling")) {
      doOpen(): void {
        throw new Error("no such thing here");
      }
    }
    open({ transports: [Object(Broken)] });
    expect(log).toEqual([]);
    platform.clock.settle();
    expect(log).toEqual(["error polling error", "close transport error"]);
  });

  it("tries all transports if told to, and reports only the last failure", () => {
    open({ tryAllTransports: true });
    platform.latest.fail(0);
    expect(platform.made.map(({ name }) => name)).toEqual(["polling", "websocket"]);
    platform.latest.fail(0);
    expect(log).toEqual(["error websocket error", "close transport error"]);
  });

  it("refuses two ways of naming transports at once", () => {
    expect(() => open({ transports: [], transportImplementations: [] })).toThrow(
      "specifying both 'transportImplementations' and 'transports' options is not supported",
    );
  });

  it("closes at once while opening", () => {
    const engine = open();
    engine.write("lost");
    engine.close();
    expect(log).toEqual(["close forced close"]);
    expect(engine.readyState).toBe("closed");
  });
});

describe("EngineSocket, sending", () => {
  it("hands over all that is queued once the transport can take more", () => {
    const engine = open();
    platform.latest.accept();
    engine.write("1").write("2").send("3");
    expect(platform.latest.messages).toEqual(["1"]);
    expect(engine.writeBuffer).toHaveLength(3);
    platform.latest.drain();
    expect(platform.latest.messages).toEqual(["1", "2", "3"]);
    platform.latest.drain();
    expect(engine.writeBuffer).toEqual([]);
    expect(log.at(-1)).toBe("drain");
  });

  it("sends binary of every class as its own bytes", () => {
    const engine = open();
    platform.latest.accept();
    const bytes = Uint8Array.of(1, 2, 3, 4);
    engine.write(bytes.buffer);
    platform.latest.drain();
    engine.write(new DataView(bytes.buffer, 1, 2));
    platform.latest.drain();
    engine.write(42).write(null);
    platform.latest.drain();
    expect(platform.latest.messages).toEqual([bytes, Uint8Array.of(2, 3), "42", undefined]);
  });

  it("reads a Blob before its turn, and keeps the order", async () => {
    const engine = open();
    platform.latest.accept();
    engine.write(new Blob(["ab"]));
    engine.write("after");
    await expect.poll(() => platform.latest.messages.length).toBe(1);
    platform.latest.drain();
    expect(platform.latest.messages).toEqual([new Uint8Array(Buffer.from("ab")), "after"]);
  });

  it("calls back on the flush that follows", () => {
    const engine = open();
    engine.write("a", null, () => log.push("called"));
    platform.latest.accept();
    expect(log).toEqual(["handshake", "open", "flush", "called"]);
  });

  it("waits for the queue before it closes, and takes nothing more", () => {
    const engine = open();
    platform.latest.accept();
    engine.write("1").write("2");
    engine.close();
    engine.write("too late");
    platform.latest.drain();
    expect(engine.readyState).toBe("closing");
    platform.latest.drain();
    expect(platform.latest.messages).toEqual(["1", "2"]);
    expect(log.at(-1)).toBe("close forced close");
    expect(engine.id).toBeNull();
  });
});

describe("EngineSocket, heartbeat", () => {
  it("answers pings and closes when they stop", () => {
    const engine = open();
    platform.latest.accept();
    platform.clock.advance(149);
    platform.latest.receive("ping");
    expect(platform.latest.sent).toEqual([{ type: "pong" }]);
    platform.clock.advance(149);
    expect(engine.readyState).toBe("open");
    platform.clock.advance(1);
    expect(log.slice(2)).toEqual(["flush", "ping", "pong", "close ping timeout"]);
    expect(platform.clock.pendingTimers).toBe(0);
  });

  it("is not kept alive by other packets", () => {
    open();
    platform.latest.accept();
    platform.clock.advance(100);
    platform.latest.receive("message", "x");
    platform.clock.advance(50);
    expect(log.at(-1)).toBe("close ping timeout");
  });

  it("leaves no timer behind when a listener closes the engine", () => {
    const engine = open();
    platform.latest.accept();
    engine.on("ping", () => engine.close());
    platform.latest.receive("ping");
    platform.latest.drain();
    expect(engine.readyState).toBe("closed");
    expect(platform.clock.pendingTimers).toBe(0);
  });
});

describe("EngineSocket, upgrade", () => {
  function startUpgrade(options: EngineOptions = {}): { engine: EngineSocket; first: RecordingTransport } {
    const engine = open(options);
    const first = platform.latest;
    first.accept({ upgrades: ["websocket", "unknown"] });
    return { engine, first };
  }

  it("probes, moves, and holds back what is sent meanwhile", () => {
    const { engine, first } = startUpgrade();
    const candidate = platform.latest;
    expect(candidate.query).toMatchObject({ sid: "s1", transport: "websocket" });
    let onPaused: () => void = () => expect.unreachable();
    first.pause = (callback) => {
      onPaused = callback;
    };
    Object(candidate).onOpen();
    expect(candidate.sent).toEqual([{ type: "ping", data: "probe" }]);
    candidate.drain();
    candidate.receive("pong", "probe");
    expect(log.at(-1)).toBe("upgrading");
    engine.write("held");
    expect(first.messages).toEqual([]);
    onPaused();
    expect(engine.transport).toBe(candidate);
    expect(log.at(-1)).toBe("upgrade");
    expect(candidate.sent.at(-1)).toEqual({ type: "upgrade" });
    candidate.drain();
    expect(candidate.messages).toEqual(["held"]);
    expect(platform.memory.isWebSocketKnownToWork).toBe(true);
  });

  it.each([
    ["another answer", (candidate: RecordingTransport) => candidate.receive("pong", "x"), "probe error"],
    ["an error", (candidate: RecordingTransport) => candidate.fail(0), "probe error: websocket error"],
    ["its end", (candidate: RecordingTransport) => candidate.end(), "probe error: transport closed"],
  ])("stays where it is after %s of the candidate", (_what, spoil, message) => {
    const { engine, first } = startUpgrade();
    const candidate = platform.latest;
    Object(candidate).onOpen();
    spoil(candidate);
    expect(log.at(-1)).toBe(`upgradeError websocket: ${message}`);
    expect(candidate.isClosed || candidate.readyState === "closed").toBe(true);
    expect(engine.transport).toBe(first);
    engine.write("goes on");
    expect(first.messages).toEqual(["goes on"]);
  });

  it("goes back to polling when the candidate fails while polling pauses", () => {
    const { engine, first } = startUpgrade();
    const candidate = platform.latest;
    let isResumed = false;
    first.pause = () => {};
    first.resume = () => {
      isResumed = true;
    };
    Object(candidate).onOpen();
    candidate.receive("pong", "probe");
    engine.write("held");
    candidate.end();
    expect(isResumed).toBe(true);
    expect(first.messages).toEqual(["held"]);
  });

  it("waits for the upgrade before it closes", () => {
    const { engine, first } = startUpgrade();
    const candidate = platform.latest;
    let onPaused: () => void = () => expect.unreachable();
    first.pause = (callback) => {
      onPaused = callback;
    };
    Object(candidate).onOpen();
    candidate.receive("pong", "probe");
    engine.close();
    expect(engine.readyState).toBe("closing");
    onPaused();
    expect(log.slice(-2)).toEqual(["upgrade", "close forced close"]);
  });

  it("gives up the candidate when the engine closes", () => {
    const { engine } = startUpgrade();
    engine.close();
    expect(log.slice(-2)).toEqual([
      "upgradeError websocket: probe error: socket closed",
      "close forced close",
    ]);
  });

  it("does not probe when told not to", () => {
    startUpgrade({ upgrade: false });
    expect(platform.made).toHaveLength(1);
  });
});

describe("EngineSocket, platform", () => {
  it("closes when the network is lost, except to this device", () => {
    open();
    for (const callback of platform.offline) callback();
    expect(log).toEqual(["close transport close"]);
    expect(platform.offline.size).toBe(0);
    open({}, "http://localhost:1");
    expect(platform.offline.size).toBe(0);
  });

  it("closes silently when the page is left, only if told to", () => {
    open();
    expect(platform.leaving.size).toBe(0);
    open({ closeOnBeforeunload: true });
    for (const callback of platform.leaving) callback();
    expect(platform.latest.isClosed).toBe(true);
    expect(log).toEqual([]);
  });
});

describe("EngineSocket, in doubt", () => {
  /** The server answers pings, and pings every 25 s itself. */
  const PROBES = { pingInterval: 25_000, pingTimeout: 20_000, probes: true };

  it("pings a server that answers, and stays", () => {
    const engine = open();
    platform.latest.accept(PROBES);
    engine.probe();
    engine.probe();
    expect(platform.latest.sent).toEqual([{ type: "ping" }]);
    platform.latest.receive("message", "under way for long");
    expect(engine.isInDoubt).toBe(true);
    platform.latest.receive("pong");
    expect(engine.isInDoubt).toBe(false);
    platform.clock.advance(10_000);
    expect(engine.readyState).toBe("open");
  });

  it("closes when the answer takes more than two seconds, or as long as it was told", () => {
    for (const [options, ms] of [
      [{}, 2000],
      [{ probeTimeout: 50 }, 50],
    ] as const) {
      log = [];
      const engine = open(options);
      const ends: unknown[] = [];
      engine.on("close", (_, details) => ends.push(details));
      platform.latest.accept(PROBES);
      engine.probe();
      platform.clock.advance(ms - 1);
      expect(engine.readyState).toBe("open");
      platform.clock.advance(1);
      expect(log.at(-1)).toBe("close ping timeout");
      expect(ends).toMatchObject([{ code: "EIO_PROBE_TIMEOUT", transport: "polling", phase: "session" }]);
      expect(engine.isInDoubt).toBe(true);
      expect(platform.clock.pendingTimers).toBe(0);
    }
  });

  it("asks by what the transport has, where the server does not answer pings", () => {
    const engine = open();
    const answers: (() => void)[] = [];
    platform.latest.accept({ ...PROBES, probes: undefined });
    engine.transport.probe = (onAlive) => answers.push(onAlive);
    engine.probe();
    answers[0]?.();
    expect(engine.isInDoubt).toBe(false);
    engine.probe();
    platform.clock.advance(2000);
    expect(log.at(-1)).toBe("close ping timeout");
    expect(platform.latest.sent).toEqual([]);
  });

  it("waits for the ping that is due, where nothing can be asked", () => {
    const engine = open();
    platform.latest.accept({ ...PROBES, probes: undefined });
    platform.clock.advance(24_000);
    engine.probe();
    expect(engine.isInDoubt).toBe(false);
    platform.clock.advance(1001);
    engine.probe();
    platform.latest.receive("ping");
    platform.latest.drain();
    platform.clock.advance(3000);
    expect(engine.readyState).toBe("open");
    platform.clock.advance(23_000);
    engine.probe();
    platform.clock.advance(2000);
    expect(log.at(-1)).toBe("close ping timeout");
  });

  it("closes at once when the server should have pinged long ago", () => {
    const engine = open();
    platform.latest.accept(PROBES);
    const now = platform.clock.now.bind(platform.clock);
    platform.clock.now = () => now() + 45_001;
    engine.probe();
    platform.clock.settle();
    expect(log.at(-1)).toBe("close ping timeout");
    expect(engine.isInDoubt).toBe(true);
    expect(platform.clock.pendingTimers).toBe(0);
  });

  it("asks nothing while something is on its way out, or there is no session", () => {
    const engine = open();
    engine.probe();
    platform.latest.accept(PROBES);
    engine.write("long");
    engine.probe();
    expect(engine.isInDoubt).toBe(false);
    engine.close();
    engine.probe();
    expect(platform.latest.sent).toMatchObject([{ type: "message" }]);
  });

  it.each([
    [{}, 1],
    [{ reconnectOnResume: false }, 0],
  ])("makes sure of it when the device wakes: %j", (options, pings) => {
    open(options);
    platform.latest.accept(PROBES);
    const now = platform.clock.now.bind(platform.clock);
    platform.clock.now = () => now() + 20_000;
    platform.clock.advance(10_000);
    expect(platform.latest.sent.filter(({ type }) => type === "ping")).toHaveLength(pings);
  });
});
