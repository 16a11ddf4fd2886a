import { Adapter } from "socket.io-adapter";
import { describe, expect, it } from "vitest";
import { exposeInternals } from "./compat.ts";
import { createFixture } from "./testing/fixture.ts";

exposeInternals();

// Upstream's in-memory adapter, which the published cluster adapters extend, in a server of ours.

describe("upstream's adapter", () => {
  it("broadcasts to rooms, and its receivers share the packet", () => {
    const { io, join } = createFixture({ adapter: Adapter });
    const [first, second, third] = [join(), join(), join()];
    first.socket.join("room");
    second.socket.join("room");
    io.to("room").emit("news", Buffer.from([1, 2]));
    expect(first.session.take()).toEqual(['51-["news",{"_placeholder":true,"num":0}]', Buffer.from([1, 2])]);
    expect(first.session.packets.at(-1)).toBe(second.session.packets.at(-1));
    expect(third.session.take()).toEqual([]);
  });

  it("announces a broadcast to onAnyOutgoing listeners, and drops a volatile one that cannot be written", () => {
    const { io, join } = createFixture({ adapter: Adapter });
    const { session, socket } = join();
    const announced: unknown[][] = [];
    socket.onAnyOutgoing((...args: unknown[]) => announced.push(args));
    io.emit("a", 1);
    session.isWritable = false;
    io.volatile.emit("b");
    expect(announced).toEqual([["a", 1], ["b"]]);
    expect(session.take()).toEqual(['2["a",1]']);
  });

  it("collects acknowledgements under ids that no other event has", async () => {
    const { io, join, clock } = createFixture({ adapter: Adapter });
    const sessions = [join(), join()].map(({ session }) => session);
    const [socket] = io.sockets.sockets.values();
    socket?.emit("single", () => expect.unreachable());
    const answers = io.timeout(1_000).emitWithAck("ask");
    for (const [index, session] of sessions.entries()) {
      expect(session.take().at(-1)).toBe('21["ask"]');
      session.receive(`31[${index}]`);
    }
    clock.settle();
    expect(await answers).toEqual([0, 1]);
  });

  it("finds, moves and disconnects sockets", async () => {
    const { io, join } = createFixture({ adapter: Adapter });
    const { session, socket } = join();
    io.in(socket.id).socketsJoin(["a", "b"]);
    io.in("b").socketsLeave("a");
    expect(await io.in("b").fetchSockets()).toEqual([socket]);
    expect([...socket.rooms]).toEqual([socket.id, "b"]);
    io.in("b").disconnectSockets();
    expect(session.take()).toEqual(["1"]);
    expect(socket.connected).toBe(false);
    expect(io.sockets.adapter.rooms.size).toBe(0);
  });
});
