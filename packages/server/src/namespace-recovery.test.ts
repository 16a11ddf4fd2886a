import { Adapter } from "@tautline/adapter/adapter";
import type { AdapterSocket } from "@tautline/adapter/namespace-view";
import type { Session, SessionToPersist } from "@tautline/adapter/recovery";
import { describe, expect, it } from "vitest";
import type { Encoded } from "./parser.ts";
import { createFixture } from "./testing/fixture.ts";
import type { RecordingSession } from "./testing/recording-session.ts";

interface Request {
  readonly pid: string;
  readonly offset: string;
  answer(session: Session | null): void;
  fail(error: Error): void;
}

/** Promises of adapters have been kept, and what waited for them has run. */
function afterPromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function createStage(isSkipping = true) {
  const saved: SessionToPersist[] = [];
  const requests: Request[] = [];
  class KeepingElsewhere extends Adapter<AdapterSocket<Encoded>, Encoded> {
    override persistSession(session: SessionToPersist): Promise<void> {
      saved.push(session);
      return Promise.resolve();
    }

    override restoreSession(pid: string, offset: string): Promise<Session | null> {
      return new Promise((answer, fail) => requests.push({ pid, offset, answer, fail }));
    }
  }
  const fixture = createFixture({
    adapter: KeepingElsewhere,
    connectionStateRecovery: { skipMiddlewares: isSkipping },
  });
  const settle = async () => {
    await afterPromises();
    fixture.clock.settle();
  };
  const ask = async (auth: object) => {
    const session = fixture.open();
    session.receive(`0${JSON.stringify(auth)}`);
    fixture.clock.settle();
    await settle();
    return session;
  };
  return { ...fixture, ask, settle, saved, requests };
}

const KEPT: Session = {
  sid: "the sid",
  pid: "p",
  rooms: ["the sid", "r"],
  data: { a: 1 },
  missedPackets: [
    ["one", 1, "o1"],
    ["two", Uint8Array.of(2), "o2"],
  ],
};

function greetingOf(session: RecordingSession): { sid: string; pid: string; offsets?: boolean } {
  return JSON.parse(String(session.take().at(-1)).slice(1));
}

describe("a server whose adapter keeps sessions elsewhere", () => {
  it("adapters.md §1.3: gives it the session when its client is lost, and nothing besides", async () => {
    const { ask, io, saved } = createStage();
    const session = await ask({});
    const { sid, pid, offsets } = greetingOf(session);
    expect(offsets).toBeUndefined();
    const socket = io.sockets.sockets.get(sid);
    socket?.join("r");
    if (socket) socket.data = { a: 1 };
    session.lose("transport close");
    expect(saved).toEqual([{ sid, pid, rooms: [sid, "r"], data: { a: 1 } }]);
  });

  it("adapters.md §1.4: restores what it hands out: what was missed comes before the CONNECT", async () => {
    const { ask, settle, io, requests } = createStage();
    const session = await ask({ pid: "p", offset: "o0" });
    expect(requests[0]).toMatchObject({ pid: "p", offset: "o0" });
    requests[0]?.answer(KEPT);
    await settle();
    expect(session.take()).toEqual([
      '2["one",1,"o1"]',
      '51-["two",{"_placeholder":true,"num":0},"o2"]',
      Uint8Array.of(2),
      '0{"sid":"the sid","pid":"p"}',
    ]);
    const socket = io.sockets.sockets.get("the sid");
    expect([socket?.recovered, socket?.data, [...(socket?.rooms ?? [])]]).toEqual([
      true,
      { a: 1 },
      ["the sid", "r"],
    ]);
  });

  it("routes its sockets' events through it", async () => {
    const { ask, io } = createStage();
    const session = await ask({});
    const { sid } = greetingOf(session);
    const sent: unknown[] = [];
    const { adapter } = io.sockets;
    adapter.broadcast = (packet, { rooms, flags }) => void sent.push([packet.data, [...rooms], flags]);
    io.sockets.sockets.get(sid)?.compress(false).emit("x", 1);
    expect(sent).toEqual([[["x", 1], [sid], { compress: false }]]);
  });

  it("S9: delivers what middleware emits", async () => {
    const { ask, io } = createStage();
    io.use((socket, next) => {
      socket.emit("hello");
      next();
    });
    expect((await ask({})).take()[0]).toBe('2["hello"]');
  });

  it.each([
    ["nothing", "refused by adapter", 0],
    ["an error", "adapter error", 1],
    ["what cannot be encoded", "adapter error", 1],
  ])("starts a new session when it has %s, and says so", async (what, refusal, errors) => {
    const { ask, settle, io, requests, reported } = createStage();
    const session = await ask({ pid: "p", offset: "o" });
    if (what === "nothing") requests[0]?.answer(null);
    else if (what === "an error") requests[0]?.fail(new Error("store is down"));
    else requests[0]?.answer({ ...KEPT, missedPackets: [["big", 1n]] });
    await settle();
    const { sid, pid } = greetingOf(session);
    expect(pid).not.toBe("p");
    expect(io.sockets.sockets.get(sid)).toMatchObject({ recovered: false, recoveryRefusal: refusal });
    expect(reported).toHaveLength(errors);
  });

  it("does not ask it without an offset", async () => {
    const { ask, io, requests } = createStage();
    const { sid } = greetingOf(await ask({ pid: "p" }));
    expect(io.sockets.sockets.get(sid)?.recoveryRefusal).toBe("missing offset");
    expect(requests).toEqual([]);
  });

  it("saves a session again whose client has gone while it was asked", async () => {
    const { ask, settle, io, requests, saved } = createStage();
    const session = await ask({ pid: "p", offset: "o" });
    session.lose("transport close");
    requests[0]?.answer(KEPT);
    await settle();
    const { missedPackets, ...kept } = KEPT;
    expect(saved).toEqual([kept]);
    expect(io.sockets.sockets.size).toBe(0);
  });

  it("S18: asks it for one client after the other, and has one socket at a time", async () => {
    const { ask, settle, io, requests, saved } = createStage();
    const first = await ask({ pid: "p", offset: "o" });
    const second = await ask({ pid: "p", offset: "o" });
    await settle();
    expect(requests).toHaveLength(1);
    requests[0]?.answer(KEPT);
    await settle();
    // The first has it by now; the second takes it over.
    expect(first.readyState).toBe("closed");
    expect(saved).toHaveLength(1);
    expect(requests).toHaveLength(2);
    requests[1]?.answer(KEPT);
    await settle();
    expect(greetingOf(second)).toEqual({ sid: "the sid", pid: "p" });
    expect(io.sockets.sockets.size).toBe(1);
  });

  it("answers once a client that asks twice meanwhile", async () => {
    const { ask, settle, requests, io } = createStage();
    const session = await ask({ pid: "p", offset: "o" });
    session.receive('0{"pid":"p","offset":"o"}');
    requests[0]?.answer(KEPT);
    await settle();
    expect(requests).toHaveLength(1);
    expect(greetingOf(session).sid).toBe("the sid");
    expect(io.sockets.sockets.size).toBe(1);
  });

  it("goes on when it fails to save", async () => {
    const { ask, settle, io, reported } = createStage();
    const { adapter } = io.sockets;
    adapter.persistSession = () => Promise.reject(new Error("store is down"));
    (await ask({})).lose("transport close");
    adapter.persistSession = () => {
      throw new Error("store is broken");
    };
    (await ask({})).lose("transport close");
    await settle();
    expect(reported.map(String)).toEqual(["Error: store is down", "Error: store is broken"]);
    expect(io.sockets.sockets.size).toBe(0);
  });
});
