import { Adapter } from "@tautline/adapter/adapter";
import { describe, expect, it } from "vitest";
import { createFixture } from "./testing/fixture.ts";

describe("a namespace", () => {
  it("server.md §8.1: joins the socket's own room, then answers, then announces it", () => {
    const { io, open, clock } = createFixture();
    const log: unknown[] = [];
    const session = open();
    io.sockets.adapter.on("create-room", (room) => log.push(["create-room", room]));
    io.sockets.adapter.on("join-room", (room) => log.push(["join-room", room]));
    io.on("connect", (socket) => log.push(["connect", socket.id, session.sent.length]));
    io.on("connection", (socket) => log.push(["connection", socket.id, [...socket.rooms]]));
    session.receive("0");
    clock.settle();
    const [id] = io.sockets.sockets.keys();
    expect(log).toEqual([
      ["create-room", id],
      ["join-room", id],
      ["connect", id, 1],
      ["connection", id, [id]],
    ]);
  });

  it("asks middleware in order, and shows it a socket that is not yet connected", () => {
    const { io, open, clock } = createFixture();
    const log: unknown[] = [];
    io.use((socket, next) => {
      log.push(["first", socket.connected, io.sockets.sockets.size]);
      setImmediate(next);
    });
    io.use((socket, next) => {
      log.push(["second", socket.handshake.auth.token]);
      next();
    });
    io.on("connection", () => log.push("connected"));
    const session = open();
    session.receive('0{"token":"t0k"}');
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      clock.settle();
      expect(log).toEqual([["first", false, 0], ["second", "t0k"], "connected"]);
    });
  });

  it("sends the message and data of a refusal, and lets the client try again", () => {
    const { io, open, clock } = createFixture();
    let isOpen = false;
    io.use((_socket, next) =>
      next(isOpen ? undefined : Object.assign(new Error("closed"), { data: { until: 9 } })),
    );
    const session = open();
    session.receive("0");
    clock.settle();
    expect(session.take()).toEqual(['4{"message":"closed","data":{"until":9}}']);
    expect(io.sockets.adapter.sids.size).toBe(0);
    isOpen = true;
    session.receive("0");
    clock.settle();
    expect(session.take()[0]).toMatch(/^0\{"sid"/);
  });

  it("S10: connects once when middleware calls next twice", () => {
    const { io, open, clock } = createFixture();
    let connections = 0;
    io.use((_socket, next) => {
      next();
      next();
    });
    io.on("connection", () => {
      connections += 1;
    });
    open().receive("0");
    clock.settle();
    expect(connections).toBe(1);
  });

  it("S11: refuses the client when middleware throws or rejects, and reports the error", async () => {
    const { io, open, clock, reported } = createFixture();
    io.of("/throws").use(() => {
      throw new Error("thrown");
    });
    io.of("/rejects").use(async () => {
      throw new Error("rejected");
    });
    const session = open();
    session.receive("0/throws,");
    session.receive("0/rejects,");
    await Promise.resolve();
    clock.settle();
    expect(session.take()).toEqual(['4/throws,{"message":"thrown"}', '4/rejects,{"message":"rejected"}']);
    expect(reported).toMatchObject([{ message: "thrown" }, { message: "rejected" }]);
  });

  it("drops a socket silently when its session ends during middleware", () => {
    const { io, open, clock } = createFixture();
    const log: string[] = [];
    let proceed: (() => void) | undefined;
    io.use((socket, next) => {
      socket.join("early");
      socket.on("disconnect", () => log.push("disconnect"));
      proceed = () => next();
    });
    io.on("connection", () => log.push("connection"));
    const session = open();
    session.receive("0");
    session.lose("transport close");
    proceed?.();
    clock.settle();
    expect(log).toEqual([]);
    expect(io.sockets.adapter.rooms.size).toBe(0);
  });

  it("encodes a broadcast once for all of its receivers", () => {
    const { io, join } = createFixture();
    const sessions = [join(), join(), join()].map((joined) => joined.session);
    io.emit("news", { size: 1 });
    const last = sessions.map((session) => session.packets.at(-1));
    expect(last[0]?.payload).toBe('42["news",{"size":1}]');
    expect(new Set(last).size).toBe(1);
  });

  it("chooses receivers by room, union and exception, each once", () => {
    const { io, join } = createFixture();
    const [a, b, c, d] = [join(), join(), join(), join()];
    a.socket.join(["x", "y"]);
    b.socket.join("y");
    c.socket.join(["x", "z"]);
    const receivers = () => [a, b, c, d].map(({ session }) => session.take().length);
    io.to("x").to("y").emit("e");
    expect(receivers()).toEqual([1, 1, 1, 0]);
    io.in(["x", "y"]).except("z").emit("e");
    expect(receivers()).toEqual([1, 1, 0, 0]);
    io.except(["x"]).emit("e");
    expect(receivers()).toEqual([0, 1, 0, 1]);
    a.socket.to("y").emit("e");
    expect(receivers()).toEqual([0, 1, 0, 0]);
    d.socket.broadcast.emit("e");
    expect(receivers()).toEqual([1, 1, 1, 0]);
    b.socket.to(b.socket.id).emit("e");
    expect(receivers()).toEqual([0, 0, 0, 0]);
    io.to("__proto__").emit("e");
    expect(receivers()).toEqual([0, 0, 0, 0]);
  });

  it("drops a volatile broadcast for the receivers that cannot take it", () => {
    const { io, join } = createFixture();
    const [slow, fast] = [join(), join()];
    slow.session.isWritable = false;
    io.volatile.emit("position");
    expect([slow, fast].map(({ session }) => session.take().length)).toEqual([0, 1]);
  });

  it("collects the first value of each answer to an acknowledged broadcast", async () => {
    const { io, join, clock } = createFixture();
    const [a, b] = [join(), join()];
    const answer = io.timeout(1000).emitWithAck("ask");
    expect(a.session.take()).toEqual(['20["ask"]']);
    b.session.receive('30["b","ignored"]');
    a.session.receive('30["a"]');
    clock.settle();
    await expect(answer).resolves.toEqual(["b", "a"]);
  });

  it("gives the answers so far when an acknowledged broadcast times out, and forgets the rest", async () => {
    const { io, join, clock } = createFixture();
    const [a, b] = [join(), join()];
    const answer = io.timeout(1000).emitWithAck("ask");
    a.session.receive('30["a"]');
    clock.advance(1000);
    await expect(answer).rejects.toMatchObject({ message: "operation has timed out", responses: ["a"] });
    b.session.receive('30["late"]');
    clock.settle();
  });

  it("completes an acknowledged broadcast without receivers at once", async () => {
    const { io } = createFixture();
    await expect(io.timeout(1000).emitWithAck("ask")).resolves.toEqual([]);
  });

  it("fetches, moves and disconnects the sockets of a room", async () => {
    const { io, join } = createFixture();
    const [a, b] = [join(), join()];
    a.socket.join("r");
    const fetched = await io.in("r").fetchSockets();
    expect(fetched).toEqual([a.socket]);
    io.in("r").socketsJoin(["s", "t"]);
    expect([...a.socket.rooms]).toEqual([a.socket.id, "r", "s", "t"]);
    io.socketsLeave("s");
    expect(a.socket.rooms.has("s")).toBe(false);
    expect(await io.allSockets()).toEqual(new Set([a.socket.id, b.socket.id]));
    io.in("r").disconnectSockets();
    expect([a.socket.connected, b.socket.connected]).toEqual([false, true]);
    expect(a.session.take()).toEqual(["1"]);
  });

  it("calls the acknowledgement of a server-side event at once when it is alone", async () => {
    const { io } = createFixture();
    await expect(io.serverSideEmitWithAck("ask")).resolves.toEqual([]);
    expect(() => io.serverSideEmit("connection")).toThrow('"connection" is a reserved event name');
  });

  it("reaches by a new adapter those who are connected, with recovery and without", () => {
    for (const options of [{}, { connectionStateRecovery: {} }]) {
      const { io, join } = createFixture(options);
      const [one, two] = [join(), join()];
      io.adapter(Adapter);
      io.emit("to all");
      one.socket.emit("to one");
      one.socket.broadcast.emit("to the other");
      expect(one.session.take()).toEqual(['2["to all"]', '2["to one"]']);
      expect(two.session.take()).toEqual(['2["to all"]', '2["to the other"]']);
    }
  });

  it("takes an adapter as class, function or arrow function, and closes the one that it replaces", () => {
    const { io } = createFixture();
    const closed: string[] = [];
    class Recording extends Adapter {
      override close(): void {
        closed.push(this.nsp.name);
      }
    }
    io.of("/a");
    // biome-ignore lint/complexity/useArrowFunction: ordinary functions are one of the three kinds
    const ordinary = function (namespace: ConstructorParameters<typeof Recording>[0]) {
      return new Recording(namespace);
    };
    io.adapter(Recording as never);
    io.adapter(ordinary as never);
    io.adapter(((namespace: never) => new Recording(namespace)) as never);
    expect(io.of("/a").adapter).toBeInstanceOf(Recording);
    expect(closed).toEqual(["/", "/a", "/", "/a"]);
  });

  it("forwards a server's emitter to its main namespace", () => {
    const { io } = createFixture();
    const listener = () => {};
    expect(io.on("connection", listener)).toBe(io.sockets);
    expect(io.sockets.listeners("connection")).toEqual([listener]);
    expect(io.listenerCount("connection")).toBe(1);
    expect(io.of("")).toBe(io.sockets);
  });

  it("announces a new namespace once", () => {
    const { io } = createFixture();
    const names: string[] = [];
    io.on("new_namespace", (namespace) => names.push(namespace.name));
    io.of("orders");
    io.of("/orders");
    expect(names).toEqual(["/orders"]);
  });

  it("forgets a socket whose client leaves while middleware has not answered, and what it had joined", () => {
    const { io, open, clock } = createFixture({ cleanupEmptyChildNamespaces: true });
    const answers: (() => void)[] = [];
    let connections = 0;
    const parent = io.of(/^\/room-\d$/);
    parent.use((socket, next) => {
      socket.join("early");
      answers.push(next);
    });
    parent.on("connection", () => {
      connections += 1;
    });
    const session = open();
    session.receive("0/room-1,");
    clock.settle();
    const child = io.of("/room-1");
    expect(child.adapter.rooms.size).toBe(1);
    session.lose("transport close");
    expect(child.adapter.rooms.size).toBe(0);
    expect(child.adapter.sids.size).toBe(0);
    for (const answer of answers) answer();
    clock.settle();
    expect(connections).toBe(0);
    expect(io.of("/room-1")).not.toBe(child);
  });

  it("makes no namespace for a client that left before the matcher answered", () => {
    const { io, open, clock } = createFixture();
    const created: unknown[] = [];
    const answers: (() => void)[] = [];
    io.on("new_namespace", (namespace) => created.push(namespace));
    io.of((_name, _auth, next) => answers.push(() => next(null, true)));
    const session = open();
    session.receive("0/any,");
    session.lose("transport close");
    for (const answer of answers) answer();
    clock.settle();
    expect(answers).toHaveLength(1);
    expect(created).toEqual([]);
  });

  it("reports what room listeners throw, and its sockets come and go all the same", () => {
    const { io, join, reported } = createFixture();
    for (const event of ["create-room", "join-room", "leave-room", "delete-room"]) {
      io.sockets.adapter.on(event, () => {
        throw new Error(event);
      });
    }
    const { session, socket } = join();
    const reasons: string[] = [];
    socket.on("disconnect", (reason) => reasons.push(reason));
    session.lose("transport close");
    expect(reasons).toEqual(["transport close"]);
    expect(io.sockets.sockets.size + io.sockets.adapter.sids.size + io.sockets.adapter.rooms.size).toBe(0);
    expect(reported).toHaveLength(4);
  });

  it("sends to each member of a room once, also when members leave and come back meanwhile", () => {
    const { io, join } = createFixture();
    const members = [join(), join()];
    for (const { socket } of members) {
      socket.join("lobby");
      socket.onAnyOutgoing(() => {
        socket.leave("lobby");
        socket.join("lobby");
      });
    }
    io.to("lobby").emit("x");
    expect(members.map(({ session }) => session.take())).toEqual([['2["x"]'], ['2["x"]']]);
  });
});
