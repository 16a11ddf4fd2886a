import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import type { AdapterSocket, BroadcastOptions, BroadcastPacket, Room } from "./namespace-view.ts";
import type { RecoverySettings, RecoveryView, SessionProgress } from "./recovery.ts";
import { SessionAwareAdapter } from "./session-aware-adapter.ts";

class FakeSocket implements AdapterSocket<string> {
  readonly id: string;
  readonly delivered: unknown[][] = [];
  readonly notified: unknown[] = [];

  constructor(id: string) {
    this.id = id;
  }

  deliver(encoded: string): void {
    this.delivered.push(JSON.parse(encoded));
  }

  notifyOutgoing(packet: BroadcastPacket): void {
    this.notified.push(packet.data);
  }

  expectAck(): void {}
  forgetAck(): void {}
  join(): void {}
  leave(): void {}
  disconnect(): void {}
}

const SETTINGS: RecoverySettings = {
  maxDisconnectionMs: 120_000,
  lossDetectionMs: 45_000,
  maxHistoryPackets: 1_000,
  maxHistoryBytes: 100_000,
  maxSessions: 100,
};

function createStage(settings: Partial<RecoverySettings> = {}, ...ids: string[]) {
  const clock = new ManualClock();
  const sockets = new Map(ids.map((id) => [id, new FakeSocket(id)]));
  let encodings = 0;
  let emptied = 0;
  const encode = (packet: BroadcastPacket): string => {
    encodings += 1;
    return JSON.stringify(packet.data);
  };
  const nsp: RecoveryView<string, FakeSocket> = {
    name: "/n",
    clock,
    recovery: { ...SETTINGS, ...settings },
    sockets,
    encode,
    encodeToKeep: (packet) => {
      const encoded = encode(packet);
      return { encoded, byteLength: encoded.length };
    },
    decode: (encoded) => JSON.parse(encoded),
    nextAckId: () => 7,
    checkEmpty: () => {
      emptied += 1;
    },
  };
  const adapter = new SessionAwareAdapter<FakeSocket, string>(nsp);
  for (const id of ids) adapter.addAll(id, new Set([id]));
  const send = (data: unknown[], to: Room[] = [], options: Partial<BroadcastOptions> = {}) =>
    adapter.broadcast({ type: 2, data }, { rooms: new Set(to), ...options });
  const progressAt = (start: string): SessionProgress => ({ start, receivedUntilMs: clock.now() });
  /** The socket is lost; what its client has received is told by the offset that it presents. */
  const lose = (id: string, rooms: Room[] = [id], progress?: SessionProgress) => {
    adapter.persistSession({ sid: id, pid: `pid of ${id}`, rooms, data: { of: id }, progress });
    adapter.delAll(id);
    sockets.delete(id);
  };
  /** What the client gets that presents that offset, or why it gets nothing. */
  const comeBack = (id: string, offset?: string): unknown => {
    const result = adapter.recover(`pid of ${id}`, offset);
    if (!result.ok) return result.refusal;
    return adapter.replay(result)?.map((encoded) => JSON.parse(encoded)[0]);
  };
  const lastOffset = (id: string): string => String(sockets.get(id)?.delivered.at(-1)?.at(-1));
  const counts = { encodings: () => encodings, emptied: () => emptied };
  return { adapter, clock, sockets, send, lose, comeBack, lastOffset, progressAt, ...counts };
}

describe("what a client of a server with recovery receives", () => {
  it("adapters.md §2: ends in an offset, which `onAnyOutgoing` is not shown (S12)", () => {
    const { send, sockets } = createStage({}, "a");
    send(["tick", 1]);
    send(["tock"]);
    const [first, second] = sockets.get("a")?.delivered ?? [];
    expect(first).toEqual(["tick", 1, expect.stringMatching(/\.1$/)]);
    expect(second).toEqual(["tock", expect.stringMatching(/\.2$/)]);
    expect(sockets.get("a")?.notified).toEqual([["tick", 1], ["tock"]]);
  });

  it("ends in the offset of the newest kept event where it is volatile and ends in a string", () => {
    const { send, sockets, lastOffset, adapter } = createStage({}, "a");
    const flags = { volatile: true };
    send(["lone"], [], { flags });
    expect(lastOffset("a")).toMatch(/\.0$/);
    send(["kept"]);
    const offset = lastOffset("a");
    send(["name", "text"], [], { flags });
    expect(lastOffset("a")).toBe(offset);
    send(["name", 5], [], { flags });
    expect(sockets.get("a")?.delivered.at(-1)).toEqual(["name", 5]);
    expect(adapter.kept.packets).toBe(1);
  });

  it("has no offset where an acknowledgement is asked for, or where it is no event", () => {
    const { adapter, sockets } = createStage({}, "a");
    adapter.broadcast({ type: 2, id: 3, data: ["ask"] }, { rooms: new Set() });
    adapter.broadcastWithAck(
      { type: 2, data: ["ask"] },
      { rooms: new Set() },
      () => {},
      () => {},
    );
    adapter.broadcast({ type: 3, data: ["answer"] }, { rooms: new Set() });
    expect(sockets.get("a")?.delivered).toEqual([["ask"], ["ask"], ["answer"]]);
    expect(adapter.kept.packets).toBe(0);
  });

  it("does not change the arguments of the program", () => {
    const { send } = createStage({}, "a");
    const data = ["tick", 1];
    send(data);
    expect(data).toEqual(["tick", 1]);
  });

  it("is encoded once for all, and not again when it is replayed", () => {
    const { send, lose, comeBack, encodings } = createStage({}, "a", "b");
    send(["one"]);
    lose("a", ["a"]);
    send(["two"]);
    send(["three"]);
    expect(comeBack("a", undefined)).toBe("unknown offset");
    expect(encodings()).toBe(3);
  });

  it("keeps the order of its offsets when a `toJSON` emits", () => {
    const { send, sockets } = createStage({}, "a");
    const emitting = {
      toJSON: () => {
        send(["inner", "text"]);
        return "value";
      },
    };
    send(["first"]);
    send(["outer", emitting]);
    send(["last"]);
    const received = sockets.get("a")?.delivered.map((args) => [args[0], String(args.at(-1)).split(".")[1]]);
    expect(received).toEqual([
      ["first", "1"],
      ["inner", "1"],
      ["outer", "2"],
      ["last", "3"],
    ]);
  });

  it("survives an event that cannot be encoded: nothing of it is kept", () => {
    const { send, adapter, lastOffset } = createStage({}, "a");
    const circular: unknown[] = [];
    circular.push(circular);
    expect(() => send(["bad", circular])).toThrow();
    expect(adapter.kept.packets).toBe(0);
    send(["good"]);
    expect(lastOffset("a")).toMatch(/\.1$/);
  });
});

describe("a client that comes back", () => {
  it("gets what was sent to it, to its rooms and to everybody behind its offset, in that order", () => {
    const { adapter, send, lose, comeBack, lastOffset } = createStage({}, "a", "b");
    adapter.addAll("a", new Set(["r"]));
    send(["received"]);
    const offset = lastOffset("a");
    send(["queued"]);
    lose("a", ["a", "r"]);
    send(["to everybody"]);
    send(["to the room"], ["r"]);
    send(["to another"], ["b"]);
    send(["to itself"], ["a"]);
    send(["to all but it"], [], { except: new Set(["a"]) });
    send(["volatile"], [], { flags: { volatile: true } });
    expect(comeBack("a", offset)).toEqual(["queued", "to everybody", "to the room", "to itself"]);
  });

  it("is not sent what its rooms were sent before it joined them", () => {
    const { adapter, send, lose, comeBack, lastOffset } = createStage({}, "a", "b");
    adapter.addAll("b", new Set(["r"]));
    send(["received"]);
    const offset = lastOffset("a");
    send(["before it joined"], ["r"]);
    adapter.addAll("a", new Set(["r"]));
    send(["after it joined"], ["r"]);
    lose("a", ["a", "r"]);
    send(["while it was away"], ["r"]);
    expect(comeBack("a", offset)).toEqual(["after it joined", "while it was away"]);
  });

  it("is sent what its rooms were sent before it left them", () => {
    const { adapter, clock, send, lose, comeBack, lastOffset } = createStage({}, "a", "b");
    adapter.addAll("a", new Set(["r"]));
    adapter.addAll("b", new Set(["r"]));
    send(["received"]);
    const offset = lastOffset("a");
    send(["while it was in"], ["r"]);
    adapter.del("a", "r");
    send(["after it left"], ["r"]);
    clock.advance(1_000);
    lose("a");
    expect(comeBack("a", offset)).toEqual(["while it was in"]);
  });

  it("is in its rooms since it joined them when it is lost again before it has received anything", () => {
    const { adapter, send, lose, comeBack, lastOffset } = createStage({}, "a", "b");
    adapter.addAll("a", new Set(["r"]));
    send(["received"]);
    const offset = lastOffset("a");
    send(["missed"], ["r"]);
    lose("a", ["a", "r"]);
    for (let losses = 0; losses < 2; losses += 1) {
      expect(comeBack("a", offset)).toEqual(["missed"]);
      adapter.addAll("a", new Set(["a", "r"]));
      lose("a", ["a", "r"]);
    }
  });

  it("needs no offset before it has received an event: its session began at a known place", () => {
    const { adapter, send, lose, comeBack, progressAt } = createStage({}, "a", "b");
    send(["before"]);
    const progress = progressAt(adapter.newestOffset);
    lose("a", ["a"], progress);
    send(["missed"]);
    expect(comeBack("a", undefined)).toEqual(["missed"]);
  });

  it("is where its session began if it still presents the offset that it came with", () => {
    const { adapter, lose, send, comeBack, progressAt } = createStage({}, "a", "b");
    const progress = { ...progressAt(adapter.newestOffset), staleOffset: "offset of another server" };
    lose("a", ["a"], progress);
    send(["missed"]);
    expect(comeBack("a", "offset of another server")).toEqual(["missed"]);
  });

  it("gets nothing of before its session, whatever offset it presents", () => {
    const { adapter, send, lose, comeBack, lastOffset, progressAt } = createStage({}, "a", "b");
    send(["secret"]);
    const offset = lastOffset("b").replace(/1$/, "0");
    const progress = progressAt(adapter.newestOffset);
    lose("a", ["a"], progress);
    send(["missed"]);
    expect(comeBack("a", offset)).toEqual(["missed"]);
  });

  it("S18: gets its session once", () => {
    const { send, lose, comeBack, lastOffset } = createStage({}, "a", "b");
    send(["x"]);
    const offset = lastOffset("a");
    lose("a");
    expect(comeBack("a", offset)).toEqual([]);
    expect(comeBack("a", offset)).toBe("unknown session");
  });

  it("is refused an offset that is not of this history", () => {
    const { send, lose, comeBack, lastOffset } = createStage({}, "a", "b");
    send(["x"]);
    const offset = lastOffset("a");
    for (const [wrong] of [["text"], [`${offset}z`], [""]]) {
      lose("a");
      expect(comeBack("a", wrong)).toBe("unknown offset");
    }
  });

  it("is refused when it comes too late, and not a moment before", () => {
    const { clock, send, lose, comeBack, lastOffset } = createStage({}, "a", "b");
    send(["x"]);
    const offset = lastOffset("a");
    // Between two sweeps: the session that is too old is still there.
    clock.advance(30_000);
    lose("a");
    clock.advance(120_000);
    expect(comeBack("a", offset)).toEqual([]);
    lose("a");
    clock.advance(120_001);
    expect(comeBack("a", offset)).toBe("expired session");
  });

  it("is refused when something that it may have missed is gone, and only then", () => {
    const { send, lose, comeBack, lastOffset } = createStage({ maxHistoryPackets: 2 }, "a", "b", "c");
    send(["x"]);
    const offset = lastOffset("a");
    lose("a");
    lose("b");
    for (let n = 0; n < 3; n += 1) send([`to a ${n}`], ["a"]);
    expect(comeBack("a", offset)).toBe("trimmed history");
    expect(comeBack("b", offset)).toEqual([]);
  });

  it("is not refused for events that had arrived long before it was lost", () => {
    const { adapter, clock, send, lose, comeBack, lastOffset } = createStage(
      { maxHistoryPackets: 2 },
      "a",
      "b",
    );
    send(["x"]);
    const offset = lastOffset("a");
    send(["for all but it"], [], { except: new Set(["a"]) });
    clock.advance(60_000);
    const progress = { start: adapter.newestOffset.replace(/\d$/, "0"), receivedUntilMs: clock.now() - 1 };
    lose("a", ["a"], progress);
    for (let n = 0; n < 2; n += 1) send([`missed ${n}`]);
    expect(comeBack("a", offset)).toEqual(["missed 0", "missed 1"]);
  });

  it("adapters.md §2: gets the arguments themselves from `restoreSession`", async () => {
    const { adapter, send, lose, lastOffset } = createStage({}, "a", "b");
    send(["x"]);
    const offset = lastOffset("a");
    lose("a", ["a"]);
    send(["missed", { deep: [1] }]);
    expect(await adapter.restoreSession("pid of a", offset)).toEqual({
      sid: "a",
      pid: "pid of a",
      rooms: ["a"],
      data: { of: "a" },
      progress: undefined,
      missedPackets: [["missed", { deep: [1] }, lastOffset("b")]],
    });
    expect(await adapter.restoreSession("pid of a", offset)).toBeNull();
  });
});

describe("what is kept", () => {
  it("is nothing while nobody is there who could need it", () => {
    const { adapter, send, encodings } = createStage();
    send(["x"]);
    send(["x"], ["r"]);
    expect(adapter.kept).toEqual({ sessions: 0, packets: 0, bytes: 0 });
    expect(encodings()).toBe(0);
  });

  it("is nothing for rooms that are empty, unless somebody who was lost is in them", () => {
    const { adapter, send, lose } = createStage({}, "a", "b");
    send(["x"], ["r"]);
    expect(adapter.kept.packets).toBe(0);
    lose("a", ["a", "r"]);
    send(["x"], ["r"]);
    expect(adapter.kept.packets).toBe(1);
  });

  it("goes when the last socket has left for good", () => {
    const { adapter, send } = createStage({}, "a");
    send(["x"]);
    adapter.delAll("a");
    expect(adapter.kept).toEqual({ sessions: 0, packets: 0, bytes: 0 });
  });

  it("goes by its age, together with the only timer", () => {
    const { adapter, clock, send, lose, emptied } = createStage({}, "a");
    send(["x"]);
    lose("a");
    expect(clock.pendingTimers).toBe(1);
    clock.advance(120_000);
    expect(adapter.kept).toMatchObject({ sessions: 1, packets: 1 });
    clock.advance(120_000);
    expect(adapter.kept).toEqual({ sessions: 0, packets: 0, bytes: 0 });
    expect(emptied()).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it("is swept by one timer, however many sessions wait", () => {
    const { adapter, clock } = createStage({}, "a");
    for (let n = 0; n < 50; n += 1) {
      adapter.persistSession({ sid: `s${n}`, pid: `p${n}`, rooms: [], data: {} });
    }
    expect(clock.pendingTimers).toBe(1);
    expect(adapter.kept.sessions).toBe(50);
  });

  it("keeps within its limits of sessions and bytes", () => {
    const { adapter, send } = createStage({ maxSessions: 3, maxHistoryBytes: 200 }, "a");
    for (let n = 0; n < 10; n += 1) {
      adapter.persistSession({ sid: `s${n}`, pid: `p${n}`, rooms: [], data: {} });
      send(["x".repeat(50)]);
    }
    expect(adapter.kept.sessions).toBe(3);
    expect(adapter.kept.bytes).toBeLessThanOrEqual(200);
    expect(adapter.kept.packets).toBeGreaterThan(1);
  });

  it("goes when the adapter is closed, with the timer", () => {
    const { adapter, clock, send, lose } = createStage({}, "a", "b");
    send(["x"]);
    lose("a");
    adapter.close();
    expect(adapter.kept).toEqual({ sessions: 0, packets: 0, bytes: 0 });
    expect(clock.pendingTimers).toBe(0);
  });
});
