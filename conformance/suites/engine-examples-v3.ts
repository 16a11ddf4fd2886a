import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RawEngine, startRawEngine } from "../peers/raw-engine.ts";
import type { NodeServerKind } from "../peers/start-server.ts";
import { until, within } from "../wire/deadline.ts";
import { request } from "../wire/http.ts";
import { PollingSession } from "../wire/polling.ts";
import { RawWebSocket } from "../wire/websocket.ts";

const BINARY = Buffer.from("cafe00", "hex");
const OCTETS = { "Content-Type": "application/octet-stream" };
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

/** The worked examples of Engine.IO 3, JSONP included (EIO §54–56), to the byte. */
export function revision3Examples(kind: NodeServerKind): void {
  describe(`worked examples of Engine.IO 3 on ${kind}`, () => {
    let engine: RawEngine;
    beforeAll(async () => {
      engine = await startRawEngine(kind, { path: "/engine.io", allowEIO3: true });
    });
    afterAll(() => engine.close());

    // EIO §54
    it("opens a session with 122 bytes", async () => {
      const { opening, sid } = await PollingSession.open(engine.endpoint, "EIO=3");
      expect(opening.body.length).toBe(122);
      expect(opening.text).toBe(
        `118:0{"sid":"${sid}","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`,
      );
    });

    it("counts the length of text in code units", async () => {
      const polling = await PollingSession.open(engine.endpoint, "EIO=3");
      const { session } = engine.latest();
      session.send("tick");
      session.send("naïve ☕");
      const both = await polling.get();
      expect([both.text, both.body.length]).toEqual(["5:4tick8:4naïve ☕", 20]);
      session.send("😀");
      const emoji = await polling.get();
      expect([emoji.text, emoji.body.length]).toEqual(["3:4😀", 7]);
    });

    it("sends binary as octets", async () => {
      const polling = await PollingSession.open(engine.endpoint, "EIO=3");
      const { session } = engine.latest();
      session.send("☕");
      session.send(BINARY);
      const answer = await polling.get();
      expect(answer.headers["content-type"]).toBe("application/octet-stream");
      expect(answer.body.toString("hex")).toBe("0004ff34e298950104ff04cafe00");
      session.send("x".repeat(122));
      session.send(BINARY);
      expect((await polling.get()).body.subarray(0, 6).toString("hex")).toBe("00010203ff34");
    });

    it("sends binary as base64 where the client asked for it", async () => {
      const polling = await PollingSession.open(engine.endpoint, "EIO=3&b64=1");
      const { session } = engine.latest();
      session.send("☕");
      session.send(BINARY);
      const answer = await polling.get();
      expect([answer.text, answer.headers["content-type"]]).toEqual([
        "2:4☕6:b4yv4A",
        "text/plain; charset=UTF-8",
      ]);
    });

    it("takes text, base64 and octets", async () => {
      const polling = await PollingSession.open(engine.endpoint, "EIO=3");
      const { messages } = engine.latest();
      expect((await polling.post("6:4hello")).text).toBe("ok");
      expect((await polling.post("6:b4yv4A")).text).toBe("ok");
      expect((await polling.post(Buffer.from("0104ff04cafe00", "hex"), OCTETS)).text).toBe("ok");
      expect(messages).toEqual(["hello", BINARY, BINARY]);
    });

    it("answers the client's heartbeat on the waiting poll", async () => {
      const polling = await PollingSession.open(engine.endpoint, "EIO=3");
      const poll = polling.beginGet();
      await polling.isAlive();
      expect((await polling.post("1:2")).text).toBe("ok");
      expect((await poll.answer).text).toBe("1:3");
    });

    it("is closed by the client", async () => {
      const polling = await PollingSession.open(engine.endpoint, "EIO=3");
      const { closed } = engine.latest();
      const poll = polling.beginGet();
      await polling.isAlive();
      expect((await polling.post("1:1")).text).toBe("ok");
      expect((await poll.answer).text).toBe("1:6");
      expect((await within(closed, "close")).reason).toBe("transport close");
    });

    it("closes by the waiting poll, or by the next one", async () => {
      const waiting = await PollingSession.open(engine.endpoint, "EIO=3");
      const { session } = engine.latest();
      const poll = waiting.beginGet();
      await waiting.isAlive();
      session.close();
      expect((await poll.answer).text).toBe("1:1");
      const absent = await PollingSession.open(engine.endpoint, "EIO=3");
      engine.latest().session.close();
      expect((await absent.get()).text).toBe("1:61:1");
    });

    // EIO §55
    it("speaks WebSocket with type bytes", async () => {
      const websocket = await RawWebSocket.open(engine.url, "/engine.io/?EIO=3&transport=websocket");
      expect(await websocket.nextText()).toMatch(
        /^0\{"sid":"[\w-]{20}","upgrades":\[\],"pingInterval":25000,/,
      );
      const { session, messages } = engine.latest();
      websocket.sendText("2");
      expect(await websocket.nextText()).toBe("3");
      session.send("tick");
      session.send(BINARY);
      expect(await websocket.nextText()).toBe("4tick");
      expect((await websocket.nextFrame())?.bytes.toString("hex")).toBe("820404cafe00");
      websocket.sendText("4up");
      websocket.sendBinary(Buffer.from("04cafe00", "hex"));
      await until(() => messages.length === 2, "two messages");
      expect(messages).toEqual(["up", BINARY]);
    });

    it("upgrades with a noop of its own form", async () => {
      const polling = await PollingSession.open(engine.endpoint, "EIO=3");
      const poll = polling.beginGet();
      await polling.isAlive();
      const path = `/engine.io/?EIO=3&transport=websocket&sid=${polling.sid}`;
      const websocket = await RawWebSocket.open(engine.url, path);
      websocket.sendText("2probe");
      expect(await websocket.nextText()).toBe("3probe");
      expect((await poll.answer).text).toBe("1:6");
      websocket.sendText("5");
      engine.latest().session.send(BINARY);
      expect((await websocket.nextFrame())?.bytes.toString("hex")).toBe("820404cafe00");
    });

    // EIO §56
    it("speaks JSONP", async () => {
      const polling = await PollingSession.open(engine.endpoint, "EIO=3&b64=1&j=3");
      const { session, messages } = engine.latest();
      expect(polling.opening.text).toBe(
        `___eio[3]("118:0{\\"sid\\":\\"${polling.sid}\\",\\"upgrades\\":[\\"websocket\\"],\\"pingInterval\\":25000,\\"pingTimeout\\":20000,\\"maxPayload\\":1000000}");`,
      );
      expect((await polling.post("d=6%3A4hello", FORM)).text).toBe("ok");
      expect((await polling.post("d=4%3A4a%5Cnb", FORM)).text).toBe("ok");
      expect((await polling.post("d=5%3A4a%5C%5Cnb", FORM)).text).toBe("ok");
      expect(messages).toEqual(["hello", "a\nb", "a\\nb"]);
      session.send(BINARY);
      expect((await polling.get()).text).toBe('___eio[3]("6:b4yv4A");');
      session.send("x\ny\u2028");
      expect((await polling.get()).text).toBe('___eio[3]("5:4x\\ny\\u2028");');
    });

    it("strips from the index of JSONP what is no digit, and ignores a body without d", async () => {
      const polling = await PollingSession.open(engine.endpoint, "EIO=3&b64=1&j=7);alert(1");
      expect(polling.opening.text.startsWith('___eio[71]("')).toBe(true);
      expect((await polling.post("x=1", FORM)).text).toBe("ok");
      expect(await polling.isAlive()).toBe(true);
    });
  });

  describe(`refusals and CORS on ${kind}`, () => {
    let engine: RawEngine | undefined;
    afterEach(() => engine?.close());

    // EIO §57
    it.each([
      ["Forbidden", null],
      ["over quota", "over quota"],
    ])("answers 403 with %s when allowRequest refuses", async (message, given) => {
      engine = await startRawEngine(kind, {
        allowRequest: (_: unknown, decide: (message: string | null, isAllowed: boolean) => void) =>
          decide(given, false),
      });
      const answer = await request(`${engine.endpoint}?EIO=4&transport=polling`);
      expect([answer.status, answer.text]).toEqual([403, `{"code":4,"message":"${message}"}`]);
      expect(engine.errors).toMatchObject([{ code: 4, message: "Forbidden", context: { message: given } }]);
    });

    it("answers the preflight, and names the origin on every answer", async () => {
      engine = await startRawEngine(kind, { cors: { origin: "https://app.test", credentials: true } });
      const url = `${engine.endpoint}?EIO=4&transport=polling`;
      const preflight = await request(url, {
        method: "OPTIONS",
        headers: {
          Origin: "https://app.test",
          "Access-Control-Request-Method": "POST",
          "Access-Control-Request-Headers": "x-tenant",
        },
      });
      expect([preflight.status, preflight.text]).toEqual([204, ""]);
      expect(preflight.headers).toMatchObject({
        "access-control-allow-origin": "https://app.test",
        vary: "Origin, Access-Control-Request-Headers",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
        "access-control-allow-headers": "x-tenant",
        "content-length": "0",
      });
      for (const query of [
        "EIO=4&transport=polling",
        "EIO=4&transport=nothing",
        "EIO=4&transport=polling&sid=nope",
      ]) {
        const answer = await request(`${engine.endpoint}?${query}`, {
          headers: { Origin: "https://evil.test" },
        });
        expect(answer.headers).toMatchObject({
          "access-control-allow-origin": "https://app.test",
          "access-control-allow-credentials": "true",
          vary: "Origin",
        });
      }
      const websocket = await RawWebSocket.open(engine.url, "/socket.io/?EIO=4&transport=websocket");
      expect(websocket.head.toLowerCase()).toContain("access-control-allow-origin: https://app.test\r\n");
    });
  });
}
