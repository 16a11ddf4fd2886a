import { Emitter } from "@tautline/events/emitter";
import { describe, expect, it } from "vitest";
import { createFixture, type Fixture } from "./testing/fixture.ts";
import { RecordingSession } from "./testing/recording-session.ts";
import { Trace } from "./trace.ts";

/** A traced server, and what it wrote, without the time. */
function traced(setting: string): Fixture & { lines: string[]; trace: Trace } {
  const lines: string[] = [];
  const trace = new Trace(setting, (line) => {
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z .*\n$/);
    lines.push(line.trimEnd().replace(/^\S+ /, ""));
  });
  const fixture = createFixture();
  trace.followNamespaces(fixture.io.sockets);
  return { ...fixture, lines, trace };
}

describe("what DEBUG shows (server.md §24)", () => {
  it("socket.io:namespace shows namespaces, and who joins", () => {
    const { io, join, lines } = traced("socket.io:namespace");
    io.of("/chat");
    const { socket } = join("/chat");
    expect(lines).toEqual([
      "socket.io:namespace namespace / made",
      "socket.io:namespace namespace /chat made",
      `socket.io:namespace socket ${socket.id} joined /chat`,
    ]);
  });

  it("socket.io:socket shows events in and out, and the end", () => {
    const { io, join, clock, lines } = traced("socket.io:socket");
    const { session, socket } = join();
    session.receive('2["say",{"text":"hi"}]');
    clock.settle();
    io.emit("news", [1]);
    session.lose("transport close");
    expect(lines).toEqual([
      `socket.io:socket ${socket.id} got "say" { text: 'hi' }`,
      `socket.io:socket ${socket.id} is sent "news" [ 1 ]`,
      `socket.io:socket ${socket.id} is gone: transport close`,
    ]);
  });

  it("socket.io-adapter shows rooms", () => {
    const { join, lines } = traced("socket.io-adapter");
    const { socket } = join();
    socket.join("r");
    expect(lines).toContain("socket.io-adapter /: create-room 'r'");
    expect(lines).toContain(`socket.io-adapter /: join-room 'r' '${socket.id}'`);
  });

  it("engine shows sessions and refusals, with no session id in full and no credentials", () => {
    const { trace, lines } = traced("engine*,socket.io:client");
    const engine = new Emitter();
    trace.followEngine(engine);
    const session = Object.assign(new RecordingSession(), { id: "abcdefghij" });
    engine.fire("connection", [session]);
    engine.fire("connection_error", [{ code: 1, message: "Session ID unknown", context: { sid: "x" } }]);
    session.fire("packet", [{ type: "message", data: '0{"token":"secret"}' }]);
    session.fire("packetCreate", [{ type: "ping" }]);
    session.fire("upgrading", [{ name: "websocket" }]);
    session.fire("upgrade", [{ name: "websocket" }]);
    session.fire("close", ["transport close"]);
    expect(lines).toEqual([
      "engine session abcd… opened by websocket",
      "engine refused a request: 1 Session ID unknown { sid: 'x' }",
      "engine:socket abcd… got message of 19",
      "engine:socket abcd… is sent ping of 0",
      "engine:socket abcd… tries websocket",
      "engine:socket abcd… moved to websocket",
      "engine:socket abcd… closed: transport close",
      "socket.io:client client of session abcd… is gone: transport close",
    ]);
  });

  it("listens to nothing that is not asked for", () => {
    const { io, join } = traced("socket.io:server");
    const { socket } = join();
    expect(io.listenerCount("connection")).toBe(0);
    expect([socket.listenersAny(), socket.listenersAnyOutgoing()]).toEqual([[], []]);
  });
});
