import { describe, expect, it } from "vitest";
import { createFixture } from "./testing/fixture.ts";

// SEC §2: what clients may send in a second; off unless set.

describe("limits.events", () => {
  it("lets as many events through as it says, and disconnects the socket that sends one more", () => {
    const { io, clock, join } = createFixture({ limits: { events: 3 } });
    const { session, socket } = join();
    const calls: unknown[] = [];
    socket.on("x", (value) => calls.push(value));
    socket.on("disconnect", (reason) => calls.push(reason));
    for (let value = 1; value <= 5; value += 1) session.receive(`2${value}["x",${value}]`);
    clock.settle();
    expect(calls).toEqual([1, 2, 3, "rate limit exceeded"]);
    expect(session.take()).toEqual(['34[{"message":"rate limit exceeded"}]', "1"]);
    expect(io.of("/").sockets.size).toBe(0);
    expect(session.readyState).toBe("open");
  });

  it("fills up again with time, and counts each socket by itself", () => {
    const { clock, join } = createFixture({ limits: { events: 2 } });
    const [a, b] = [join(), join()];
    for (let round = 0; round < 10; round += 1) {
      for (const { session } of [a, b]) {
        session.receive('2["x"]');
        session.receive('2["x"]');
      }
      clock.settle();
      clock.advance(1000);
    }
    expect([a.socket.connected, b.socket.connected]).toEqual([true, true]);
  });

  it("does not count acknowledgements", () => {
    const { clock, join } = createFixture({ limits: { events: 1 } });
    const { session, socket } = join();
    for (let id = 0; id < 10; id += 1) session.receive(`3${id}[]`);
    clock.settle();
    expect(socket.connected).toBe(true);
  });
});

describe("limits.bytes", () => {
  it("closes the connection that sends one byte more, binary and text alike", () => {
    const { clock, join } = createFixture({ limits: { bytes: 100 } });
    const { session, socket } = join();
    clock.advance(1000);
    const reasons: string[] = [];
    socket.on("disconnect", (reason) => reasons.push(reason));
    session.receive(`2["${"ü".repeat(45)}"]`);
    clock.settle();
    expect(socket.connected).toBe(true);
    clock.advance(1000);
    session.receive(`2["${"ü".repeat(46)}",1]`);
    session.receive('2["x"]');
    clock.settle();
    expect(reasons).toEqual(["rate limit exceeded"]);
    expect(session.readyState).toBe("closed");
  });
});
