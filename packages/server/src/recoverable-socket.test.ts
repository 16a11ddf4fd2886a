import { describe, expect, it } from "vitest";
import type { ConnectionStateRecoveryOptions } from "./recovery-options.ts";
import type { DisconnectReason } from "./socket-events.ts";
import { createFixture } from "./testing/fixture.ts";
import type { RecordingSession } from "./testing/recording-session.ts";

interface Greeting {
  readonly sid: string;
  readonly pid: string;
  readonly offsets?: boolean;
}

function createStage(recovery: ConnectionStateRecoveryOptions = {}) {
  const fixture = createFixture({ connectionStateRecovery: recovery });
  const { io, clock, open } = fixture;
  /** A client asks for the namespace, on a connection of its own. */
  const ask = (auth: object = {}, nsp = "/") => {
    const session = open();
    session.receive(nsp === "/" ? `0${JSON.stringify(auth)}` : `0${nsp},${JSON.stringify(auth)}`);
    clock.settle();
    return session;
  };
  const connect = (auth: object = {}, nsp = "/") => {
    const session = ask(auth, nsp);
    const sent = session.take().map(String);
    const greeting = greetingOf(sent, nsp);
    const socket = io.of(nsp).sockets.get(greeting.sid);
    if (socket === undefined) throw new Error("the socket is not connected");
    return { session, socket, sent: sent.slice(0, -1), ...greeting };
  };
  return { ...fixture, ask, connect };
}

function greetingOf(sent: readonly string[], nsp = "/"): Greeting {
  return JSON.parse(sent.at(-1)?.slice(nsp === "/" ? 1 : nsp.length + 2) ?? "");
}

/** The events among what a session was sent, without the offsets. */
function eventsOf(session: RecordingSession): unknown[][] {
  return session.take().flatMap((sent) => {
    const [, json] = /^2(\[.*)$/.exec(String(sent)) ?? [];
    return json === undefined ? [] : [JSON.parse(json).slice(0, -1)];
  });
}

function offsetIn(sent: string | Uint8Array | undefined): string {
  return JSON.parse(String(sent).slice(1)).at(-1);
}

describe("a socket of a server with recovery", () => {
  it("SIO §32: is told its secret beside its id, of the same kind and different", () => {
    const { connect } = createStage();
    const { sid, pid, socket } = connect();
    expect(pid).toMatch(/^[\w-]{20}$/);
    expect(pid).not.toBe(sid);
    expect(socket.recovered).toBe(false);
    expect(socket.recoveryRefusal).toBeUndefined();
  });

  it("SIO §33: of revision 4 knows nothing of recovery", () => {
    const { io, open, clock } = createStage();
    const session = open(3);
    clock.settle();
    expect(session.take()).toEqual(["0"]);
    for (const socket of io.sockets.sockets.values()) socket.emit("x", 1);
    expect(session.take()).toEqual(['2["x",1]']);
  });

  it("server.md §16.4: comes back with its id, rooms and data, after what it missed", () => {
    const { connect, io } = createStage();
    const first = connect();
    first.socket.data.name = "ada";
    first.socket.join(["r", "s"]);
    io.emit("received", 1);
    const offset = offsetIn(first.session.take()[0]);
    first.session.lose("transport close");
    expect(io.sockets.sockets.size).toBe(0);
    io.to("r").emit("to a room", 1);
    io.to("elsewhere").emit("not for it");
    io.except("s").emit("not for it");
    first.socket.emit("to itself", 2);
    io.emit("to everybody");
    const second = connect({ pid: first.pid, offset });
    expect([second.sid, second.pid]).toEqual([first.sid, first.pid]);
    expect(second.socket).not.toBe(first.socket);
    expect(second.socket.recovered).toBe(true);
    expect(second.socket.data).toEqual({ name: "ada" });
    expect([...second.socket.rooms]).toEqual([first.sid, "r", "s"]);
    expect(second.sent.map((text) => JSON.parse(text.slice(1)).slice(0, -1))).toEqual([
      ["to a room", 1],
      ["to itself", 2],
      ["to everybody"],
    ]);
  });

  it("is replayed the very bytes that others were sent, binary too, and can be lost again", () => {
    const { connect, io } = createStage();
    const a = connect();
    const b = connect();
    a.session.lose("ping timeout");
    const buffer = Uint8Array.of(1, 2);
    io.emit("blob", buffer);
    buffer.fill(0);
    const sentToB = b.session.packets.slice(-2);
    const back = connect({ pid: a.pid });
    expect(back.socket.recovered).toBe(true);
    expect(back.session.packets.slice(0, 2)).toEqual(sentToB);
    expect(back.session.packets[0]).toBe(sentToB[0]);
    expect(back.session.packets[1]?.data).toEqual(Uint8Array.of(1, 2));
    back.session.lose("transport close");
    const again = connect({ pid: a.pid, offset: offsetIn(String(sentToB[0]?.data).replace(/^51-/, "2")) });
    expect(again.socket.recovered).toBe(true);
    expect(again.sent).toEqual([]);
  });

  it("recovers without an offset when it has received nothing", () => {
    const { connect, io } = createStage();
    io.emit("before");
    const first = connect();
    first.session.lose("transport close");
    const observer = connect();
    io.emit("missed");
    const second = connect({ pid: first.pid });
    expect(second.socket.recovered).toBe(true);
    expect(second.sent).toHaveLength(1);
    expect(observer.session.take()).toHaveLength(1);
  });

  it("recovers with the offset that it held before its session began, if it has received nothing since", () => {
    const { connect, io } = createStage();
    const first = connect({ pid: "of another server", offset: "abc.12" });
    expect(first.socket.recoveryRefusal).toBe("unknown session");
    first.session.lose("transport close");
    io.emit("missed");
    const second = connect({ pid: first.pid, offset: "abc.12" });
    expect(second.socket.recovered).toBe(true);
    expect(second.sent).toHaveLength(1);
  });

  it.each<[DisconnectReason, boolean]>([
    ["transport error", true],
    ["transport close", true],
    ["forced close", true],
    ["ping timeout", true],
    ["forced server close", true],
    ["parse error", false],
    ["slow consumer", false],
  ])("server.md §16.3: lost by %s is saved: %s", (reason, isSaved) => {
    const { connect } = createStage();
    const first = connect();
    first.session.lose(reason);
    const second = connect({ pid: first.pid });
    expect(second.socket.recovered).toBe(isSaved);
    expect(second.socket.recoveryRefusal).toBe(isSaved ? undefined : "unknown session");
  });

  it("server.md §16.3: is not saved when either side has left on purpose", () => {
    const { connect, clock } = createStage();
    const left = connect();
    left.session.receive("1");
    clock.settle();
    const kicked = connect();
    kicked.socket.disconnect();
    const closed = connect();
    closed.socket.disconnect(true);
    for (const { pid } of [left, kicked, closed]) {
      expect(connect({ pid }).socket.recoveryRefusal).toBe("unknown session");
    }
  });

  it("server.md §9.5: is saved after `disconnecting` and before it leaves its rooms", () => {
    const { connect, io } = createStage();
    const { socket, session } = connect();
    const log: unknown[] = [];
    const { adapter } = io.sockets;
    const { persistSession } = adapter;
    adapter.persistSession = (saved) => {
      log.push(["saved", [...saved.rooms], socket.connected]);
      return persistSession.call(adapter, saved);
    };
    adapter.on("leave-room", (room: string) => log.push(["left", room === socket.id ? "its own" : room]));
    socket.on("disconnecting", () => {
      log.push("disconnecting");
      socket.join("late");
    });
    socket.on("disconnect", () => log.push("disconnect"));
    session.lose("transport close");
    expect(log).toEqual([
      "disconnecting",
      ["saved", [socket.id, "late"], true],
      ["left", "its own"],
      ["left", "late"],
      "disconnect",
    ]);
  });

  it("S9: is sent at once what middleware emits, with an offset that holds", () => {
    const { connect, io, ask } = createStage();
    io.emit("before");
    io.use((socket, next) => {
      socket.emit("hello", "text");
      socket.volatile.emit("and", "volatile");
      next();
    });
    const session = ask();
    const sent = session.take().map(String);
    expect(sent).toHaveLength(3);
    const offset = offsetIn(sent[0]);
    expect(offsetIn(sent[1])).toBe(offset);
    io.emit("later");
    session.lose("transport close");
    const back = connect({ pid: greetingOf(sent).pid, offset });
    expect(back.sent.map((text) => JSON.parse(text.slice(1))[0])).toEqual(["later"]);
  });

  it("S12: does not show offsets to `onAnyOutgoing`", () => {
    const { connect, io } = createStage();
    const { socket, session } = connect();
    const shown: unknown[][] = [];
    socket.onAnyOutgoing((...args: unknown[]) => shown.push(args));
    socket.emit("one", 1);
    io.emit("all", "text");
    socket.volatile.emit("volatile", "text");
    socket.emit("ask", () => {});
    expect(shown).toEqual([["one", 1], ["all", "text"], ["volatile", "text"], ["ask"]]);
    expect(session.sent).toHaveLength(4);
  });

  it("is asked for acknowledgements as ever: those events are not kept", () => {
    const { connect, io } = createStage();
    const { socket, session, pid } = connect();
    socket.emit("ask", "text", () => {});
    io.timeout(10).emit("ask all", () => {});
    expect(session.take()).toEqual(['20["ask","text"]', '21["ask all"]']);
    session.lose("transport close");
    expect(connect({ pid }).sent).toEqual([]);
  });

  it("works in namespaces, each with a history of its own", () => {
    const { connect, io } = createStage();
    io.of("/n");
    const first = connect({}, "/n");
    first.session.lose("transport close");
    io.emit("elsewhere");
    io.of("/n").emit("here");
    const second = connect({ pid: first.pid }, "/n");
    expect(second.socket.recovered).toBe(true);
    expect(second.sent.map((text) => text.slice(0, 12))).toEqual(['2/n,["here",']);
    expect(connect({ pid: first.pid }, "/").socket.recoveryRefusal).toBe("unknown session");
  });

  it("design §2.9: tells a client that asks that it may rely on offsets, and nobody else", () => {
    const { open, clock, connect } = createStage();
    const session = open();
    Reflect.set(session, "request", { url: "/socket.io/?EIO=4&offsets=1", headers: {}, socket: {} });
    session.receive("0");
    clock.settle();
    expect(greetingOf(session.take().map(String)).offsets).toBe(true);
    expect(connect().offsets).toBeUndefined();
  });

  it("is unknown to a server without recovery", () => {
    const { open, clock, io } = createFixture();
    const session = open();
    session.receive('0{"pid":"x","offset":"y"}');
    clock.settle();
    const [socket] = io.sockets.sockets.values();
    expect(session.take()).toEqual([`0{"sid":"${socket?.id}"}`]);
    expect(socket?.recovered).toBe(false);
  });
});

describe("a client that is lost again", () => {
  it("in middleware: loses nothing, and its session waits", () => {
    const { connect, ask, io } = createStage({ skipMiddlewares: false });
    const first = connect();
    io.emit("one");
    first.session.lose("transport close");
    const seen: unknown[] = [];
    io.use((socket, next) => {
      seen.push([socket.recovered, socket.id === first.sid]);
      if (seen.length > 1) next();
    });
    const second = ask({ pid: first.pid });
    expect(second.take()).toEqual([]);
    io.emit("two");
    second.lose("transport close");
    io.emit("three");
    expect(io.sockets.adapter.rooms.size).toBe(0);
    const third = connect({ pid: first.pid });
    expect(seen).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(third.sent.map((text) => JSON.parse(text.slice(1))[0])).toEqual(["one", "two", "three"]);
  });

  it("before it has read anything: gets all of it again, as often as it takes", () => {
    const { connect, io } = createStage();
    const first = connect();
    first.session.lose("transport close");
    io.emit("one");
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const next = connect({ pid: first.pid });
      expect(next.sent).toHaveLength(1);
      next.session.lose("transport error");
    }
  });

  it("after it was refused by middleware: may come back", () => {
    const { connect, ask, io } = createStage({ skipMiddlewares: false });
    const first = connect();
    first.session.lose("transport close");
    let isOpen = false;
    io.use((_socket, next) => next(isOpen ? undefined : new Error("token expired")));
    expect(ask({ pid: first.pid }).take()).toEqual(['4{"message":"token expired"}']);
    io.emit("missed");
    isOpen = true;
    const second = connect({ pid: first.pid });
    expect(second.socket.recovered).toBe(true);
    expect(second.sent).toHaveLength(1);
  });

  it("in middleware that emits: gets that in its place, behind what was missed", () => {
    const { connect, io } = createStage({ skipMiddlewares: false });
    const first = connect();
    first.session.lose("transport close");
    io.emit("missed");
    io.use((socket, next) => {
      socket.emit("from middleware");
      io.emit("meanwhile");
      next();
    });
    const second = connect({ pid: first.pid });
    expect(second.sent.map((text) => JSON.parse(text.slice(1))[0])).toEqual([
      "missed",
      "from middleware",
      "meanwhile",
    ]);
  });

  it("is told to come anew when middleware took so long that something is gone", () => {
    const { connect, ask, io, clock } = createStage({ skipMiddlewares: false, maxHistoryPackets: 2 });
    const first = connect();
    first.session.lose("transport close");
    io.emit("one");
    let goOn: (() => void) | undefined;
    io.use((_socket, next) => {
      goOn = next;
    });
    const second = ask({ pid: first.pid });
    io.emit("two");
    io.emit("three");
    goOn?.();
    clock.settle();
    expect(second.readyState).toBe("closed");
    expect(second.take()).toEqual([]);
    ask({ pid: first.pid });
    goOn?.();
    clock.settle();
    const [socket] = io.sockets.sockets.values();
    expect(socket?.recoveryRefusal).toBe("trimmed history");
  });
});

describe("a client that comes back before its loss was noticed", () => {
  it("takes its session over from the old connection, which is closed as lost", () => {
    const { connect, io } = createStage();
    const first = connect();
    const reasons: unknown[] = [];
    first.socket.on("disconnect", (reason) => reasons.push(reason));
    io.emit("received");
    const offset = offsetIn(first.session.take()[0]);
    io.emit("sent into the void");
    const second = connect({ pid: first.pid, offset });
    expect(reasons).toEqual(["transport close"]);
    expect(first.session.readyState).toBe("closed");
    expect(second.sid).toBe(first.sid);
    expect([...io.sockets.sockets.values()]).toEqual([second.socket]);
    io.emit("after");
    expect([
      ...second.sent.map((text) => JSON.parse(text.slice(1))[0]),
      ...eventsOf(second.session).flat(),
    ]).toEqual(["sent into the void", "after"]);
  });

  it("takes it over from a connection that is in middleware with it", () => {
    const { connect, ask, io } = createStage({ skipMiddlewares: false });
    const first = connect();
    first.session.lose("transport close");
    io.emit("missed");
    let isStuck = true;
    io.use((_socket, next) => {
      if (!isStuck) next();
    });
    const second = ask({ pid: first.pid });
    isStuck = false;
    const third = connect({ pid: first.pid });
    expect(second.readyState).toBe("closed");
    expect(third.socket.recovered).toBe(true);
    expect(third.sent).toHaveLength(1);
    expect(io.sockets.sockets.size).toBe(1);
  });

  it("leaves the other namespaces of its old connection saved, to be taken one by one", () => {
    const { connect, io, clock } = createStage();
    io.of("/n");
    const first = connect();
    first.session.receive("0/n,{}");
    clock.settle();
    const other = greetingOf(first.session.take().map(String), "/n");
    const second = connect({ pid: first.pid });
    expect(io.of("/n").sockets.size).toBe(0);
    second.session.receive(`0/n,${JSON.stringify({ pid: other.pid })}`);
    clock.settle();
    expect(greetingOf(second.session.take().map(String), "/n")).toEqual(other);
  });
});

describe("a namespace made by a pattern", () => {
  it("stays while a client may come back, and goes when none can", () => {
    const { io, open, clock } = createFixture({
      connectionStateRecovery: {},
      cleanupEmptyChildNamespaces: true,
    });
    io.of(/^\/room-\d+$/);
    const session = open();
    session.receive("0/room-1,{}");
    clock.settle();
    const child = io.namespaces.get("/room-1");
    session.lose("transport close");
    expect(io.namespaces.get("/room-1")).toBe(child);
    clock.advance(200_000);
    expect(io.namespaces.has("/room-1")).toBe(false);
  });
});
