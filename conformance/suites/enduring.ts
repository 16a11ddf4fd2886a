import { afterEach, describe, expect, it } from "vitest";
import { type RawEngine, startRawEngine } from "../peers/raw-engine.ts";
import type { NodeServerKind } from "../peers/start-server.ts";
import { until, within } from "../wire/deadline.ts";
import { request } from "../wire/http.ts";
import { PollingSession } from "../wire/polling.ts";
import { frame, RawWebSocket, TEXT } from "../wire/websocket.ts";
import { itUnless } from "./it-unless.ts";

const PATH = "/socket.io/?EIO=4&transport=websocket";

/** What many connections leave behind, and what one that does not read does to the others (SEC §4, §6). */
export function enduring(kind: NodeServerKind): void {
  describe(`endurance of ${kind}`, () => {
    let engine: RawEngine | undefined;
    afterEach(() => engine?.close());

    it("forgets connections that came and went, however they went (SEC §6)", async () => {
      engine = await startRawEngine(kind);
      for (let round = 0; round < 40; round += 1) {
        await Promise.all(Array.from({ length: 25 }, (_, n) => comeAndGo(running(engine), n)));
      }
      const { sessions } = engine;
      expect(sessions.length).toBe(1_000);
      await within(Promise.all(sessions.map(({ closed }) => closed)), "end of every session");
      expect(sessions.every(({ session }) => session.readyState === "closed")).toBe(true);
    });

    it("forgets upgrades that were begun and dropped (SEC §6)", async () => {
      engine = await startRawEngine(kind);
      const polling = await PollingSession.open(engine.endpoint);
      for (let round = 0; round < 50; round += 1) {
        const websocket = await RawWebSocket.open(engine.url, `${PATH}&sid=${polling.sid}`);
        if (round % 2 === 0) websocket.sendText("2probe");
        websocket.reset();
        await until(() => !isUpgrading(running(engine)), "end of the upgrade");
      }
      engine.latest().session.send("still here");
      expect((await polling.get()).text).toBe("4still here");
    });

    it("serves the others while one does not read (SEC §4)", async () => {
      engine = await startRawEngine(kind);
      const stalled = await stalledWebSocket(engine);
      const { session } = engine.latest();
      const reader = await RawWebSocket.open(engine.url, PATH);
      await reader.nextFrame();
      const lively = engine.latest().session;
      const chunk = "x".repeat(100_000);
      for (let n = 0; n < 200; n += 1) {
        session.send(chunk);
        lively.send(`${n}`);
        expect(await reader.nextText()).toBe(`4${n}`);
      }
      stalled.reset();
    });

    // SEC §4: 16 MiB is this project's limit; upstream has none.
    itUnless(
      kind !== "tautline" && "the server has no such limit",
      "closes the one that does not read at 16 MiB (SEC §2, §4)",
      async () => {
        engine = await startRawEngine(kind);
        const stalled = await stalledWebSocket(engine);
        const { session, closed } = engine.latest();
        const chunk = "x".repeat(1_000_000);
        for (let n = 0; n < 64 && session.readyState === "open"; n += 1) {
          session.send(chunk);
          await request(`${engine.endpoint}?EIO=4&transport=nothing`);
        }
        expect((await within(closed, "close of the stalled session")).reason).toBe("slow consumer");
        stalled.reset();
      },
    );
  });
}

function running(engine: RawEngine | undefined): RawEngine {
  if (engine === undefined) throw new Error("the engine was not started");
  return engine;
}

// Every way to leave: a close frame, a reset, a close packet, an aborted poll, garbage.
async function comeAndGo(engine: RawEngine, n: number): Promise<void> {
  if (n % 5 < 3) {
    const websocket = await RawWebSocket.open(engine.url, PATH);
    await websocket.nextFrame();
    if (n % 5 === 0) websocket.send(frame(8));
    if (n % 5 === 1) websocket.reset();
    if (n % 5 === 2) websocket.send(frame(TEXT, "x"));
    return;
  }
  const polling = await PollingSession.open(engine.endpoint);
  if (n % 5 === 3) {
    await polling.post("1");
    return;
  }
  const poll = polling.beginGet();
  await polling.isAlive();
  poll.abort();
}

function isUpgrading(engine: RawEngine): boolean {
  const { session } = engine.latest();
  return "upgrading" in session && session.upgrading === true;
}

/** A WebSocket whose client stops reading once it is open. */
async function stalledWebSocket(engine: RawEngine): Promise<RawWebSocket> {
  const websocket = await RawWebSocket.open(engine.url, PATH);
  await websocket.nextFrame();
  websocket.stopReading();
  return websocket;
}
