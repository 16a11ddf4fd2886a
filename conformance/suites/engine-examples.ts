import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RawEngine, startRawEngine } from "../peers/raw-engine.ts";
import type { NodeServerKind } from "../peers/start-server.ts";
import { until, within } from "../wire/deadline.ts";
import { request } from "../wire/http.ts";
import { PollingSession } from "../wire/polling.ts";
import { CLOSE, RawWebSocket } from "../wire/websocket.ts";

const BINARY = Buffer.from("cafe00", "hex");

/** The worked examples of Engine.IO 4 (EIO §50–52), to the byte. */
export function engineExamples(kind: NodeServerKind): void {
  describe(`worked examples of Engine.IO 4 on ${kind}`, () => {
    let engine: RawEngine;
    beforeAll(async () => {
      engine = await startRawEngine(kind, { path: "/engine.io" });
    });
    afterAll(() => engine.close());

    // EIO §50
    it("opens a session over polling with 118 bytes", async () => {
      const { opening, sid } = await PollingSession.open(engine.endpoint);
      expect(sid).toMatch(/^[\w-]{20}$/);
      expect(opening.text).toBe(
        `0{"sid":"${sid}","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`,
      );
      expect(opening.headers).toMatchObject({
        "content-type": "text/plain; charset=UTF-8",
        "content-length": "118",
        "cache-control": "no-store",
      });
    });

    it("puts three packets into one payload of 23 bytes", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const { session } = engine.latest();
      session.send("tick");
      session.send(BINARY);
      session.send("naïve ☕");
      const answer = await polling.get();
      expect(answer.body.toString("hex")).toBe("347469636b1e62797634411e346e61c3af766520e29895");
      expect(answer.headers).toMatchObject({
        "content-type": "text/plain; charset=UTF-8",
        "content-length": "23",
        "cache-control": "no-store",
      });
    });

    it("takes a text and a binary from one POST", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const { messages } = engine.latest();
      const answer = await polling.post("4up\u001ebyv4A");
      expect([answer.status, answer.text]).toEqual([200, "ok"]);
      expect(answer.headers).toMatchObject({
        "content-type": "text/html",
        "content-length": "2",
        "cache-control": "no-store",
      });
      expect(messages).toEqual(["up", BINARY]);
    });

    it("answers the waiting poll with a noop when the client closes", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const { closed } = engine.latest();
      const poll = await waitingPoll(polling);
      expect((await polling.post("1")).text).toBe("ok");
      expect((await poll.answer).text).toBe("6");
      expect((await within(closed, "close")).reason).toBe("transport close");
    });

    it("answers the waiting poll with a close when the server closes", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const { session, closed } = engine.latest();
      const poll = await waitingPoll(polling);
      session.close();
      expect((await poll.answer).text).toBe("1");
      expect((await within(closed, "close")).reason).toBe("forced close");
      const after = await polling.get();
      expect([after.status, after.text]).toEqual([400, '{"code":1,"message":"Session ID unknown"}']);
    });

    it("answers the next poll with noop and close when none waits as the server closes", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const { session, closed } = engine.latest();
      session.close();
      expect((await polling.get()).text).toBe("6\u001e1");
      expect((await within(closed, "close")).reason).toBe("forced close");
    });

    it("delivers what was sent before the close", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const { session } = engine.latest();
      session.send("bye");
      session.close();
      expect((await polling.get()).text).toBe("4bye");
      expect((await polling.get()).text).toBe("6\u001e1");
    });

    // EIO §51
    it("speaks WebSocket to the byte", async () => {
      const websocket = await RawWebSocket.open(engine.url, "/engine.io/?EIO=4&transport=websocket");
      expect(websocket.head).toContain("HTTP/1.1 101 Switching Protocols\r\n");
      expect(websocket.head.toLowerCase()).toContain(
        "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n",
      );
      expect(await websocket.nextText()).toMatch(
        /^0\{"sid":"[\w-]{20}","upgrades":\[\],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000\}$/,
      );
      const { session, messages, closed } = engine.latest();
      session.send("tick");
      session.send(BINARY);
      expect((await websocket.nextFrame())?.bytes.toString("hex")).toBe("81053474" + "69636b");
      expect((await websocket.nextFrame())?.bytes.toString("hex")).toBe("8203cafe00");
      websocket.sendText("4up");
      websocket.sendBinary(BINARY);
      await until(() => messages.length === 2, "two messages");
      expect(messages).toEqual(["up", BINARY]);
      session.close();
      const last = await websocket.nextFrame();
      expect([last?.opcode, last?.bytes.toString("hex")]).toEqual([CLOSE, "8800"]);
      expect((await within(closed, "close")).reason).toBe("forced close");
    });

    it("writes binary as text where the client asked for base64", async () => {
      const websocket = await RawWebSocket.open(engine.url, "/engine.io/?EIO=4&transport=websocket&b64=1");
      await websocket.nextFrame();
      engine.latest().session.send(BINARY);
      expect((await websocket.nextFrame())?.bytes.toString("hex")).toBe(
        `8105${Buffer.from("byv4A").toString("hex")}`,
      );
    });

    // EIO §52
    it("upgrades as the example does", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const { session } = engine.latest();
      const poll = await waitingPoll(polling);
      const path = `/engine.io/?EIO=4&transport=websocket&sid=${polling.sid}`;
      const websocket = await RawWebSocket.open(engine.url, path);
      expect(websocket.isSwitched).toBe(true);
      websocket.sendText("2probe");
      expect(await websocket.nextText()).toBe("3probe");
      expect((await poll.answer).text).toBe("6");
      session.send("late");
      websocket.sendText("5");
      expect(await websocket.nextText()).toBe("4late");
      const after = await polling.get();
      expect([after.status, after.text]).toEqual([400, '{"code":3,"message":"Bad request"}']);
    });

    it("answers the poll with data instead of a noop when data comes between", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const poll = await waitingPoll(polling);
      const path = `/engine.io/?EIO=4&transport=websocket&sid=${polling.sid}`;
      const websocket = await RawWebSocket.open(engine.url, path);
      const { session } = engine.latest();
      session.on("upgrading", () => session.send("early"));
      websocket.sendText("2probe");
      expect(await websocket.nextText()).toBe("3probe");
      expect((await poll.answer).text).toBe("4early");
    });

    it("releases a poll that is still waiting when the client upgrades early", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const poll = await waitingPoll(polling);
      const path = `/engine.io/?EIO=4&transport=websocket&sid=${polling.sid}`;
      const websocket = await RawWebSocket.open(engine.url, path);
      websocket.sendText("5");
      // EIO §13.4
      expect((await poll.answer).text).toBe("1");
      engine.latest().session.send("moved");
      expect(await websocket.nextText()).toBe("4moved");
    });
  });

  describe(`initial packet and heartbeat on ${kind}`, () => {
    let engine: RawEngine | undefined;
    afterEach(() => engine?.close());

    it("sends the initial packet in the body of the handshake", async () => {
      engine = await startRawEngine(kind, { path: "/engine.io", initialPacket: "welcome" });
      const { opening } = await PollingSession.open(engine.endpoint);
      expect(opening.body.length).toBe(127);
      expect(opening.text.endsWith("}\u001e4welcome")).toBe(true);
    });

    it("beats over polling", async () => {
      engine = await startRawEngine(kind, { path: "/engine.io", pingInterval: 50, pingTimeout: 5_000 });
      const polling = await PollingSession.open(engine.endpoint);
      for (let beats = 0; beats < 3; beats += 1) {
        expect((await polling.get()).text).toBe("2");
        expect((await polling.post("3")).text).toBe("ok");
      }
    });

    it("sets its cookie with the polling handshake alone", async () => {
      // EIO §18
      engine = await startRawEngine(kind, { path: "/engine.io", cookie: true });
      const polling = await PollingSession.open(engine.endpoint);
      expect(polling.opening.headers["set-cookie"]).toEqual([
        `io=${polling.sid}; Path=/; HttpOnly; SameSite=Lax`,
      ]);
      engine.latest().session.send("x");
      expect((await polling.get()).headers["set-cookie"]).toBeUndefined();
      const websocket = await RawWebSocket.open(engine.url, "/engine.io/?EIO=4&transport=websocket");
      expect(websocket.head.toLowerCase()).not.toContain("set-cookie");
    });

    it("compresses a large payload for whoever accepts it, and a small one for nobody", async () => {
      // EIO §19.1
      engine = await startRawEngine(kind, { path: "/engine.io" });
      const polling = await PollingSession.open(engine.endpoint);
      for (const [size, encoding] of [
        [1023, "gzip"],
        [1022, undefined],
      ] as const) {
        engine.latest().session.send("x".repeat(size));
        const answer = await request(polling.url, { headers: { "Accept-Encoding": "gzip" } });
        expect(answer.headers["content-encoding"]).toBe(encoding);
      }
    });
  });
}

/** A poll that the server holds: its session is not writable until the poll has arrived. */
async function waitingPoll(polling: PollingSession): Promise<ReturnType<PollingSession["beginGet"]>> {
  const poll = polling.beginGet();
  // Requests arrive in the order of their connections: once this one is answered, the poll is there.
  await polling.isAlive();
  return poll;
}
