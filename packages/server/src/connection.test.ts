import { describe, expect, it } from "vitest";
import { createFixture } from "./testing/fixture.ts";

describe("a connection", () => {
  it("SIO §29: lets a client join the main namespace with a fresh id", () => {
    const { io, open, clock } = createFixture();
    const session = open();
    session.receive("0");
    clock.settle();
    const [socket] = io.sockets.sockets.values();
    expect(socket?.id).toMatch(/^[\w-]{20}$/);
    expect(socket?.id).not.toBe(session.id);
    expect(session.take()).toEqual([`0{"sid":"${socket?.id}"}`]);
  });

  it("SIO §29: refuses an unknown namespace and keeps the session", () => {
    const { open } = createFixture();
    const session = open();
    session.receive("0/nope,");
    expect(session.take()).toEqual(['4/nope,{"message":"Invalid namespace"}']);
    expect(session.readyState).toBe("open");
  });

  it.each([
    ["an event before CONNECT", ['2["x"]']],
    ["an ack before CONNECT", ["31[]"]],
    ["a DISCONNECT before CONNECT", ["1"]],
    ["a CONNECT_ERROR", ['4{"message":"x"}']],
    ["an event for a namespace that is not joined", ["0", '2/orders,["x"]']],
  ])("SIO §35: closes the session on %s", (_name, messages) => {
    const { io, open, clock } = createFixture();
    io.of("/orders");
    const session = open();
    for (const message of messages) session.receive(message);
    clock.settle();
    expect(session.readyState).toBe("closed");
  });

  it.each([
    ["bad JSON", '2["x"', "invalid payload"],
    ["an unknown type", "9", "unknown packet type 9"],
    ["an event without name", "2[{}]", "invalid payload"],
    ["a reserved event", '2["disconnect"]', "invalid payload"],
    ["too many attachments", '511-["x"]', "too many attachments"],
    ["no attachments", '50-["x"]', "Illegal attachments"],
    ["binary that was not announced", Uint8Array.of(1), "got binary data when not reconstructing a packet"],
    ["a message without data", undefined, "Unknown type: undefined"],
  ])("SIO §35: tells every socket of %s, and closes the session", (_name, message, text) => {
    const { join } = createFixture();
    const { session, socket } = join();
    const log: unknown[] = [];
    socket.on("error", (error) => log.push(error.message));
    socket.on("disconnect", (reason) => log.push(reason));
    session.receive(message);
    expect(log).toEqual([text, "forced close"]);
  });

  it("ignores an ack that nobody waits for and an event that nobody listens to", () => {
    const { join, clock } = createFixture();
    const { session } = join();
    session.receive("3999[]");
    session.receive('25["unheard"]');
    clock.settle();
    expect(session.readyState).toBe("open");
    expect(session.take()).toEqual([]);
  });

  it("closes a session that has joined no namespace within the connect timeout", () => {
    const { open, clock } = createFixture({ connectTimeout: 1000 });
    const session = open();
    clock.advance(999);
    expect(session.readyState).toBe("open");
    clock.advance(1);
    expect(session.readyState).toBe("closed");
    expect(clock.pendingTimers).toBe(0);
  });

  it("keeps a session that has joined once, also after it left again", () => {
    const { join, clock } = createFixture({ connectTimeout: 1000 });
    const { session, socket } = join();
    socket.disconnect();
    clock.advance(5000);
    expect(session.readyState).toBe("open");
    session.receive("0");
    clock.settle();
    expect(session.take()[1]).toMatch(/^0\{"sid"/);
  });

  it("SIO §34: reports forced server close when the transport does not close at once", () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    const reasons: string[] = [];
    socket.on("disconnect", (reason) => reasons.push(reason));
    session.close = () => {
      session.readyState = "closing";
    };
    session.receive("0");
    clock.settle();
    expect(reasons).toEqual(["forced server close"]);
  });

  it("tells the namespaces of one session apart", () => {
    const { io, join, clock } = createFixture();
    const orders = io.of("/orders");
    const { session, socket } = join();
    session.receive("0/orders,");
    clock.settle();
    session.take();
    const log: string[] = [];
    socket.on("x", () => log.push("main"));
    for (const other of orders.sockets.values()) other.on("x", () => log.push("orders"));
    session.receive('2/orders,["x"]');
    clock.settle();
    expect(log).toEqual(["orders"]);
    session.receive("1/orders,");
    clock.settle();
    expect(socket.connected).toBe(true);
    expect(orders.sockets.size).toBe(0);
  });

  it("SIO §33: a client of revision 4 joins the main namespace by itself, under the id of its session", () => {
    const { io, open } = createFixture();
    const session = open(3);
    expect(session.take()).toEqual(["0"]);
    expect([...io.sockets.sockets.keys()]).toEqual([session.id]);
  });

  it("SIO §33: reads the auth of a revision 4 client from the query of the namespace", () => {
    const { io, open, clock } = createFixture();
    const orders = io.of("/orders");
    const session = open(3);
    session.receive("0/orders?token=t0k&__proto__=x,");
    clock.settle();
    const [socket] = orders.sockets.values();
    expect(socket?.id).toBe(`/orders#${session.id}`);
    expect(Object.entries(socket?.handshake.auth ?? {})).toEqual([
      ["token", "t0k"],
      ["__proto__", "x"],
    ]);
    expect(session.take()).toEqual(["0", "0/orders,"]);
    session.receive('2/orders?token=t0k,["x"]');
    expect(session.readyState).toBe("open");
  });

  it("SIO §33: refuses a revision 4 client with the error's data, or its message", () => {
    const { io, open, clock } = createFixture();
    io.of("/data").use((_socket, next) => next(Object.assign(new Error("no"), { data: { retry: false } })));
    io.of("/text").use((_socket, next) => next(new Error("token expired")));
    const session = open(3);
    session.take();
    session.receive("0/data,");
    session.receive("0/text,");
    clock.settle();
    expect(session.take()).toEqual(['4/data,{"retry":false}', '4/text,"token expired"']);
  });

  it("lets a client that leaves a namespace join it again at once", () => {
    const { io, join, clock } = createFixture();
    io.of("/a");
    const { session } = join();
    session.receive("0/a,");
    clock.settle();
    const before = [...io.of("/a").sockets.keys()];
    session.take();
    session.receive("1/a,");
    session.receive("0/a,");
    clock.settle();
    expect(session.readyState).toBe("open");
    expect(session.take()).toHaveLength(1);
    expect(io.of("/a").sockets.size).toBe(1);
    expect([...io.of("/a").sockets.keys()]).not.toEqual(before);
  });

  it("takes a CONNECT that is repeated while the first is being decided for the same wish", () => {
    const { io, open, clock } = createFixture();
    let connections = 0;
    io.of("/a").on("connection", () => connections++);
    const session = open();
    session.receive("0/a,");
    session.receive("0/a,");
    clock.settle();
    expect([connections, session.readyState, session.take().length]).toEqual([1, "open", 1]);
  });

  it("SIO §35: closes the session on a second CONNECT, however long after the first", () => {
    const { join, clock } = createFixture();
    const { session } = join();
    session.receive("0");
    clock.settle();
    expect(session.readyState).toBe("closed");
  });
});
