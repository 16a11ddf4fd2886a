// The worked examples of EIO D, byte by byte over real sockets.

import { afterEach, describe, expect, it } from "vitest";
import { SID, TestEngine } from "./testing/test-engine.ts";

const OPEN = `0{"sid":"${SID}","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`;
const WS_OPEN = OPEN.replace('["websocket"]', "[]");
const HANDSHAKE = "?EIO=4&transport=polling";
const POLL = `${HANDSHAKE}&sid=${SID}`;
const TEXT_HEADERS = (length: number) => [
  "Content-Type: text/plain; charset=UTF-8",
  `Content-Length: ${length}`,
  "cache-control: no-store",
];
const BINARY = Uint8Array.of(0xca, 0xfe, 0);

let test: TestEngine;
afterEach(() => test.close());

async function open(query = HANDSHAKE, options = {}) {
  test = await TestEngine.startExample(options);
  return test.fetch(query);
}
async function post(body: string | Uint8Array, query = POLL, headers: string[] = []) {
  return test.fetch(query, { method: "POST", body, headers });
}

describe("EIO §50: revision 4, polling", () => {
  it("handshake", async () => {
    const response = await open();
    expect(response.status).toBe(200);
    expect(response.headers).toEqual(TEXT_HEADERS(118));
    expect(response.body.toString()).toBe(OPEN);
  });

  it("packets that wait share a payload of 23 bytes", async () => {
    await open();
    for (const data of ["tick", BINARY, "naïve ☕"]) test.session.send(data);
    const response = await test.fetch(POLL);
    expect(response.headers).toEqual(TEXT_HEADERS(23));
    expect(response.body.toString("hex")).toBe("347469636b1e627976344" + "11e346e61c3af766520e29895");
  });

  it("a POST with text and binary", async () => {
    await open();
    const response = await post("4up\x1ebyv4A", POLL, ["Content-type: text/plain;charset=UTF-8"]);
    expect(response.status).toBe(200);
    expect(response.headers).toEqual([
      "Content-Type: text/html",
      "Content-Length: 2",
      "cache-control: no-store",
    ]);
    expect(response.body.toString()).toBe("ok");
    expect(test.messages).toEqual(["up", Buffer.from(BINARY)]);
  });

  it("heartbeat", async () => {
    await open(HANDSHAKE, { pingInterval: 50 });
    expect((await test.fetch(POLL)).body.toString()).toBe("2");
    expect((await post("3")).body.toString()).toBe("ok");
    expect((await test.fetch(POLL)).body.toString()).toBe("2");
  });

  it("the client closes while a GET waits", async () => {
    await open();
    const get = test.send(POLL);
    await test.untilPolled();
    expect((await post("1")).body.toString()).toBe("ok");
    expect((await get.response).body.toString()).toBe("6");
    expect(test.endings).toEqual([{ reason: "transport close", message: undefined }]);
  });

  it("the server closes while a GET waits; the next request finds no session", async () => {
    await open();
    const get = test.send(POLL);
    await test.untilPolled();
    test.session.close();
    expect((await get.response).body.toString()).toBe("1");
    expect(test.endings).toEqual([{ reason: "forced close", message: undefined }]);
    const next = await test.fetch(POLL);
    expect([next.status, next.body.toString()]).toEqual([400, '{"code":1,"message":"Session ID unknown"}']);
  });

  it("the server closes without a GET", async () => {
    await open();
    test.session.close();
    expect((await test.fetch(POLL)).body.toString()).toBe("6\x1e1");
    expect(test.endings).toEqual([{ reason: "forced close", message: undefined }]);
  });

  it("the server sends and closes without a GET", async () => {
    await open();
    test.session.send("bye");
    test.session.close();
    expect((await test.fetch(POLL)).body.toString()).toBe("4bye");
    expect((await test.fetch(POLL)).body.toString()).toBe("6\x1e1");
  });

  it("the client pings by mistake", async () => {
    await open();
    const get = test.send(POLL);
    await test.untilPolled();
    expect((await post("2")).body.toString()).toBe("ok");
    expect((await get.response).body.toString()).toBe("1");
    expect(test.endings).toEqual([{ reason: "transport error", message: "invalid heartbeat direction" }]);
  });

  it("a malformed packet between two good ones", async () => {
    await open();
    const get = test.send(POLL);
    await test.untilPolled();
    const response = await post("4a\x1exyz\x1e4b");
    expect([response.status, response.body.toString()]).toEqual([200, "ok"]);
    expect((await get.response).body.toString()).toBe("1");
    expect(test.messages).toEqual(["a"]);
    expect(test.endings).toEqual([{ reason: "parse error", message: undefined }]);
  });

  it("an empty POST body is malformed", async () => {
    await open();
    expect((await post("")).body.toString()).toBe("ok");
    expect(test.endings).toEqual([{ reason: "parse error", message: undefined }]);
  });

  it("two GETs", async () => {
    await open();
    const first = test.send(POLL);
    await test.untilPolled();
    const second = await test.fetch(POLL);
    expect([second.status, second.body.length]).toEqual([400, 0]);
    expect((await first.response).body.toString()).toBe("1");
    expect(test.endings).toEqual([{ reason: "transport error", message: "overlap from client" }]);
  });

  it("with initialPacket the handshake has 127 bytes", async () => {
    const response = await open(HANDSHAKE, { initialPacket: "welcome" });
    expect(response.body.toString()).toBe(`${OPEN}\x1e4welcome`);
    expect(response.headers).toContain("Content-Length: 127");
  });
});

describe("EIO §51: revision 4, WebSocket only", () => {
  const WS = "?EIO=4&transport=websocket";

  async function connect(query = WS, options = {}) {
    test = await TestEngine.startExample(options);
    return test.connect(query);
  }

  it("handshake, messages both ways, heartbeat and close", async () => {
    const socket = await connect(WS, { pingInterval: 100 });
    expect(await socket.head()).toBe(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    );
    expect(await socket.next()).toBe(WS_OPEN.replace("25000", "100"));
    test.session.send("tick");
    test.session.send(BINARY);
    expect(await socket.bytes(7)).toBe("8105347469636b");
    expect(await socket.bytes(5)).toBe("8203cafe00");
    socket.send("4up");
    socket.send(BINARY);
    socket.send(new Uint8Array(0));
    expect(await socket.next()).toBe("2");
    socket.send("3");
    expect(await socket.next()).toBe("2");
    expect(test.messages).toEqual(["up", Buffer.from(BINARY), Buffer.alloc(0)]);
    test.session.close();
    expect(await socket.bytes(2)).toBe("8800");
    expect(test.endings).toEqual([{ reason: "forced close", message: undefined }]);
  });

  it("b64 makes binary text", async () => {
    const socket = await connect(`${WS}&b64=1`);
    await socket.head();
    await socket.next();
    test.session.send(BINARY);
    expect(await socket.next()).toBe("byv4A");
    socket.send("byv4A");
    await test.until(() => test.messages.length > 0);
    expect(test.messages).toEqual([Buffer.from(BINARY)]);
  });

  it.each(["x", ""])("the text frame %j gets an empty close frame", async (text) => {
    const socket = await connect();
    await socket.head();
    await socket.next();
    socket.send(text);
    expect(await socket.bytes(2)).toBe("8800");
    expect(test.endings).toEqual([{ reason: "parse error", message: undefined }]);
  });

  it("a message of the limit passes, and one byte more gets 1009", async () => {
    const socket = await connect(WS, { maxHttpBufferSize: 1000 });
    await socket.head();
    await socket.next();
    socket.send(`4${"x".repeat(999)}`);
    await test.until(() => test.messages.length === 1);
    socket.send(`4${"x".repeat(1000)}`);
    expect(await socket.next()).toBe("close 1009");
    await test.until(() => test.endings.length === 1);
    expect(test.endings[0]?.reason).toBe("transport error");
  });

  it.each([
    ["a close packet is ignored", "1"],
    ["open is ignored", "0"],
    ["upgrade is ignored", "5"],
    ["noop is ignored", "6"],
  ])("%s (EIO §22)", async (_, text) => {
    const socket = await connect();
    await socket.head();
    await socket.next();
    socket.send(text);
    socket.send("4after");
    await test.until(() => test.messages.length === 1);
    expect(test.session.readyState).toBe("open");
  });

  it("a ping closes it", async () => {
    const socket = await connect();
    await socket.head();
    await socket.next();
    socket.send("2");
    expect(await socket.next()).toBe("close");
    expect(test.endings[0]?.message).toBe("invalid heartbeat direction");
  });

  it("invalid UTF-8 gets 1007, an unmasked frame 1002", async () => {
    const socket = await connect();
    await socket.head();
    await socket.next();
    socket.send(Uint8Array.of(0x34, 0xff), 1);
    expect(await socket.next()).toBe("close 1007");
    const other = test.connect(WS);
    test.engine.generateId = () => "other";
    await other.head();
    await other.next();
    other.socket.write(Buffer.of(0x81, 0x01, 0x34));
    expect(await other.next()).toBe("close 1002");
    await test.until(() => test.endings.length === 2);
    expect(test.endings.map(({ reason }) => reason)).toEqual(["transport error", "transport error"]);
  });

  it("a connection that is cut is a transport close (EIO §62.37)", async () => {
    const socket = await connect();
    await socket.head();
    socket.socket.resetAndDestroy();
    await test.until(() => test.endings.length === 1);
    expect(test.endings).toEqual([{ reason: "transport close", message: undefined }]);
  });
});

describe("EIO §52: upgrade", () => {
  const WS = `?EIO=4&transport=websocket&sid=${SID}`;

  it("goes through its ten steps", async () => {
    await open();
    const g1 = test.send(POLL);
    await test.untilPolled();
    const socket = test.connect(WS);
    await socket.head();
    socket.send("2probe");
    expect(await socket.next()).toBe("3probe");
    expect((await g1.response).body.toString()).toBe("6");
    test.session.send("late");
    socket.send("5");
    expect(await socket.next()).toBe("4late");
    const poll = await test.fetch(POLL);
    expect([poll.status, poll.body.toString()]).toEqual([400, '{"code":3,"message":"Bad request"}']);
    expect(test.session.upgraded).toBe(true);
  });

  it("carries what is sent after the probe by the GET that waits", async () => {
    await open();
    const g1 = test.send(POLL);
    await test.untilPolled();
    const socket = test.connect(WS);
    await socket.head();
    test.session.once("upgrading", () => test.session.send("early"));
    socket.send("2probe");
    expect((await g1.response).body.toString()).toBe("4early");
    expect(await socket.next()).toBe("3probe");
    socket.send("5");
    socket.send("4up");
    await test.until(() => test.messages.length === 1);
    expect(test.messages).toEqual(["up"]);
  });

  it("releases a GET that waits when the client gave up early (EIO §13.4)", async () => {
    await open();
    const get = test.send(POLL);
    await test.untilPolled();
    const socket = test.connect(WS);
    await socket.head();
    socket.send("5");
    expect((await get.response).body.toString()).toBe("1");
    test.session.send("there");
    expect(await socket.next()).toBe("4there");
  });

  it("closes a second WebSocket of the session (EIO §10.5)", async () => {
    await open();
    const first = test.connect(WS);
    await first.head();
    const second = test.connect(WS);
    expect(await second.head()).toContain("101 Switching Protocols");
    expect(await second.next()).toBe("close");
    first.send("2probe");
    expect(await first.next()).toBe("3probe");
  });

  it("gives up a candidate that says something else, and keeps the session", async () => {
    await open();
    const socket = test.connect(WS);
    await socket.head();
    socket.send("4too early");
    expect(await socket.next()).toBe("close");
    test.session.send("tick");
    expect((await test.fetch(POLL)).body.toString()).toBe("4tick");
    expect(test.messages).toEqual([]);
  });

  it("gives up a candidate in time", async () => {
    await open(HANDSHAKE, { upgradeTimeout: 50 });
    const socket = test.connect(WS);
    await socket.head();
    expect(await socket.next()).toBe("close");
    expect(test.session.readyState).toBe("open");
  });

  it("takes a session whose first transport is a WebSocket to another one (EIO §10.6)", async () => {
    test = await TestEngine.startExample();
    const first = test.connect("?EIO=4&transport=websocket");
    await first.head();
    await first.next();
    const second = test.connect(WS);
    await second.head();
    second.send("2probe");
    expect(await second.next()).toBe("3probe");
    second.send("5");
    expect(await first.next()).toBe("close");
    test.session.send("here");
    expect(await second.next()).toBe("4here");
  });

  it("delivers the rest by the new transport when the server closes meanwhile", async () => {
    await open();
    const socket = test.connect(WS);
    await socket.head();
    socket.send("2probe");
    expect(await socket.next()).toBe("3probe");
    test.session.send("last");
    test.session.close();
    socket.send("5");
    expect(await socket.next()).toBe("4last");
    expect(await socket.next()).toBe("close");
    expect(test.endings).toEqual([{ reason: "forced close", message: undefined }]);
  });
});

describe("EIO §54: revision 3, polling", () => {
  const V3 = "?EIO=3&transport=polling";
  const V3_POLL = `${V3}&sid=${SID}`;
  const openV3 = (query = V3) => open(query, { allowEIO3: true });

  it("handshake of 122 bytes", async () => {
    const response = await openV3();
    expect(response.body.toString()).toBe(`118:${OPEN}`);
    expect(response.headers).toEqual(TEXT_HEADERS(122));
  });

  it("text", async () => {
    await openV3();
    test.session.send("tick");
    test.session.send("naïve ☕");
    const response = await test.fetch(V3_POLL);
    expect(response.body.toString()).toBe("5:4tick8:4naïve ☕");
    expect(response.body).toHaveLength(20);
    test.session.send("😀");
    expect((await test.fetch(V3_POLL)).body.toString("hex")).toBe("333a34f09f9880");
  });

  it("binary", async () => {
    await openV3();
    test.session.send("☕");
    test.session.send(BINARY);
    const response = await test.fetch(V3_POLL);
    expect(response.body.toString("hex")).toBe("0004ff34e29895" + "0104ff04cafe00");
    expect(response.headers[0]).toBe("Content-Type: application/octet-stream");
    test.session.send("x".repeat(122));
    test.session.send(BINARY);
    expect((await test.fetch(V3_POLL)).body.subarray(0, 6).toString("hex")).toBe("00010203ff34");
  });

  it("binary with b64", async () => {
    await openV3(`${V3}&b64=1`);
    test.session.send("☕");
    test.session.send(BINARY);
    const response = await test.fetch(V3_POLL);
    expect(response.body.toString()).toBe("2:4☕6:b4yv4A");
    expect(response.headers[0]).toBe("Content-Type: text/plain; charset=UTF-8");
  });

  it("what clients send", async () => {
    await openV3();
    expect((await post("6:4hello", V3_POLL)).body.toString()).toBe("ok");
    expect((await post("6:b4yv4A", V3_POLL)).body.toString()).toBe("ok");
    const record = Uint8Array.of(1, 4, 0xff, 4, 0xca, 0xfe, 0);
    const octets = ["Content-Type: application/octet-stream"];
    expect((await post(record, V3_POLL, octets)).body.toString()).toBe("ok");
    expect(test.messages).toEqual(["hello", Buffer.from(BINARY), Buffer.from(BINARY)]);
  });

  it("heartbeat and close of the client", async () => {
    await openV3();
    const first = test.send(V3_POLL);
    await test.untilPolled();
    expect((await post("1:2", V3_POLL)).body.toString()).toBe("ok");
    expect((await first.response).body.toString()).toBe("1:3");
    const second = test.send(V3_POLL);
    await test.untilPolled();
    expect((await post("1:1", V3_POLL)).body.toString()).toBe("ok");
    expect((await second.response).body.toString()).toBe("1:6");
  });

  it("close of the server, with a GET and without", async () => {
    await openV3();
    const get = test.send(V3_POLL);
    await test.untilPolled();
    test.session.close();
    expect((await get.response).body.toString()).toBe("1:1");
    await test.fetch(V3);
    test.session.close();
    expect((await test.fetch(V3_POLL)).body.toString()).toBe("1:61:1");
  });

  it.each([
    ["", []],
    ["abc", []],
    ["5:4a", []],
    ["1:z", []],
    ["2:4a3", ["a"]],
  ])("malformed: %j", async (body, messages) => {
    await openV3();
    expect((await post(body, V3_POLL)).body.toString()).toBe("ok");
    expect(test.messages).toEqual(messages);
    expect(test.endings).toEqual([{ reason: "parse error", message: undefined }]);
  });

  it("a pong of the client closes it", async () => {
    await openV3();
    await post("1:3", V3_POLL);
    expect(test.endings[0]?.message).toBe("invalid heartbeat direction");
  });
});

describe("EIO §55: revision 3, WebSocket", () => {
  const V3 = "?EIO=3&transport=websocket";

  it("messages, heartbeat and binary", async () => {
    test = await TestEngine.startExample({ allowEIO3: true });
    const socket = test.connect(V3);
    await socket.head();
    expect(await socket.next()).toBe(WS_OPEN);
    socket.send("2");
    expect(await socket.next()).toBe("3");
    socket.send("4up");
    socket.send(Uint8Array.of(4, 0xca, 0xfe, 0));
    await test.until(() => test.messages.length === 2);
    expect(test.messages).toEqual(["up", Buffer.from(BINARY)]);
    test.session.send("tick");
    test.session.send(BINARY);
    expect(await socket.next()).toBe("4tick");
    expect(await socket.next()).toEqual(Buffer.of(4, 0xca, 0xfe, 0));
  });

  it("b64", async () => {
    test = await TestEngine.startExample({ allowEIO3: true });
    const socket = test.connect(`${V3}&b64=1`);
    await socket.head();
    await socket.next();
    test.session.send(BINARY);
    expect(await socket.next()).toBe("b4yv4A");
  });

  it("upgrade", async () => {
    await open("?EIO=3&transport=polling", { allowEIO3: true });
    const g1 = test.send(`?EIO=3&transport=polling&sid=${SID}`);
    await test.untilPolled();
    const socket = test.connect(`${V3}&sid=${SID}`);
    await socket.head();
    socket.send("2probe");
    expect(await socket.next()).toBe("3probe");
    expect((await g1.response).body.toString()).toBe("1:6");
    socket.send("5");
    socket.send("2probe");
    expect(await socket.next()).toBe("3");
  });
});

describe("EIO §56: JSONP", () => {
  const JSONP = "?EIO=3&transport=polling&b64=1";

  it("goes by the index of the handshake", async () => {
    const response = await open(`${JSONP}&j=3`, { allowEIO3: true });
    expect(response.headers[0]).toBe("Content-Type: text/plain; charset=UTF-8");
    expect(response.body.toString()).toBe(`___eio[3](${JSON.stringify(`118:${OPEN}`)});`);
    const poll = `${JSONP}&sid=${SID}`;
    expect((await post("d=6%3A4hello", `${poll}&j=4`)).body.toString()).toBe("ok");
    expect((await post("d=4%3A4a%5Cnb", `${poll}&j=5`)).body.toString()).toBe("ok");
    expect((await post("d=5%3A4a%5C%5Cnb", `${poll}&j=6`)).body.toString()).toBe("ok");
    expect((await post("nothing", `${poll}&j=6`)).body.toString()).toBe("ok");
    expect(test.messages).toEqual(["hello", "a\nb", "a\\nb"]);
    test.session.send(BINARY);
    expect((await test.fetch(`${poll}&j=7`)).body.toString()).toBe('___eio[3]("6:b4yv4A");');
    test.session.send("x\ny\u2028");
    expect((await test.fetch(`${poll}&j=8`)).body.toString()).toBe('___eio[3]("5:4x\\ny\\u2028");');
  });

  it("strips what is no digit from the index", async () => {
    const response = await open(`${JSONP}&j=1);alert(2`, { allowEIO3: true });
    expect(response.body.toString().startsWith("___eio[12](")).toBe(true);
  });
});

describe("EIO §57: errors", () => {
  it.each([
    ["GET", "", 400, '{"code":0,"message":"Transport unknown"}'],
    ["GET", "?EIO=4&transport=__proto__", 400, '{"code":0,"message":"Transport unknown"}'],
    ["GET", `${HANDSHAKE}&sid=nope`, 400, '{"code":1,"message":"Session ID unknown"}'],
    ["GET", `${HANDSHAKE}&sid=__proto__`, 400, '{"code":1,"message":"Session ID unknown"}'],
    ["POST", HANDSHAKE, 400, '{"code":2,"message":"Bad handshake method"}'],
    ["OPTIONS", HANDSHAKE, 400, '{"code":2,"message":"Bad handshake method"}'],
    ["GET", "?EIO=4&transport=websocket", 400, '{"code":3,"message":"Bad request"}'],
    ["GET", "?EIO=3&transport=polling", 400, '{"code":5,"message":"Unsupported protocol version"}'],
    ["GET", "?transport=polling", 400, '{"code":5,"message":"Unsupported protocol version"}'],
  ])("%s %j", async (method, query, status, body) => {
    test = await TestEngine.start();
    const response = await test.fetch(query, { method });
    expect(response.status).toBe(status);
    expect(response.headers).toContain("Content-Type: application/json");
    expect(response.body.toString()).toBe(body);
  });

  it.each([
    [null, '{"code":4,"message":"Forbidden"}'],
    ["over quota", '{"code":4,"message":"over quota"}'],
  ])("allowRequest with %j", async (message, body) => {
    const response = await open(HANDSHAKE, {
      allowRequest: (_: unknown, done: (message: string | null, success: boolean) => void) =>
        done(message, false),
    });
    expect([response.status, response.body.toString()]).toEqual([403, body]);
  });

  it("an upgrade with an unknown sid", async () => {
    test = await TestEngine.start();
    const socket = test.connect("?EIO=4&transport=websocket&sid=nope");
    expect((await socket.rest()).toString()).toBe(
      "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-type: text/html\r\n" +
        "Content-Length: 18\r\n\r\nSession ID unknown",
    );
  });

  it("an upgrade that is refused says why in text, with 400", async () => {
    test = await TestEngine.start({ allowRequest: (_, done) => done("Gesperrt für dich", false) });
    const raw = (await test.connect("?EIO=4&transport=websocket").rest()).toString();
    expect(raw).toContain("HTTP/1.1 400 Bad Request");
    expect(raw).toContain("Content-Length: 18");
    expect(raw.endsWith("\r\n\r\nGesperrt für dich")).toBe(true);
  });
});
