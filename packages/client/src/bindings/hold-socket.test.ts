import { beforeEach, describe, expect, it } from "vitest";
import { Manager } from "../manager.ts";
import type { Socket } from "../socket.ts";
import { RecordingPlatform } from "../testing/recording-platform.ts";
import { holdSocket } from "./hold-socket.ts";
import { observe } from "./observer.ts";

let platform: RecordingPlatform;
let socket: Socket;

beforeEach(() => {
  platform = new RecordingPlatform();
  socket = new Manager(platform, "http://h", { autoConnect: false }).socket("/");
});

/** The end of the turn. */
async function turn(): Promise<void> {
  await Promise.resolve();
  await Promise.resolve();
}

describe("holdSocket", () => {
  it("connects, and disconnects at the end of the turn in which it was released", async () => {
    const release = holdSocket(socket);
    expect(socket.active).toBe(true);
    release();
    expect(socket.active).toBe(true);
    await turn();
    expect(socket.active).toBe(false);
  });

  it("keeps the connection of what is held again in the same turn", async () => {
    holdSocket(socket)();
    const release = holdSocket(socket);
    await turn();
    expect(platform.made).toHaveLength(1);
    expect(socket.active).toBe(true);
    release();
    await turn();
    expect(socket.active).toBe(false);
  });

  it("keeps the connection until the last holder has released it", async () => {
    const releases = [holdSocket(socket), holdSocket(socket)];
    for (const [index, release] of releases.entries()) {
      release();
      await turn();
      expect(socket.active).toBe(index === 0);
    }
  });

  it("connects once more what was released before", async () => {
    holdSocket(socket)();
    await turn();
    holdSocket(socket);
    expect(socket.active).toBe(true);
    expect(platform.made).toHaveLength(2);
  });

  it("leaves alone what connects already", () => {
    socket.connect();
    holdSocket(socket);
    expect(platform.made).toHaveLength(1);
  });

  it("observes from the beginning, so that who looks later sees what went wrong before", () => {
    holdSocket(socket);
    platform.latest.fail("refused");
    expect(observe(socket).read()).toMatchObject({
      status: "reconnecting",
      error: { message: "polling error" },
    });
  });

  it("leaves no listener behind", async () => {
    holdSocket(socket)();
    await turn();
    expect([socket.listeners("connect"), socket.io.listeners("close")]).toEqual([[], []]);
  });
});
