import { describe, expect, it } from "vitest";
import { createFixture } from "./testing/fixture.ts";

// What a program does wrong, or what fails in it, and that nobody else is disturbed (style 35, server.md §8, §13, §23).

const fail = (what: string) => () => {
  throw what;
};
const reject = (what: string) => async () => {
  throw what;
};
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("listeners that throw or reject", () => {
  it("are reported once each, and the listeners beside them are called", async () => {
    const { io, clock, reported, join } = createFixture();
    io.on("connection", fail("connection"));
    io.on("connection", reject("connection, async"));
    const calls: unknown[] = [];
    io.on("connection", (socket) => {
      calls.push("connection");
      socket.onAny(fail("any"));
      socket.onAny(reject("any, async"));
      socket.on("say", fail("say"));
      socket.on("say", reject("say, async"));
      socket.on("say", (text) => calls.push(text));
      socket.on("disconnecting", fail("disconnecting"));
      socket.on("disconnect", fail("disconnect"));
      socket.on("disconnect", () => calls.push("disconnect"));
    });
    const { session } = join();
    session.receive('2["say","hi"]');
    clock.settle();
    session.lose("transport close");
    await settled();
    expect(calls).toEqual(["connection", "hi", "disconnect"]);
    expect([...reported].sort()).toEqual(
      [
        "connection",
        "connection, async",
        "any",
        "any, async",
        "say",
        "say, async",
        "disconnecting",
        "disconnect",
      ].sort(),
    );
    expect(io.of("/").sockets.size).toBe(0);
    expect(io.of("/").adapter.sids.size).toBe(0);
  });

  it("of outgoing events are reported, and every receiver of a broadcast gets it", async () => {
    const { io, reported, join } = createFixture();
    const [a, b] = [join(), join()];
    a.socket.onAnyOutgoing(fail("thrown"));
    a.socket.onAnyOutgoing(reject("rejected"));
    io.emit("news");
    await settled();
    expect([a.session.take(), b.session.take()]).toEqual([['2["news"]'], ['2["news"]']]);
    expect(reported).toEqual(["thrown", "rejected"]);
  });

  it("of rooms are reported, and the socket joins and leaves them all the same", async () => {
    const { io, reported, join } = createFixture();
    const { socket } = join();
    const { adapter } = io.of("/");
    for (const event of ["create-room", "join-room", "leave-room", "delete-room"])
      adapter.on(event, reject(event));
    adapter.on("join-room", fail("thrown"));
    socket.join("lobby");
    expect(adapter.rooms.get("lobby")).toEqual(new Set([socket.id]));
    socket.leave("lobby");
    expect(adapter.rooms.has("lobby")).toBe(false);
    await settled();
    expect([...reported].sort()).toEqual(["create-room", "delete-room", "join-room", "leave-room", "thrown"]);
  });

  it("of new namespaces, and acknowledgements, are reported", async () => {
    const { io, clock, reported, join } = createFixture();
    io.on("new_namespace", fail("new_namespace"));
    io.of("/x");
    const { session, socket } = join();
    socket.emit("ask", fail("answer"));
    socket.timeout(10).emit("ask", reject("timeout"));
    io.timeout(10).emit("ask", fail("broadcast"));
    session.receive("30[]");
    clock.settle();
    clock.advance(20);
    await settled();
    clock.advance(20);
    await settled();
    expect([...reported].sort()).toEqual(["answer", "broadcast", "new_namespace", "timeout"]);
  });

  it("may use an onError that fails itself", () => {
    const errors: unknown[] = [];
    const { io, reported, join } = createFixture({
      onError: (error) => {
        errors.push(error);
        throw "onError";
      },
    });
    io.on("connection", fail("connection"));
    join();
    expect(errors).toEqual(["connection"]);
    expect(reported).toEqual(["onError"]);
  });
});

describe("event middleware", () => {
  it("that calls next twice lets the event pass once", () => {
    const { clock, join } = createFixture();
    const { session, socket } = join();
    const calls: unknown[] = [];
    socket.use((_, next) => {
      next();
      next();
      next(new Error("too late"));
    });
    socket.on("x", () => calls.push("x"));
    socket.on("error", () => calls.push("error"));
    session.receive('2["x"]');
    clock.settle();
    expect(calls).toEqual(["x"]);
  });

  it("that never calls next drops the event, and not those behind it", () => {
    const { clock, join } = createFixture();
    const { session, socket } = join();
    const calls: unknown[] = [];
    socket.use(([event], next) => {
      if (event !== "held") next();
    });
    socket.onAny(() => {});
    socket.on("held", () => calls.push("held"));
    socket.on("x", () => calls.push("x"));
    session.receive('2["held"]');
    session.receive('2["x"]');
    clock.settle();
    expect(calls).toEqual(["x"]);
  });

  it("that throws or rejects refuses the event, and is reported once", async () => {
    const { clock, reported, join } = createFixture();
    const { session, socket } = join();
    const errors: string[] = [];
    socket.use(async ([event]) => {
      if (event === "async") throw new Error("rejected");
      throw new Error("rejected too");
    });
    socket.on("error", (error) => errors.push(error.message));
    session.receive('2["async"]');
    clock.settle();
    await settled();
    clock.settle();
    expect(errors).toEqual(["rejected"]);
    expect(reported).toHaveLength(1);
  });
});

describe("acknowledgements of a client's event", () => {
  it("are sent once, and not at all once the socket has left", () => {
    const { clock, join } = createFixture();
    const { session, socket } = join();
    const acks: ((...values: unknown[]) => void)[] = [];
    socket.on("ask", (ack) => acks.push(ack));
    session.receive('20["ask"]');
    session.receive('21["ask"]');
    clock.settle();
    acks[0]?.("first");
    acks[0]?.("second");
    expect(session.take()).toEqual(['30["first"]']);
    socket.disconnect();
    acks[1]?.("late");
    expect(session.take()).toEqual(["1"]);
  });

  it("throw values that cannot be encoded to the listener, who may answer otherwise", () => {
    const { clock, reported, join } = createFixture();
    const { session, socket } = join();
    socket.on("ask", (ack) => {
      expect(() => ack(1n)).toThrow(TypeError);
      ack("sorry");
    });
    session.receive('20["ask"]');
    clock.settle();
    expect(session.take()).toEqual(['30["sorry"]']);
    expect(reported).toEqual([]);
  });
});

describe("data that cannot be encoded", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const broken = {
    toJSON() {
      throw new Error("toJSON");
    },
  };

  it.each([
    ["a bigint", 1n],
    ["a cycle", cycle],
    ["a toJSON that throws", broken],
    ["a bigint beside binary", { bytes: Uint8Array.of(1), big: 1n }],
  ])("%s is thrown to the caller, and nothing is sent or awaited", async (_, data) => {
    const { io, clock, join } = createFixture();
    const { session, socket } = join();
    const other = join();
    const before = clock.pendingTimers;
    const acks: unknown[] = [];
    const onAck = (...values: unknown[]) => acks.push(values);
    expect(() => socket.emit("x", data)).toThrow();
    expect(() => socket.timeout(10).emit("x", data, onAck)).toThrow();
    expect(() => io.emit("x", data)).toThrow();
    expect(() => io.to(socket.id).timeout(10).emit("x", data, onAck)).toThrow();
    await expect(io.timeout(10).emitWithAck("x", data)).rejects.toThrow();
    await expect(socket.emitWithAck("x", data)).rejects.toThrow();
    expect(clock.pendingTimers).toBe(before);
    clock.advance(100);
    expect(acks).toEqual([]);
    expect([session.take(), other.session.take()]).toEqual([[], []]);
    io.emit("fine");
    expect([session.take(), other.session.take()]).toEqual([['2["fine"]'], ['2["fine"]']]);
  });
});

describe("arguments that are none", () => {
  it.each([[undefined], [null], [{}], [Symbol("name")]])("emit(%s) is refused, naming the rule", (name) => {
    const { io, join } = createFixture();
    const { session, socket } = join();
    const error = { code: "SIO_INVALID_EVENT_NAME" };
    expect(() => Reflect.apply(socket.emit, socket, [name])).toThrow(expect.objectContaining(error));
    expect(() => Reflect.apply(io.emit, io, [name])).toThrow(expect.objectContaining(error));
    const operator = io.to("room");
    expect(() => Reflect.apply(operator.emit, operator, [name])).toThrow(expect.objectContaining(error));
    expect(session.take()).toEqual([]);
  });

  it("emit(7) sends the number, as of old", () => {
    const { io, join } = createFixture();
    const { session, socket } = join();
    Reflect.apply(socket.emit, socket, [7]);
    Reflect.apply(io.emit, io, [7]);
    expect(session.take()).toEqual(["2[7]", "2[7]"]);
  });

  it("of use and onAny are refused where they are given, not at the first client", () => {
    const { io, join } = createFixture();
    const { socket } = join();
    for (const target of [io.of("/"), socket]) {
      expect(() => Reflect.apply(target.use, target, ["x"])).toThrow(
        "a middleware must be a function, not string",
      );
    }
    for (const method of [socket.onAny, socket.prependAny, socket.onAnyOutgoing, socket.prependAnyOutgoing]) {
      expect(() => Reflect.apply(method, socket, [])).toThrow(
        "a catch-all listener must be a function, not undefined",
      );
    }
  });

  it("of rooms are taken as names, as upstream takes them, and are left again", () => {
    const { io, join } = createFixture();
    const { session, socket } = join();
    for (const room of [undefined, null, 5, {}]) Reflect.apply(socket.join, socket, [room]);
    const operator = io.of("/").operator();
    for (const room of [undefined, null, {}]) Reflect.apply(operator.to, operator, [room]).emit("x");
    expect(session.take()).toEqual(['2["x"]', '2["x"]']);
    session.lose("transport close");
    expect(io.of("/").adapter.rooms.size).toBe(0);
  });
});

describe("a parser of the program's own whose decoder cannot be made", () => {
  it("is reported, and the session is closed instead of being left unread", () => {
    class Encoder {
      encode(): string[] {
        return [];
      }
    }
    class Decoder {
      constructor() {
        throw new Error("no decoder");
      }
    }
    const { reported, open } = createFixture({ parser: { Encoder, Decoder: Decoder as never } });
    expect(open().readyState).toBe("closed");
    expect(reported).toEqual([expect.objectContaining({ message: "no decoder" })]);
  });
});
