import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { DeadlineQueue } from "./deadlines.ts";
import { OutboundPacket } from "./outbound-packet.ts";
import { Session } from "./session.ts";
import type { SessionHost } from "./session-host.ts";
import { RecordingTransport } from "./testing/recording-transport.ts";
import { TurnWriter } from "./turn-writer.ts";

function open(
  transport = new RecordingTransport("websocket"),
  options: Partial<SessionHost["opts"]> = {},
  protocol: 3 | 4 = 4,
  isProbed = false,
) {
  const clock = new ManualClock(0);
  const log: unknown[] = [];
  const host: SessionHost = {
    clock,
    deadlines: new DeadlineQueue(clock),
    turnWriter: new TurnWriter(clock),
    report: (error) => log.push(`reported: ${error}`),
    opts: {
      pingInterval: 25_000,
      pingTimeout: 20_000,
      upgradeTimeout: 10_000,
      maxBufferedBytes: 1000,
      ...options,
    },
    describeSession: () => "{}",
    onFlush: () => {},
    onDrain: () => {},
    onSessionClosed: () => log.push("gone"),
  };
  const identity = { id: "sid", protocol, request: null, remoteAddress: undefined, isProbed };
  const session = new Session(host, identity, transport);
  session.owner = {
    onMessage: (data) => log.push(data),
    onClose: (reason) => log.push(`owner: ${reason}`),
  };
  session.on("close", (reason, description) => {
    log.push(description instanceof Error ? `${reason}: ${description.message}` : reason);
  });
  return { clock, log, session, transport };
}

/** A session whose `open` packet is gone already. */
function opened(...args: Parameters<typeof open>) {
  const parts = open(...args);
  parts.clock.settle();
  parts.transport.batches.length = 0;
  return parts;
}

const shared = (text: string) => new OutboundPacket("message", text);

describe("Session: sending", () => {
  it("begins with the open packet, then the initial packet (EIO §21)", () => {
    const { clock, transport } = open(undefined, { initialPacket: "welcome" });
    clock.settle();
    expect(transport.sent).toEqual([["0{}", "4welcome"]]);
  });

  it("writes what a turn sends by one call", () => {
    const { clock, session, transport } = opened();
    session.send("a");
    session.sendPacket(shared("b"));
    session.write("c");
    expect(transport.sent).toEqual([]);
    clock.settle();
    expect(transport.sent).toEqual([["4a", "4b", "4c"]]);
    clock.settle();
    expect(transport.batches).toHaveLength(1);
  });

  it("writes at once past 64 KiB", () => {
    const { session, transport } = opened();
    session.send("x".repeat(65_535));
    expect(transport.batches).toHaveLength(0);
    session.send("y");
    expect(transport.batches).toHaveLength(1);
  });

  it("keeps the order while the transport can take no more", () => {
    const { clock, session, transport } = opened();
    transport.isWritable = false;
    session.send("a");
    clock.settle();
    session.send("b");
    clock.settle();
    expect(session.writeBuffer).toHaveLength(2);
    transport.becomeWritable();
    expect(transport.sent).toEqual([["4a", "4b"]]);
  });

  it("is writable when it is open, nothing is queued and the transport takes more", () => {
    const { clock, session, transport } = opened();
    expect(session.isWritable).toBe(true);
    session.send("a");
    expect(session.isWritable).toBe(false);
    clock.settle();
    expect(session.isWritable).toBe(true);
    transport.isWritable = false;
    expect(session.isWritable).toBe(false);
    session.close();
    expect(session.isWritable).toBe(false);
  });

  it("tells listeners of packetCreate, flush and drain, in that order", () => {
    const { clock, session } = opened();
    const log: unknown[] = [];
    session.on("packetCreate", ({ type, data, options }) => log.push({ type, data, options }));
    session.on("flush", (packets) => log.push(packets.length));
    session.on("drain", () => log.push("drain"));
    session.send("a", { compress: false });
    clock.settle();
    expect(log).toEqual([{ type: "message", data: "a", options: { compress: false } }, 1, "drain"]);
  });

  it("calls a callback once its batch was written, with the transport", () => {
    const { clock, session, transport } = opened();
    const log: unknown[] = [];
    transport.isWritable = false;
    session.send("a", (by) => log.push(by));
    session.send("b", null, () => log.push("b"));
    session.send("c", { compress: true }, () => log.push("c"));
    clock.settle();
    expect(log).toEqual([]);
    transport.becomeWritable();
    expect(log).toEqual([transport, "b", "c"]);
  });

  it("ignores what is sent once it closes", () => {
    const { clock, session, transport } = opened();
    session.close();
    session.send("a", () => expect.unreachable());
    session.sendPacket(shared("b"));
    clock.settle();
    expect(transport.sent).toEqual([]);
  });

  it("sends one shared packet to many sessions without copying it", () => {
    const sessions = [opened(), opened()];
    const packet = shared("tick");
    for (const { session, clock } of sessions) {
      session.sendPacket(packet);
      clock.settle();
    }
    expect(sessions.map(({ transport }) => transport.batches[0]?.[0])).toEqual([packet, packet]);
    expect(sessions[0]?.transport.batches[0]?.[0]).toBe(packet);
  });
});

describe("Session: a peer that does not read (SEC §4)", () => {
  it("stays at the limit and ends beyond it", () => {
    const { clock, log, session, transport } = opened();
    transport.isWritable = false;
    transport.waitingBytes = 500;
    session.send("x".repeat(499));
    clock.settle();
    expect(session.bufferedBytes).toBe(1000);
    expect(session.readyState).toBe("open");
    session.send("");
    clock.settle();
    expect(log).toEqual([
      "gone",
      "owner: slow consumer",
      "slow consumer: 1001 bytes wait for a peer that does not read",
    ]);
    expect(transport.endings.at(-1)).toBe("terminate");
  });

  it("takes nothing more until the turn ends, so that a loop of sends is bounded", () => {
    const { session, transport } = opened(undefined, { maxBufferedBytes: 100_000 });
    transport.isWritable = false;
    transport.waitingBytes = 1;
    for (let count = 0; count < 100; count++) session.send("x".repeat(50_000));
    expect(session.bufferedBytes).toBeLessThanOrEqual(200_000);
  });

  it("lets one packet pass that is larger than the limit alone", () => {
    const { clock, session, transport } = opened();
    transport.isWritable = false;
    session.send("x".repeat(5000));
    clock.settle();
    expect(session.readyState).toBe("open");
    transport.becomeWritable();
    expect(transport.batches).toHaveLength(1);
  });

  it("counts bytes, not characters", () => {
    const { clock, session, transport } = opened();
    transport.isWritable = false;
    session.send("☕".repeat(200));
    session.send("☕".repeat(200));
    clock.settle();
    expect(session.readyState).toBe("closed");
  });
});

describe("Session: receiving", () => {
  it("hands messages to the owner, and to listeners that exist", () => {
    const { log, session, transport } = opened();
    transport.receive({ type: "message", data: "a" });
    const events: unknown[] = [];
    session.on("packet", (packet) => events.push(packet));
    session.on("data", (data) => events.push(`data ${String(data)}`));
    session.on("message", (data) => events.push(`message ${String(data)}`));
    transport.receive({ type: "message", data: "b" });
    transport.receive({ type: "message" });
    expect(log).toEqual(["a", "b", undefined]);
    expect(events).toEqual([
      { type: "message", data: "b" },
      "data b",
      "message b",
      { type: "message" },
      "data undefined",
      "message undefined",
    ]);
  });

  it("reports packets that mean nothing here and goes on (EIO §22)", () => {
    const { session, transport } = opened();
    const types: string[] = [];
    session.on("packet", ({ type }) => types.push(type));
    for (const type of ["open", "upgrade", "noop", "close"] as const) transport.receive({ type });
    expect(types).toEqual(["open", "upgrade", "noop", "close"]);
    expect(session.readyState).toBe("open");
  });

  it("ends on an undecodable packet, without a description", () => {
    const { log, session, transport } = opened();
    const types: string[] = [];
    session.on("packet", ({ type }) => types.push(type));
    transport.receive({ type: "error", data: "parser error" });
    expect(log).toEqual(["gone", "owner: parse error", "parse error"]);
    expect(types).toEqual(["error"]);
  });

  it("drops what arrives while it closes", () => {
    const { log, session, transport } = opened();
    transport.isCloseDeferred = true;
    session.close();
    transport.receive({ type: "message", data: "late" });
    transport.receive({ type: "error" });
    expect(log).toEqual([]);
  });
});

describe("Session: heartbeat", () => {
  it("pings, takes the pong and tells of it", () => {
    const { clock, session, transport } = opened();
    let beats = 0;
    session.on("heartbeat", () => beats++);
    clock.advance(25_000);
    transport.receive({ type: "pong" });
    clock.advance(25_000);
    expect(transport.sent).toEqual([["2"], ["2"]]);
    expect(beats).toBe(1);
  });

  it("ends when the pong does not come", () => {
    const { clock, log } = opened();
    clock.advance(45_000);
    expect(log).toEqual(["gone", "owner: ping timeout", "ping timeout"]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("answers the pings of revision 3, without data", () => {
    const { clock, session, transport } = opened(undefined, {}, 3);
    let beats = 0;
    session.on("heartbeat", () => beats++);
    transport.receive({ type: "ping", data: "probe" });
    clock.settle();
    expect(transport.sent).toEqual([["3"]]);
    expect(beats).toBe(1);
  });

  it("answers the pings of a client that was told it may ping (design §2.9)", () => {
    const { clock, log, session, transport } = opened(undefined, {}, 4, true);
    transport.receive({ type: "ping" });
    clock.settle();
    expect(transport.sent).toEqual([["3"]]);
    expect(session.readyState).toBe("open");
    // They are no pongs: the client must answer all the same.
    clock.advance(45_000);
    expect(log.at(-1)).toBe("ping timeout");
  });

  it.each([
    [4, "ping"],
    [3, "pong"],
  ] as const)("of revision %i ends on a %s of the peer", (protocol, type) => {
    const { log, transport } = opened(undefined, {}, protocol);
    transport.receive({ type });
    expect(log.at(-1)).toBe("transport error: invalid heartbeat direction");
  });
});

describe("Session: upgrade (EIO §13)", () => {
  function upgrading() {
    const polling = new RecordingTransport("polling");
    polling.isCloseDeferred = true;
    const parts = opened(polling);
    polling.isWritable = false;
    const candidate = new RecordingTransport("websocket");
    parts.session.on("upgrading", (transport) => parts.log.push(`upgrading ${transport.name}`));
    parts.session.on("upgrade", (transport) => parts.log.push(`upgrade ${transport.name}`));
    expect(parts.session.tryUpgrade(candidate)).toBe(true);
    return { ...parts, candidate };
  }

  it("moves the queue to the new transport, in order and once", () => {
    const { clock, log, session, transport, candidate } = upgrading();
    expect([session.upgrading, session.upgraded]).toEqual([true, false]);
    candidate.receive({ type: "ping", data: "probe" });
    session.send("a");
    clock.settle();
    transport.becomeWritable();
    transport.isWritable = false;
    session.send("b");
    candidate.receive({ type: "upgrade" });
    session.send("c");
    clock.settle();
    expect(transport.sent).toEqual([["4a"]]);
    expect(candidate.sent).toEqual([["3probe"], ["4b"], ["4c"]]);
    expect(transport.endings).toEqual(["discard"]);
    expect([session.upgrading, session.upgraded]).toEqual([false, true]);
    expect(log).toEqual(["upgrading websocket", "upgrade websocket"]);
    expect(session.transport).toBe(candidate);
  });

  it("releases a poll every 100 ms, and only when one waits", () => {
    const { clock, transport, candidate } = upgrading();
    candidate.receive({ type: "ping", data: "probe" });
    clock.advance(100);
    expect(transport.sent).toEqual([]);
    transport.isWritable = true;
    clock.advance(100);
    expect(transport.sent).toEqual([["6"]]);
  });

  it("takes one candidate at a time, and none once upgraded (EIO §10.5)", () => {
    const { session, candidate } = upgrading();
    expect(session.tryUpgrade(new RecordingTransport())).toBe(false);
    candidate.receive({ type: "upgrade" });
    expect(session.tryUpgrade(new RecordingTransport())).toBe(false);
  });

  it("stays as it was when the candidate fails, and takes another", () => {
    const { session, transport, candidate } = upgrading();
    candidate.lose();
    expect(session.readyState).toBe("open");
    expect(session.transport).toBe(transport);
    expect(session.upgrading).toBe(false);
    expect(session.tryUpgrade(new RecordingTransport())).toBe(true);
  });

  it("closes the candidate when it ends", () => {
    const { clock, log, transport, candidate } = upgrading();
    transport.break("poll connection closed prematurely");
    expect(candidate.readyState).toBe("closed");
    expect(log.at(-1)).toBe("transport error: poll connection closed prematurely");
    clock.advance(60_000);
    expect(clock.pendingTimers).toBe(0);
  });

  it("delivers what was queued when it closes meanwhile, then closes the new transport (EIO §13.4)", () => {
    const { clock, log, session, candidate } = upgrading();
    candidate.receive({ type: "ping", data: "probe" });
    session.send("last");
    session.close();
    clock.settle();
    expect(session.readyState).toBe("closing");
    candidate.receive({ type: "upgrade" });
    expect(candidate.sent).toEqual([["3probe"], ["4last"]]);
    expect(candidate.endings).toEqual(["close"]);
    expect(log.at(-1)).toBe("forced close");
  });

  it("closes the new transport when there was nothing to deliver", () => {
    const { log, session, candidate } = upgrading();
    session.close();
    candidate.receive({ type: "upgrade" });
    expect(candidate.endings).toEqual(["close"]);
    expect(log.at(-1)).toBe("forced close");
  });

  it("ignores late words of the transport that it left", () => {
    const { session, transport, candidate, log } = upgrading();
    candidate.receive({ type: "upgrade" });
    transport.receive({ type: "message", data: "late" });
    transport.break("late");
    expect(session.readyState).toBe("open");
    expect(log).toEqual(["upgrade websocket"]);
  });
});

describe("Session: closing (EIO §14)", () => {
  it("closes at once when nothing is queued", () => {
    const { log, session, transport } = opened();
    session.close();
    expect(transport.endings).toEqual(["close"]);
    expect(log).toEqual(["gone", "owner: forced close", "forced close"]);
  });

  it("hands over what is queued first", () => {
    const { log, session, transport } = opened();
    session.send("bye");
    session.close();
    expect(transport.sent).toEqual([["4bye"]]);
    expect(transport.endings).toEqual(["close"]);
    expect(log.at(-1)).toBe("forced close");
  });

  it("waits for a transport that can take no more", () => {
    const { clock, session, transport } = opened();
    transport.isWritable = false;
    session.send("bye");
    session.close();
    clock.settle();
    expect(session.readyState).toBe("closing");
    transport.becomeWritable();
    expect(transport.sent).toEqual([["4bye"]]);
    expect(session.readyState).toBe("closed");
  });

  it("loses what is queued when it is told to discard", () => {
    const { clock, session, transport } = opened();
    transport.isWritable = false;
    session.send("bye");
    session.close();
    session.close(true);
    clock.settle();
    expect(transport.sent).toEqual([]);
    expect(transport.endings).toEqual(["discard"]);
    expect(session.readyState).toBe("closed");
  });

  it("lets close listeners read the queue, and empties it afterwards (EIO §62.38)", () => {
    const { clock, session, transport } = opened();
    let waiting = 0;
    session.on("close", () => {
      waiting = session.writeBuffer.length;
    });
    transport.isWritable = false;
    session.send("a");
    transport.lose();
    expect(waiting).toBe(1);
    clock.settle();
    expect(session.writeBuffer).toHaveLength(0);
  });

  it("ends once, whatever follows", () => {
    const { clock, log, session, transport } = opened();
    transport.lose();
    transport.lose();
    session.close();
    session.close(true);
    clock.advance(100_000);
    expect(log).toEqual(["gone", "owner: transport close", "transport close"]);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("Session: functions of the program that fail", () => {
  it("are reported once each, and keep nothing from the others", () => {
    const { clock, log, session, transport } = opened();
    for (const event of ["packet", "data", "message", "packetCreate", "flush", "drain"] as const) {
      session.on(event, () => {
        throw event;
      });
    }
    session.on("message", () => log.push("second listener"));
    transport.receive({ type: "message", data: "in" });
    session.send("out", () => {
      throw "callback";
    });
    clock.settle();
    expect(log).toEqual([
      "reported: packet",
      "reported: data",
      "reported: message",
      "second listener",
      "in",
      "reported: packetCreate",
      "reported: flush",
      "reported: drain",
      "reported: callback",
    ]);
    expect(transport.sent).toEqual([["4out"]]);
  });

  it("do not keep it from ending", () => {
    const { log, session } = opened();
    session.on("close", () => {
      throw "close";
    });
    session.close();
    expect(session.readyState).toBe("closed");
    expect(log).toEqual(["gone", "owner: forced close", "forced close", "reported: close"]);
  });
});

describe("Session: a peer that asks for more without having read what it was given (SEC §4)", () => {
  it("is closed as a slow consumer when that is more than the limit", () => {
    const { clock, log, session, transport } = opened(new RecordingTransport("polling"));
    transport.isWritable = false;
    session.send("more");
    clock.settle();
    transport.waitingBytes = 1001;
    transport.becomeWritable();
    expect(log).toContain("slow consumer: 1006 bytes wait for a peer that does not read");
    expect(transport.endings).toEqual(["discard", "terminate"]);
  });

  it("is served at the limit", () => {
    const { clock, session, transport } = opened(new RecordingTransport("polling"));
    transport.isWritable = false;
    session.send("more");
    clock.settle();
    transport.waitingBytes = 1000;
    transport.becomeWritable();
    expect(transport.sent).toEqual([["4more"]]);
  });
});

describe("Session: events that may be dropped (SEC §4)", () => {
  const event = (text: string, slowConsumer: OutboundPacket["slowConsumer"]) => {
    const packet = new OutboundPacket("message", text);
    packet.slowConsumer = slowConsumer;
    return packet;
  };
  const part = (length: number) => {
    const packet = new OutboundPacket("message", new Uint8Array(length));
    packet.isPart = true;
    return packet;
  };

  it("are sent up to the limit, and not beyond it", () => {
    const { session, transport } = opened();
    transport.isWritable = false;
    transport.waitingBytes = 900;
    expect(session.makeRoom([event("x".repeat(99), "drop-volatile")])).toBe(true);
    expect(session.makeRoom([event("x".repeat(100), "drop-volatile")])).toBe(false);
    expect(session.makeRoom([event("x".repeat(99), "drop-volatile"), part(1)])).toBe(false);
  });

  it("make room for others, the oldest first, each with its attachments, and leave alone what must arrive", () => {
    const { clock, session, transport } = opened();
    transport.isWritable = false;
    const kept = shared("y".repeat(99));
    const binary = [event("b".repeat(99), "drop-oldest"), part(200)];
    const later = [1, 2, 3].map((index) => event(`${index}`.repeat(199), "drop-oldest"));
    for (const packet of [kept, ...binary, ...later]) session.sendPacket(packet);
    clock.settle();
    expect(session.bufferedBytes).toBe(1000);
    const late = event("late", "drop-oldest");
    expect(session.makeRoom([late])).toBe(true);
    session.sendPacket(late);
    transport.becomeWritable();
    expect(transport.batches).toEqual([[kept, ...later, late]]);
    expect(session.readyState).toBe("open");
  });

  it("are dropped themselves when there is nothing older to drop", () => {
    const { clock, session, transport } = opened();
    transport.isWritable = false;
    session.sendPacket(shared("y".repeat(500)));
    clock.settle();
    transport.waitingBytes = 499;
    expect(session.makeRoom([event("x", "drop-oldest")])).toBe(false);
  });
});

describe("Session: waiting until nothing waits (SEC §4)", () => {
  it("ends with the next tick when nothing does", () => {
    const { clock, log, session } = opened();
    session.whenFlushed(() => log.push("flushed"));
    expect(log).toEqual([]);
    clock.settle();
    expect(log).toEqual(["flushed"]);
  });

  it("ends when the system has taken everything", () => {
    const { clock, log, session, transport } = opened();
    session.send("x");
    session.whenFlushed(() => log.push("flushed"));
    transport.waitingBytes = 5;
    clock.settle();
    expect(log).toEqual([]);
    transport.waitingBytes = 0;
    transport.becomeWritable();
    clock.settle();
    expect(log).toEqual(["flushed"]);
  });

  it("ends with the session", () => {
    const { clock, log, session, transport } = opened();
    transport.waitingBytes = 5;
    session.whenFlushed(() => log.push("flushed"));
    transport.lose();
    clock.settle();
    expect(log).toContain("flushed");
  });
});
