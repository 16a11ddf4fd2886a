import { beforeEach, describe, expect, it } from "vitest";
import { effectScope, ref } from "vue";
import { Manager } from "../manager.ts";
import type { Socket } from "../socket.ts";
import { RecordingPlatform } from "../testing/recording-platform.ts";
import { useOwnSocket } from "./use-own-socket.ts";

let platform: RecordingPlatform;

beforeEach(() => {
  platform = new RecordingPlatform();
});

function create(): Socket {
  return new Manager(platform, "http://h", { autoConnect: false }).socket("/");
}

/** The end of the turn, with what Vue does before it. */
async function turn(): Promise<void> {
  for (let step = 0; step < 5; step++) await Promise.resolve();
}

describe("useOwnSocket", () => {
  it("connects at once in a scope of its own, and disconnects with the scope", async () => {
    const scope = effectScope();
    const socket = scope.run(() => useOwnSocket(create))?.value;
    expect(socket?.active).toBe(true);
    scope.stop();
    await turn();
    expect(socket?.active).toBe(false);
  });

  it("makes another socket for another key, once, and leaves the one before", async () => {
    const scope = effectScope();
    const room = ref("one");
    const made: string[] = [];
    const owned = scope.run(() =>
      useOwnSocket(() => {
        made.push(room.value);
        return create();
      }, room),
    );
    const first = owned?.value;
    room.value = "two";
    await turn();
    expect([first?.active, owned?.value?.active]).toEqual([false, true]);
    room.value = "three";
    room.value = "two";
    await turn();
    expect(made).toEqual(["one", "two"]);
    scope.stop();
    await turn();
    expect(owned?.value?.active).toBe(false);
  });

  it("keeps the connection of a socket that another scope takes over in the same turn", async () => {
    const socket = create();
    const [before, after] = [effectScope(), effectScope()];
    before.run(() => useOwnSocket(() => socket));
    before.stop();
    after.run(() => useOwnSocket(() => socket));
    await turn();
    expect(socket.active).toBe(true);
    expect(platform.made).toHaveLength(1);
  });
});
