import { beforeEach, describe, expect, it } from "vitest";
import { createSSRApp, defineComponent, effectScope, reactive, shallowRef } from "vue";
import { renderToString } from "vue/server-renderer";
import { Manager } from "../manager.ts";
import type { Socket } from "../socket.ts";
import { RecordingPlatform } from "../testing/recording-platform.ts";
import { useConnection } from "./use-connection.ts";
import { useEvent } from "./use-event.ts";

let platform: RecordingPlatform;

beforeEach(() => {
  platform = new RecordingPlatform();
});

function create(): Socket {
  return new Manager(platform, "http://h", { autoConnect: false }).socket("/");
}

describe("useEvent", () => {
  it("follows the socket of a ref at once, and stops with the scope", () => {
    const [one, other] = [create(), create()];
    const count = (): number[] => [one, other].map((socket) => socket.listeners("news").length);
    const socket = shallowRef<Socket>();
    const scope = effectScope();
    scope.run(() => useEvent(socket, "news", () => {}));
    expect(count()).toEqual([0, 0]);
    socket.value = one;
    expect(count()).toEqual([1, 0]);
    socket.value = other;
    expect(count()).toEqual([0, 1]);
    scope.stop();
    expect(count()).toEqual([0, 0]);
  });

  it("removes no listener but its own", () => {
    const socket = create();
    const listener = (): void => {};
    socket.on("news", listener);
    const scope = effectScope();
    scope.run(() => useEvent(socket, "news", listener));
    scope.stop();
    expect(socket.listeners("news")).toEqual([listener]);
  });

  it("finds the socket behind a reactive proxy, which cannot be called", () => {
    const socket = create();
    const state = reactive({ socket });
    const scope = effectScope();
    const connection = scope.run(() => {
      const proxy = (): Socket => Object(state.socket);
      useEvent(proxy, "news", () => {});
      return useConnection(proxy);
    });
    expect(socket.listeners("news")).toHaveLength(1);
    expect(connection?.value.status).toBe("disconnected");
    scope.stop();
  });

  it("listens to nothing on the server", async () => {
    const socket = create();
    const Page = defineComponent(() => {
      useEvent(socket, "news", () => {});
      const connection = useConnection(socket);
      return () => connection.value.status;
    });
    expect(await renderToString(createSSRApp(Page))).toBe("connecting");
    expect([socket.listeners("news"), socket.listeners("connect")]).toEqual([[], []]);
  });
});
