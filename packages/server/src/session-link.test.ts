import { OutboundPacket } from "@tautline/engine/outbound-packet";
import { Emitter } from "@tautline/events/emitter";
import { describe, expect, it } from "vitest";
import { linkOf } from "./session-link.ts";
import { createFixture } from "./testing/fixture.ts";
import { RecordingSession } from "./testing/recording-session.ts";

/** A session of another engine: it is written by `write`, and read by its events. */
class ForeignSession extends Emitter {
  readonly id = "foreign";
  readonly protocol = 4;
  readonly request = null;
  readonly remoteAddress = "127.0.0.1";
  readyState = "open";
  readonly transport = { name: "tunnel", writable: true };
  readonly upgrading = false;
  readonly upgraded = false;
  written: unknown[] = [];

  write(...args: unknown[]): void {
    this.written.push(args);
  }

  close(): void {
    this.readyState = "closed";
    this.fire("close", ["forced close"]);
  }
}

describe("the link to a session", () => {
  it("is the session itself when it is our engine's", () => {
    const session = new RecordingSession();
    expect(linkOf(session)).toBe(session);
  });

  it("makes up for a session of another engine", () => {
    const session = new ForeignSession();
    const link = linkOf(session);
    const heard: unknown[] = [];
    link.owner = {
      onMessage: (data) => heard.push(data),
      onError: (error) => heard.push(error.message),
      onClose: (...args) => heard.push(args),
    };
    link.sendPacket(new OutboundPacket("message", "text", false));
    link.sendPacket(new OutboundPacket("message"));
    expect(session.written).toEqual([
      ["text", { compress: false }],
      ["", { compress: true }],
    ]);
    expect(link.isWritable).toBe(true);
    session.transport.writable = false;
    expect(link.isWritable).toBe(false);
    session.fire("data", ["in"]);
    session.fire("error", [new Error("broke")]);
    session.fire("close", ["transport error", "why"]);
    expect(heard).toEqual(["in", "broke", ["transport error", "why"]]);
    link.owner = undefined;
    session.fire("data", ["late"]);
    expect(heard.length).toBe(3);
  });

  it("carries a socket from joining to its end", () => {
    const { io, clock } = createFixture();
    const session = new ForeignSession();
    const ends: unknown[] = [];
    io.on("connection", (socket) => {
      socket.on("error", (error: Error) => ends.push(error.message));
      socket.on("disconnect", (reason) => ends.push(reason));
    });
    io.onconnection(session);
    session.fire("data", ["0"]);
    clock.settle();
    io.emit("news");
    expect(session.written).toEqual([
      [expect.stringMatching(/^0\{"sid"/), { compress: true }],
      ['2["news"]', { compress: true }],
    ]);
    session.fire("error", [new Error("tunnel broke")]);
    expect(ends).toEqual(["tunnel broke", "forced close"]);
  });
});
