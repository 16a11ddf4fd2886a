import { beforeEach, describe, expect, it } from "vitest";
import { Manager } from "../manager.ts";
import type { ManagerOptions } from "../options.ts";
import type { Socket } from "../socket.ts";
import { RecordingPlatform } from "../testing/recording-platform.ts";
import { observe } from "./observer.ts";

let platform: RecordingPlatform;
let socket: Socket;
/** What was told, change by change. */
let told: unknown[];
let stop: () => void;

function create(options: ManagerOptions = {}): void {
  const manager = new Manager(platform, "http://h", {
    autoConnect: false,
    transports: ["polling"],
    reconnectionDelay: 100,
    randomizationFactor: 0,
    ...options,
  });
  socket = manager.socket("/");
  told = [];
  const { read, subscribe } = observe(socket);
  stop = subscribe(() => {
    const { status, attempt, error, reason, transport } = read();
    told.push([status, ...(attempt ? [attempt] : []), error?.message ?? reason ?? transport]);
  });
}

/** The server lets the socket in. */
function accept(): void {
  platform.latest.accept();
  platform.latest.receive("message", '0{"sid":"a"}');
  platform.clock.settle();
}

beforeEach(() => {
  platform = new RecordingPlatform();
});

describe("observe", () => {
  it("gives everybody the same observer of a socket, and the same connection while nothing changes", () => {
    create();
    expect(observe(socket)).toBe(observe(socket));
    const before = observe(socket).read();
    expect(observe(socket).read()).toBe(before);
    before.connect();
    const after = observe(socket).read();
    expect(after).not.toBe(before);
    expect([after.connect, after.disconnect]).toEqual([before.connect, before.disconnect]);
  });

  it("tells of a connection, its loss, the attempts, and its return", () => {
    create();
    observe(socket).read().connect();
    accept();
    expect(observe(socket).read()).toMatchObject({ id: "a", recovered: false });
    platform.latest.end();
    platform.clock.advance(100);
    platform.latest.fail("refused");
    platform.clock.advance(200);
    accept();
    expect(told).toEqual([
      ["connecting", undefined],
      ["connected", "polling"],
      ["reconnecting", "transport close"],
      ["reconnecting", 1, "transport close"],
      ["reconnecting", 1, "polling error"],
      ["reconnecting", 2, "polling error"],
      ["connected", "polling"],
    ]);
    expect(observe(socket).read()).toMatchObject({ attempt: 0, error: undefined, reason: undefined });
  });

  it("tells of a refusal by the server, and of another try", () => {
    create();
    socket.connect();
    platform.latest.accept();
    platform.latest.receive("message", '44{"message":"no entry"}');
    platform.clock.settle();
    expect(told.at(-1)).toEqual(["disconnected", "no entry"]);
    observe(socket).read().connect();
    expect(told.at(-1)).toEqual(["connecting", "no entry"]);
    accept();
    expect(told.at(-1)).toEqual(["connected", "polling"]);
  });

  it("tells that nobody tries any more once the attempts are used up, until somebody connects", () => {
    create({ reconnectionAttempts: 1 });
    socket.connect();
    platform.latest.fail("refused");
    platform.clock.advance(100);
    platform.latest.fail("refused");
    expect(told.at(-1)).toEqual(["disconnected", 1, "polling error"]);
    observe(socket).read().connect();
    expect(told.at(-1)).toEqual(["connecting", 1, "polling error"]);
    accept();
    expect(told.at(-1)).toEqual(["connected", "polling"]);
  });

  it("is not reconnecting where reconnection is off", () => {
    create({ reconnection: false });
    socket.connect();
    accept();
    platform.latest.end();
    expect(told.at(-1)).toEqual(["disconnected", "transport close"]);
  });

  it("is not reconnecting once the program has closed the manager", () => {
    create();
    socket.connect();
    accept();
    socket.io.disconnect();
    expect(told.at(-1)).toEqual(["disconnected", "forced close"]);
  });

  it("tells of a disconnect, before the server has answered too", () => {
    create();
    observe(socket).read().connect();
    socket.disconnect();
    expect(told.at(-1)).toEqual(["disconnected", undefined]);
    observe(socket).read().connect();
    accept();
    observe(socket).read().disconnect();
    expect(told.at(-1)).toEqual(["disconnected", "io client disconnect"]);
  });

  it("tells of the upgrade to another transport", () => {
    create({ transports: ["polling", "websocket"] });
    socket.connect();
    platform.latest.accept({ upgrades: ["websocket"] });
    const polling = platform.made[0];
    polling?.receive("message", '0{"sid":"a"}');
    platform.clock.settle();
    Object(platform.latest).onOpen();
    platform.latest.receive("pong", "probe");
    expect(told.at(-1)).toEqual(["connected", "websocket"]);
  });

  it("forgets what went wrong before a connection that nobody has looked at", () => {
    create();
    socket.connect();
    platform.latest.fail("refused");
    stop();
    platform.clock.advance(100);
    accept();
    observe(socket).subscribe(() => {});
    platform.latest.end();
    expect(observe(socket).read()).toMatchObject({ attempt: 0, error: undefined, reason: "transport close" });
  });

  it("tells its subscribers of what somebody has read before them", () => {
    create();
    stop();
    socket.on("connect", () => observe(socket).read());
    observe(socket).subscribe(() => told.push(observe(socket).read().status));
    socket.connect();
    accept();
    expect(told).toEqual(["connected"]);
  });

  it("listens only while somebody has subscribed", () => {
    create();
    socket.connect();
    accept();
    const { engine } = socket.io;
    const listeners = (): number[] => [
      socket.listeners("connect").length,
      socket.io.listeners("reconnect_attempt").length,
      engine.listeners("upgrade").length,
    ];
    const stopToo = observe(socket).subscribe(() => {});
    expect(listeners()).toEqual([1, 1, 1]);
    stop();
    expect(listeners()).toEqual([1, 1, 1]);
    stopToo();
    expect(listeners()).toEqual([0, 0, 0]);
    observe(socket).subscribe(() => {});
    expect(listeners()).toEqual([1, 1, 1]);
  });
});
