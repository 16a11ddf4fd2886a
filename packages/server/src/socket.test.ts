import { describe, expect, it } from "vitest";
import { MAX_PENDING_ACKS } from "./acks.ts";
import { createFixture } from "./testing/fixture.ts";

describe("a socket", () => {
  it("sends an event as one text message", () => {
    const { join } = createFixture();
    const { session, socket } = join();
    expect(socket.emit("tick", 1, { a: [true] })).toBe(true);
    expect(session.take()).toEqual(['2["tick",1,{"a":[true]}]']);
  });

  it("names its namespace on the wire unless it is the main one", () => {
    const { io, join } = createFixture();
    io.of("/orders");
    const { session, socket } = join("/orders");
    socket.emit("placed", 17);
    expect(session.take()).toEqual(['2/orders,["placed",17]']);
  });

  it("sends binary as attachments that follow the text", () => {
    const { join } = createFixture();
    const { session, socket } = join();
    socket.emit("blob", Uint8Array.of(1, 2), { deep: Uint8Array.of(3) });
    expect(session.take()).toEqual([
      '52-["blob",{"_placeholder":true,"num":0},{"deep":{"_placeholder":true,"num":1}}]',
      Uint8Array.of(1, 2),
      Uint8Array.of(3),
    ]);
  });

  it("calls the acknowledgement with all values of the first answer", () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    const answers: unknown[][] = [];
    socket.emit("ask", (...values: unknown[]) => answers.push(values));
    expect(session.take()).toEqual(['20["ask"]']);
    session.receive('30["a",2]');
    session.receive('30["b"]');
    clock.settle();
    expect(answers).toEqual([["a", 2]]);
  });

  it("fails an acknowledgement that does not come within the timeout, and ignores it later", () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    const answers: unknown[][] = [];
    socket.timeout(500).emit("ask", (...values: unknown[]) => answers.push(values));
    clock.advance(499);
    expect(answers).toEqual([]);
    clock.advance(1);
    expect(answers).toHaveLength(1);
    expect(answers[0]?.[0]).toMatchObject({ message: "operation has timed out", code: "SIO_ACK_TIMEOUT" });
    session.receive('30["late"]');
    clock.settle();
    expect(answers).toHaveLength(1);
  });

  it("gives the first value of an answer as a promise, and rejects when time is over", async () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    const answer = socket.timeout(100).emitWithAck("ask");
    session.receive('30["yes","no"]');
    clock.settle();
    await expect(answer).resolves.toBe("yes");
    const late = socket.timeout(100).emitWithAck("ask");
    clock.advance(100);
    await expect(late).rejects.toThrow("operation has timed out");
    expect(clock.pendingTimers).toBeLessThanOrEqual(1);
  });

  it("answers an event once, however often its function is called", () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    socket.on("ask", (value: number, ack: (answer: number) => void) => {
      ack(value + 1);
      ack(value + 2);
    });
    session.receive('27["ask",41]');
    clock.settle();
    expect(session.take()).toEqual(["37[42]"]);
  });

  it.each(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])(
    "refuses to emit the reserved name %s",
    (name) => {
      const { join } = createFixture();
      const { session, socket } = join();
      expect(() => socket.emit(name)).toThrow(`"${name}" is a reserved event name`);
      expect(() => socket.to("x").emit(name)).toThrow(`"${name}" is a reserved event name`);
      expect(session.take()).toEqual([]);
    },
  );

  it("CVE-2024-38355: survives an event named error that nobody listens to", () => {
    const { join, clock, reported } = createFixture();
    const { session, socket } = join();
    session.receive('2["error","boom"]');
    clock.settle();
    expect(socket.connected).toBe(true);
    expect(reported).toEqual([]);
  });

  it("drops a volatile event when the transport cannot take it at once", () => {
    const { join } = createFixture();
    const { session, socket } = join();
    session.isWritable = false;
    socket.volatile.emit("position", 1);
    socket.emit("kept");
    expect(session.take()).toEqual(['2["kept"]']);
  });

  it("uses a flag for one event only", () => {
    const { join } = createFixture();
    const { session, socket } = join();
    socket.compress(false).emit("a");
    socket.emit("b");
    expect(session.packets.slice(-2).map((packet) => packet.compress)).toEqual([false, true]);
  });

  it("fires disconnecting with its rooms and disconnect without them", () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    socket.join("r");
    const log: unknown[] = [];
    socket.on("disconnecting", (reason) =>
      log.push(["disconnecting", reason, [...socket.rooms], socket.connected]),
    );
    socket.on("disconnect", (reason, description) =>
      log.push(["disconnect", reason, [...socket.rooms], socket.connected, description]),
    );
    session.lose("transport error", "broken pipe");
    clock.settle();
    expect(log).toEqual([
      ["disconnecting", "transport error", [socket.id, "r"], true],
      ["disconnect", "transport error", [], false, "broken pipe"],
    ]);
    expect(socket.nsp.adapter.sids.size).toBe(0);
    expect(socket.nsp.adapter.rooms.size).toBe(0);
    expect(socket.nsp.sockets.size).toBe(0);
  });

  it("does not join a room once it is closed", () => {
    const { join } = createFixture();
    const { session, socket } = join();
    session.lose("transport close");
    socket.join("r");
    expect(socket.nsp.adapter.rooms.size).toBe(0);
  });

  it("leaves its namespace and keeps the session on disconnect()", () => {
    const { join } = createFixture();
    const { session, socket } = join();
    const reasons: string[] = [];
    socket.on("disconnect", (reason) => reasons.push(reason));
    socket.disconnect().disconnect();
    expect(session.take()).toEqual(["1"]);
    expect(session.readyState).toBe("open");
    expect(reasons).toEqual(["server namespace disconnect"]);
  });

  it("closes every namespace and the session on disconnect(true)", () => {
    const { io, join, clock } = createFixture();
    io.of("/orders");
    const { session, socket } = join();
    session.receive("0/orders,");
    clock.settle();
    session.take();
    socket.disconnect(true);
    expect(session.take()).toEqual(["1", "1/orders,"]);
    expect(session.readyState).toBe("closed");
  });

  it("ignores the rest of a batch once the program has disconnected it", () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    const heard: string[] = [];
    socket.on("a", () => socket.disconnect());
    socket.on("b", () => heard.push("b"));
    session.receive('2["a"]');
    session.receive('2["b"]');
    clock.settle();
    expect(heard).toEqual([]);
  });

  it("shows every incoming event to catch-all listeners before its own", () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    const log: unknown[] = [];
    socket.on("x", (...args) => log.push(["x", ...args]));
    socket.onAny((event, ...args) => log.push(["any", event, ...args]));
    socket.prependAny((event) => log.push(["first", event]));
    session.receive('2["x",1]');
    clock.settle();
    expect(log).toEqual([
      ["first", "x"],
      ["any", "x", 1],
      ["x", 1],
    ]);
    expect(socket.listenersAny()).toHaveLength(2);
    expect(socket.offAny().listenersAny()).toEqual([]);
  });

  it("delivers an event no further once a catch-all listener has disconnected it (server.md §8.3)", () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    const log: unknown[] = [];
    socket.onAny((event) => {
      log.push(event);
      socket.disconnect();
    });
    socket.on("x", () => log.push("delivered"));
    session.receive('2["x"]');
    clock.settle();
    expect(log).toEqual(["x"]);
  });

  it("fires error when middleware refuses an event, even if it has disconnected the socket (server.md §8.3)", () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    const errors: unknown[] = [];
    socket.on("error", (error) => errors.push(error.message));
    socket.use((_event, next) => {
      socket.disconnect();
      next(new Error("refused"));
    });
    session.receive('2["x"]');
    clock.settle();
    expect(errors).toEqual(["refused"]);
  });

  it("shows catch-all listeners the name of an event as it came, a number as a number", () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    const log: unknown[] = [];
    socket.onAny((event) => log.push(event));
    socket.on(7 as never, (() => log.push("delivered")) as never);
    session.receive("2[7]");
    clock.settle();
    expect(log).toEqual([7, "delivered"]);
  });

  it("shows every outgoing event to catch-all listeners, broadcasts included, but not acknowledgements", () => {
    const { io, join, clock } = createFixture();
    const { session, socket } = join();
    const log: unknown[] = [];
    socket.onAnyOutgoing((event, ...args) => log.push([event, ...args]));
    socket.on("ask", (ack: () => void) => ack());
    socket.emit("a", 1, () => {});
    io.emit("b", 2);
    session.receive('20["ask"]');
    clock.settle();
    expect(log).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
  });

  it("lets event middleware refuse an event, which fires error on this side only", () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    const log: unknown[] = [];
    socket.use(([event], next) => (event === "bad" ? next(new Error("no")) : next()));
    socket.on("error", (error) => log.push(error.message));
    socket.on("good", (value) => log.push(value));
    socket.on("bad", () => log.push("reached"));
    session.receive('2["bad"]');
    session.receive('2["good",7]');
    clock.settle();
    expect(log).toEqual(["no", 7]);
    expect(session.take()).toEqual([]);
  });

  it("reports what a listener throws, and delivers the packets behind it", () => {
    const { join, clock, reported } = createFixture();
    const { session, socket } = join();
    const heard: number[] = [];
    socket.on("x", (value: number) => {
      if (value === 1) throw new Error("listener failed");
      heard.push(value);
    });
    session.receive('2["x",1]');
    session.receive('2["x",2]');
    clock.settle();
    expect(heard).toEqual([2]);
    expect(reported).toMatchObject([{ message: "listener failed" }]);
  });

  it("refuses to wait for more than 10,000 answers at once", () => {
    const { join } = createFixture();
    const { socket } = join();
    for (let i = 0; i < 10_000; i += 1) socket.emit("ask", () => {});
    expect(() => socket.emit("ask", () => {})).toThrow("10000 acknowledgements are pending");
  });

  it("describes its handshake", () => {
    const { join } = createFixture();
    const { socket } = join();
    expect(Object.keys(socket.handshake)).toEqual([
      "headers",
      "time",
      "address",
      "xdomain",
      "secure",
      "issued",
      "url",
      "query",
      "auth",
    ]);
    expect(socket.handshake).toMatchObject({ address: "127.0.0.1", xdomain: false, secure: true, auth: {} });
    expect(socket.handshake).toBe(socket.handshake);
  });

  it("leaves once, whatever its listeners do while it leaves", () => {
    const { join, reported } = createFixture();
    const { session, socket } = join();
    const log: string[] = [];
    socket.on("disconnecting", () => {
      log.push("disconnecting");
      socket.disconnect();
      socket.disconnect(true);
    });
    socket.on("disconnect", () => {
      log.push("disconnect");
      socket.disconnect();
    });
    socket.disconnect();
    expect(log).toEqual(["disconnecting", "disconnect"]);
    expect(session.sent).toEqual(["1"]);
    expect(session.readyState).toBe("closed");
    expect(reported).toEqual([]);
  });

  it("reports what its error listener throws, and the session is closed all the same", () => {
    const { join, reported } = createFixture();
    const { session, socket } = join();
    socket.on("error", () => {
      throw new Error("from the listener");
    });
    session.receive("9");
    expect(session.readyState).toBe("closed");
    expect(reported).toEqual([new Error("from the listener")]);
  });

  it("reports what a catch-all listener throws during a broadcast, which goes on", () => {
    const { io, join, reported } = createFixture();
    const sessions = [join(), join()];
    sessions[0]?.socket.onAnyOutgoing(() => {
      throw new Error("from the listener");
    });
    io.emit("x");
    expect(sessions.map(({ session }) => session.take())).toEqual([['2["x"]'], ['2["x"]']]);
    expect(reported).toEqual([new Error("from the listener")]);
  });

  it("that owes too many answers does not keep an acknowledged broadcast from the others", () => {
    const { io, join, clock } = createFixture();
    const [idle, other] = [join(), join()];
    for (let count = 0; count < MAX_PENDING_ACKS; count += 1) idle.socket.emit("ask", () => {});
    idle.session.take();
    const results: unknown[][] = [];
    io.timeout(100).emit("x", (...result: unknown[]) => results.push(result));
    expect(idle.session.take()).toHaveLength(1);
    expect(other.session.take()).toHaveLength(1);
    clock.advance(100);
    expect(results).toEqual([[expect.objectContaining({ code: "SIO_ACK_TIMEOUT" }), []]]);
  });

  it("counts its own room against the limit in middleware too, and is refused there", () => {
    const { io, open, clock, reported } = createFixture({ maxRoomsPerSocket: 2 });
    io.use((socket, next) => {
      socket.join(socket.handshake.auth.rooms);
      next();
    });
    const session = open();
    session.receive('0{"rooms":["a","b"]}');
    clock.settle();
    expect(session.take()).toEqual(['4{"message":"a socket may be in 2 rooms, which is the limit"}']);
    expect(reported).toHaveLength(1);
    session.receive('0{"rooms":["a"]}');
    clock.settle();
    expect(session.take()[0]).toMatch(/^0/);
  });
});
