import { describe, expect, it } from "vitest";
import { createFixture } from "./testing/fixture.ts";

// What becomes of events for clients that do not read (SEC §4); how much waits is the session's own knowledge.

describe("a namespace whose events may be dropped", () => {
  it.each(["drop-volatile", "drop-oldest"] as const)(
    "by %s marks them, each with its attachments",
    (slowConsumer) => {
      for (const recovery of [{}, { connectionStateRecovery: {} }]) {
        const { io, join } = createFixture({ slowConsumer, ...recovery });
        const { session } = join();
        session.packets.length = 0;
        io.emit("blob", Uint8Array.of(1), Uint8Array.of(2));
        expect(session.packets.map((packet) => [packet.slowConsumer, packet.isPart])).toEqual([
          [slowConsumer, false],
          [slowConsumer, true],
          [slowConsumer, true],
        ]);
      }
    },
  );

  it("sends a client without room none of them, neither broadcast nor its own, whole or in part", () => {
    const { io, join } = createFixture({ slowConsumer: "drop-volatile" });
    const [full, other] = [join(), join()];
    full.session.hasRoom = false;
    io.emit("blob", Uint8Array.of(1));
    full.socket.emit("own");
    expect(full.session.take()).toEqual([]);
    expect(other.session.take()).toHaveLength(2);
    expect(full.socket.connected).toBe(true);
  });

  it("sends acknowledgements and the end of the socket all the same", () => {
    const { io, clock, join } = createFixture({ slowConsumer: "drop-oldest" });
    const { session, socket } = join();
    session.hasRoom = false;
    io.on("connection", () => {});
    socket.on("ask", (ack) => ack("answer"));
    session.receive('20["ask"]');
    clock.settle();
    socket.disconnect();
    expect(session.take()).toEqual(['30["answer"]', "1"]);
  });

  it("may stand beside others, and hands its policy to its children", () => {
    const { io, join } = createFixture();
    io.of("/positions").slowConsumer = "drop-oldest";
    io.of(/^\/child/).slowConsumer = "drop-volatile";
    const policyOf = (nsp: string) => {
      const { session } = join(nsp);
      session.packets.length = 0;
      io.of(nsp).emit("x");
      return session.packets.map(({ slowConsumer }) => slowConsumer);
    };
    expect(policyOf("/")).toEqual(["disconnect"]);
    expect(policyOf("/positions")).toEqual(["drop-oldest"]);
    io.of("/child");
    expect(policyOf("/child")).toEqual(["drop-volatile"]);
  });
});

describe("a program that waits for its client", () => {
  it("sees how much waits, and is told when nothing does", async () => {
    const { join } = createFixture();
    const { session, socket } = join();
    session.bufferedBytes = 100;
    expect(socket.bufferedAmount).toBe(100);
    let isFlushed = false;
    const flushed = socket.flush().then(() => {
      isFlushed = true;
    });
    await Promise.resolve();
    expect(isFlushed).toBe(false);
    session.flushAll();
    await flushed;
  });
});
