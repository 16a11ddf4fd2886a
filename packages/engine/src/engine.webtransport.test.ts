// The engine with WebTransport sessions: admission, heartbeat, upgrade and their races.

import { ManualClock } from "@tautline/events/testing/manual-clock";
import { encodeFrame } from "@tautline/protocol/webtransport-frames";
import { describe, expect, it } from "vitest";
import { Engine } from "./engine.ts";
import type { EngineOptions } from "./options.ts";
import type { Session } from "./session.ts";
import { type FakeRequest, RecordingExchange } from "./testing/recording-exchange.ts";
import { RecordingWebTransport, settlePromises } from "./testing/recording-webtransport.ts";
import { createTestRuntime } from "./testing/test-runtime.ts";

const ID = "AAECAwQFBgcICQoLDA0O";

function start(options: EngineOptions<FakeRequest> = {}) {
  const clock = new ManualClock();
  const engine = new Engine<FakeRequest>(createTestRuntime(clock), {
    transports: ["polling", "websocket", "webtransport"],
    ...options,
  });
  const sessions: Session<FakeRequest>[] = [];
  const log: unknown[] = [];
  engine.on("connection", (session) => {
    sessions.push(session);
    session.on("close", (reason) => log.push(reason));
    session.on("message", (data) => log.push(data));
  });
  engine.on("connection_error", () => log.push("connection_error"));
  const settle = async () => {
    for (let turn = 0; turn < 3; turn++) {
      clock.settle();
      await settlePromises();
    }
  };
  const connect = async (data?: string) => {
    const peer = new RecordingWebTransport();
    void engine.onWebTransportSession(peer);
    peer.open();
    peer.receive(data === undefined ? { type: "open" } : { type: "open", data });
    await settle();
    return peer;
  };
  const poll = async (query: object = {}, method = "GET") => {
    const exchange = new RecordingExchange(method, { EIO: "4", transport: "polling", ...query });
    engine.onExchange(exchange);
    await settle();
    return exchange;
  };
  return { clock, connect, engine, log, poll, sessions, settle };
}

describe("Engine: WebTransport handshake (EIO §11.1)", () => {
  it("opens a session without a request, and answers with the open packet", async () => {
    const { connect, engine, sessions } = start();
    const peer = await connect();
    expect(peer.sent).toEqual([
      {
        type: "open",
        data: `{"sid":"${ID}","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`,
      },
    ]);
    expect(sessions[0]).toMatchObject({ id: ID, protocol: 4, request: null, remoteAddress: undefined });
    expect(sessions[0]?.transport.name).toBe("webtransport");
    expect(engine.clientsCount).toBe(1);
  });

  it("asks neither allowRequest nor generateId, which want a request", async () => {
    const { connect, engine } = start({
      allowRequest: () => {
        throw new Error("asked");
      },
    });
    engine.generateId = () => {
      throw new Error("asked");
    };
    expect((await connect()).closings).toBe(0);
    expect(engine.clientsCount).toBe(1);
  });

  it("sends what connection handlers send behind the open packet", async () => {
    const { connect, engine } = start({ initialPacket: "welcome" });
    engine.on("connection", (session) => session.send("first"));
    const peer = await connect();
    expect(peer.sent.slice(1)).toEqual([
      { type: "message", data: "welcome" },
      { type: "message", data: "first" },
    ]);
    expect(peer.writes).toHaveLength(1);
  });

  it("lets a connection handler end the session, which the peer is told after its open packet", async () => {
    const { clock, connect, engine, log } = start();
    engine.on("connection", (session) => session.close());
    const peer = await connect();
    expect(peer.sent.map(({ type }) => type)).toEqual(["open"]);
    clock.advance(1_000);
    expect(peer.closings).toBe(1);
    expect(log).toEqual(["forced close"]);
  });

  it("refuses in silence: no connection_error for a first packet that opens nothing", async () => {
    const { connect, log } = start();
    for (const sid of ["unknown", "__proto__", "constructor"]) {
      expect((await connect(JSON.stringify({ sid }))).closings).toBe(1);
    }
    expect(log).toEqual([]);
  });

  it("counts handshakes against the limit", async () => {
    const { connect, engine } = start({ limits: { handshake: 1 } });
    await connect();
    expect((await connect()).closings).toBe(1);
    expect(engine.clientsCount).toBe(1);
  });

  it("takes no sessions once it is closed, and closes those that have not said anything", async () => {
    const { connect, engine, settle } = start();
    const silent = new RecordingWebTransport();
    void engine.onWebTransportSession(silent);
    engine.close();
    await settle();
    expect(silent.closings).toBe(1);
    expect((await connect()).closings).toBe(1);
  });
});

describe("Engine: a session on WebTransport", () => {
  it("receives in order, and closes with a parse error what it cannot decode", async () => {
    const { connect, log, settle } = start({ maxHttpBufferSize: 10 });
    const peer = await connect();
    peer.receive({ type: "message", data: "a" }, { type: "message", data: "b" });
    peer.receiveBytes(Uint8Array.of(11));
    await settle();
    expect(log).toEqual(["a", "b", "parse error"]);
    expect(peer.closings).toBe(1);
  });

  it("takes what came with the first packet once the handlers listen", async () => {
    const { engine, log, settle } = start();
    const peer = new RecordingWebTransport();
    void engine.onWebTransportSession(peer);
    peer.open();
    const bytes = [{ type: "open" } as const, { type: "message", data: "early" } as const].flatMap(
      (packet) => [...(encodeFrame(packet) ?? [])],
    );
    peer.receiveBytes(Uint8Array.from(bytes));
    await settle();
    expect(log).toEqual(["early"]);
  });

  it("is pinged, and closed when it does not answer (EIO §12.1)", async () => {
    const { clock, connect, log, settle } = start();
    const peer = await connect();
    clock.advance(25_000);
    await settle();
    expect(peer.sent.at(-1)).toEqual({ type: "ping" });
    peer.receive({ type: "pong" });
    await settle();
    clock.advance(25_000);
    await settle();
    clock.advance(20_000);
    await settle();
    expect(log).toEqual(["ping timeout"]);
    expect(peer.closings).toBe(1);
  });

  it("keeps what a stalled peer has not read in its queue, and ends a peer that lets too much wait", async () => {
    const { connect, log, sessions, settle } = start({ maxBufferedBytes: 1000 });
    const peer = await connect();
    peer.isStalled = true;
    for (let at = 0; at < 3; at++) {
      sessions[0]?.send("x".repeat(300));
      await settle();
    }
    expect(peer.writes).toHaveLength(2);
    expect(log).toEqual([]);
    sessions[0]?.send("x".repeat(300));
    await settle();
    expect(log).toEqual(["slow consumer"]);
    expect(peer.closings).toBe(1);
  });

  it("hands over what waited as soon as the peer reads again, in one write", async () => {
    const { connect, sessions, settle } = start();
    const peer = await connect();
    peer.isStalled = true;
    for (const text of ["a", "b", "c"]) {
      sessions[0]?.send(text);
      await settle();
    }
    peer.takeWrites();
    await settle();
    expect(peer.writes).toHaveLength(3);
    expect(peer.sent.slice(1).map(({ data }) => data)).toEqual(["a", "b", "c"]);
  });

  it("closes in order: what was sent goes first", async () => {
    const { clock, connect, log, sessions, settle } = start();
    const peer = await connect();
    sessions[0]?.send("last");
    sessions[0]?.close();
    await settle();
    expect(peer.sent.at(-1)).toEqual({ type: "message", data: "last" });
    expect(peer.closings).toBe(0);
    clock.advance(1_000);
    expect(peer.closings).toBe(1);
    expect(log).toEqual(["forced close"]);
  });

  it("ends with transport close when the peer leaves", async () => {
    const { connect, engine, log, settle } = start();
    const peer = await connect();
    peer.end();
    await settle();
    expect(log).toEqual(["transport close"]);
    expect(engine.clientsCount).toBe(0);
  });
});

describe("Engine: upgrade to WebTransport (EIO §13)", () => {
  const move = JSON.stringify({ sid: ID });

  it("answers the probe, and moves the session", async () => {
    const { connect, poll, sessions, settle } = start();
    expect((await poll()).body).toContain('"upgrades":["websocket","webtransport"]');
    const pending = await poll({ sid: ID });
    const peer = await connect(move);
    peer.receive({ type: "ping", data: "probe" });
    await settle();
    expect(peer.sent).toEqual([{ type: "pong", data: "probe" }]);
    peer.receive({ type: "upgrade" });
    sessions[0]?.send("moved");
    await settle();
    expect(pending.replies).toHaveLength(1);
    expect(sessions[0]?.transport.name).toBe("webtransport");
    expect(sessions[0]?.upgraded).toBe(true);
  });

  it("delivers what waited for a poll over the new transport", async () => {
    const { connect, poll, sessions, settle } = start();
    await poll();
    const peer = await connect(move);
    peer.receive({ type: "ping", data: "probe" });
    await settle();
    sessions[0]?.send("waiting");
    await settle();
    peer.receive({ type: "upgrade" });
    await settle();
    expect(peer.sent.at(-1)).toEqual({ type: "message", data: "waiting" });
  });

  it("closes a second candidate, and one for a session that has moved", async () => {
    const { connect, poll, settle } = start();
    await poll();
    const first = await connect(move);
    expect((await connect(move)).closings).toBe(1);
    first.receive({ type: "upgrade" });
    await settle();
    expect((await connect(move)).closings).toBe(1);
    expect(first.closings).toBe(0);
  });

  it("leaves the session where it is when the candidate says something else, or ends", async () => {
    for (const spoil of [
      (peer: RecordingWebTransport) => peer.receive({ type: "message", data: "hello" }),
      (peer: RecordingWebTransport) => peer.receive({ type: "ping", data: "x" }),
      (peer: RecordingWebTransport) => peer.receiveBytes(Uint8Array.of(0)),
      (peer: RecordingWebTransport) => peer.end(),
      (peer: RecordingWebTransport) => peer.endStream(),
    ]) {
      const { connect, log, poll, sessions, settle } = start();
      await poll();
      const peer = await connect(move);
      spoil(peer);
      await settle();
      expect(peer.closings).toBe(1);
      expect(sessions[0]).toMatchObject({ readyState: "open", upgrading: false, upgraded: false });
      expect(log).toEqual([]);
    }
  });

  it("gives a candidate that falls silent the upgrade timeout", async () => {
    const { clock, connect, poll, sessions, settle } = start();
    await poll();
    const peer = await connect(move);
    clock.advance(10_000);
    await settle();
    expect(peer.closings).toBe(1);
    expect(sessions[0]?.upgrading).toBe(false);
  });

  it("closes the candidate when the session ends meanwhile", async () => {
    const { connect, poll, sessions, settle } = start();
    await poll();
    const peer = await connect(move);
    sessions[0]?.close(true);
    await settle();
    expect(peer.closings).toBe(1);
  });

  it("CVE-2026-102599: does not take a session of revision 3 to a transport of revision 4", async () => {
    const { connect, poll, sessions } = start({ allowEIO3: true });
    await poll({ EIO: "3" });
    expect(sessions[0]?.protocol).toBe(3);
    expect((await connect(move)).closings).toBe(1);
    expect(sessions[0]?.upgrading).toBe(false);
  });
});
