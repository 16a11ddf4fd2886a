import { describe, expect, it } from "vitest";
import { createFixture } from "./testing/fixture.ts";

describe("a pattern of namespaces", () => {
  it("makes a namespace when a client asks for one that matches, with the middleware and listeners of the pattern", () => {
    const { io, open, clock } = createFixture();
    const log: string[] = [];
    io.of(/^\/tenant-\d+$/)
      .use((socket, next) => {
        log.push(`middleware of ${socket.nsp.name}`);
        next();
      })
      .on("connection", (socket) => log.push(`connection to ${socket.nsp.name}`));
    const session = open();
    session.receive("0/tenant-7,");
    session.receive("0/tenant-x,");
    clock.settle();
    expect(log).toEqual(["middleware of /tenant-7", "connection to /tenant-7"]);
    expect(session.take()).toEqual([
      '4/tenant-x,{"message":"Invalid namespace"}',
      expect.stringMatching(/^0\/tenant-7,\{"sid"/),
    ]);
  });

  it("asks functions with the auth of the client, in the order of registration, until one allows", () => {
    const { io, open, clock } = createFixture();
    const asked: unknown[] = [];
    io.of((name, auth, next) => {
      asked.push([name, auth]);
      next(new Error("not mine"), true);
    });
    io.of((name, _auth, next) => next(null, name === "/yes"));
    const session = open();
    session.receive('0/yes,{"token":1}');
    session.receive("0/no,");
    clock.settle();
    expect(asked).toEqual([
      ["/yes", { token: 1 }],
      ["/no", {}],
    ]);
    expect(session.take().map((sent) => String(sent).slice(0, 6))).toEqual(["4/no,{", "0/yes,"]);
  });

  it("makes a named namespace that matches a child, too", () => {
    const { io } = createFixture();
    const parent = io.of(/^\/a/);
    const child = io.of("/abc");
    expect("children" in parent && parent.children).toEqual(new Set([child]));
  });

  it("sends to the sockets of all its children", () => {
    const { io, join } = createFixture();
    const parent = io.of(/^\/t/);
    const [a, b] = [join("/t1"), join("/t2")];
    b.socket.join("r");
    parent.emit("news");
    parent.to("r").emit("room");
    expect(a.session.take()).toEqual(['2/t1,["news"]']);
    expect(b.session.take()).toEqual(['2/t2,["news"]', '2/t2,["room"]']);
  });

  it("S6: collects the acknowledgements of all its children", async () => {
    const { io, join, clock } = createFixture();
    const parent = io.of(/^\/t/);
    const [a, b] = [join("/t1"), join("/t2")];
    const answer = parent.timeout(1000).emitWithAck("ask");
    a.session.receive('3/t1,0["a"]');
    b.session.receive('3/t2,0["b"]');
    clock.settle();
    await expect(answer).resolves.toEqual(["a", "b"]);
  });

  it("refuses fetchSockets() and stateful expressions", () => {
    const { io } = createFixture();
    expect(() => io.of(/^\/t/).fetchSockets()).toThrow(
      "fetchSockets() is not supported on parent namespaces",
    );
    expect(() => io.of(/x/g)).toThrow("stateful regular expressions are not supported");
    expect(() => io.of(/x/y)).toThrow("stateful regular expressions are not supported");
  });

  it("removes a child when its last socket leaves, if asked to", () => {
    const { io, join } = createFixture({ cleanupEmptyChildNamespaces: true });
    const parent = io.of(/^\/t/);
    const [a, b] = [join("/t1"), join("/t1")];
    a.session.lose("transport close");
    expect("children" in parent && (parent.children as Set<unknown>).size).toBe(1);
    b.socket.disconnect();
    expect("children" in parent && (parent.children as Set<unknown>).size).toBe(0);
    expect(join("/t1").socket.connected).toBe(true);
  });

  it("SEC §2: refuses more namespaces than maxNamespaces", () => {
    const { io, open, join, clock } = createFixture({ maxNamespaces: 2 });
    io.of(/^\/t/);
    join("/t1");
    join("/t2");
    join("/t1");
    const session = open();
    session.receive("0/t3,");
    clock.settle();
    expect(session.take()).toEqual(['4/t3,{"message":"there are 2 namespaces, which is the limit"}']);
  });

  it("SEC §2: refuses more rooms than maxRoomsPerSocket", () => {
    const { join } = createFixture({ maxRoomsPerSocket: 3 });
    const { socket } = join();
    socket.join(["a", "b"]);
    socket.join("a");
    expect(() => socket.join("c")).toThrow("a socket may be in 3 rooms, which is the limit");
    expect([...socket.rooms]).toEqual([socket.id, "a", "b"]);
  });
});
