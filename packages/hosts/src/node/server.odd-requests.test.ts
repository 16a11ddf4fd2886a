import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { EngineServer } from "./server.ts";
import { fetchRaw, readToEnd } from "./testing/raw-http.ts";
import { TestEngine } from "./testing/test-engine.ts";

// Requests that are proper HTTP and that no client of ours sends, and servers that are put together in odd ways.

const POLLING = "?EIO=4&transport=polling";
const WEBSOCKET = "?EIO=4&transport=websocket";

let test: TestEngine;
afterEach(() => test.close());

/** Writes bytes on one connection and gives everything that comes until it ends. */
async function exchange(bytes: string): Promise<string> {
  const socket = connect(test.port, "127.0.0.1");
  socket.write(bytes);
  return (await readToEnd(socket)).toString();
}

const head = (line: string, ...headers: string[]) =>
  [line, "Host: localhost", ...headers, "", ""].join("\r\n");
const statuses = (answers: string) =>
  [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);

describe("HTTP/1.0", () => {
  it("polls: the answer has a length, and the connection ends behind it", async () => {
    test = await TestEngine.startExample();
    const opened = await exchange(`GET /engine.io/${POLLING} HTTP/1.0\r\n\r\n`);
    expect(opened).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*Content-Length: \d+[\s\S]*\r\n\r\n0\{"sid"/);
    const { id } = test.session;
    const posted = await exchange(
      `POST /engine.io/${POLLING}&sid=${id} HTTP/1.0\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n4up`,
    );
    expect(posted).toMatch(/\r\n\r\nok$/);
    expect(test.messages).toEqual(["up"]);
    test.session.send("down");
    expect(await exchange(`GET /engine.io/${POLLING}&sid=${id} HTTP/1.0\r\n\r\n`)).toMatch(/\r\n\r\n4down$/);
  });

  it("cannot switch to WebSocket, and the session does not exist", async () => {
    test = await TestEngine.start();
    await exchange(
      `GET /engine.io/${WEBSOCKET} HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    expect(test.engine.clientsCount).toBe(0);
  });
});

describe("a POST that expects 100-continue", () => {
  it("is told to go on, and then answered", async () => {
    test = await TestEngine.start();
    await test.fetch(POLLING);
    const socket = connect(test.port, "127.0.0.1");
    const whole = readToEnd(socket);
    const line = `POST /engine.io/${POLLING}&sid=${test.session.id} HTTP/1.1`;
    const headers = [
      "Connection: close",
      "Content-Type: text/plain",
      "Content-Length: 4",
      "Expect: 100-continue",
    ];
    socket.write(head(line, ...headers));
    await new Promise((resolve) => socket.once("data", resolve));
    expect(test.messages).toEqual([]);
    socket.write("4yes");
    expect(statuses((await whole).toString())).toEqual(["100", "200"]);
    expect(test.messages).toEqual(["yes"]);
  });
});

describe("heads that are too large", () => {
  it.each([
    ["a URL", `GET /engine.io/${POLLING}&x=${"x".repeat(20_000)} HTTP/1.1`, []],
    ["a header", `GET /engine.io/${POLLING} HTTP/1.1`, [`X-Large: ${"x".repeat(20_000)}`]],
  ])("%s of 20,000 characters gets 431, and makes no session", async (_, line, headers) => {
    test = await TestEngine.start();
    expect(statuses(await exchange(head(line, ...headers)))).toEqual(["431"]);
    expect(test.sessions).toEqual([]);
  });

  it("a URL of 15,000 characters is only long", async () => {
    test = await TestEngine.start();
    const line = `GET /engine.io/${POLLING}&x=${"x".repeat(15_000)} HTTP/1.1`;
    expect(statuses(await exchange(head(line, "Connection: close")))).toEqual(["200"]);
  });

  it("ten thousand parameters are taken as they are", async () => {
    test = await TestEngine.start();
    const query = Array.from({ length: 4_000 }, (_, at) => `&${at}`)
      .join("")
      .slice(0, 15_000);
    expect((await test.fetch(`${POLLING}${query}`)).status).toBe(200);
  });
});

describe("requests in a pipeline", () => {
  it("handshakes are answered in order, each with a session of its own", async () => {
    test = await TestEngine.start();
    const one = head(`GET /engine.io/${POLLING} HTTP/1.1`);
    const last = head(`GET /engine.io/${POLLING} HTTP/1.1`, "Connection: close");
    expect(statuses(await exchange(one + one + last))).toEqual(["200", "200", "200"]);
    expect(new Set(test.sessions.map(({ id }) => id)).size).toBe(3);
  });

  it("a second poll behind one that waits closes the session, and both are answered in order (EIO §9.3)", async () => {
    test = await TestEngine.start();
    await test.fetch(POLLING);
    const poll = (...headers: string[]) =>
      head(`GET /engine.io/${POLLING}&sid=${test.session.id} HTTP/1.1`, ...headers);
    const answers = await exchange(poll() + poll("Connection: close"));
    expect(statuses(answers)).toEqual(["200", "400"]);
    expect(test.endings).toEqual([{ reason: "transport error", message: "overlap from client" }]);
  });

  it("a POST behind a poll that waits is processed at once", async () => {
    test = await TestEngine.start();
    await test.fetch(POLLING);
    const { session } = test;
    session.on("message", () => session.send("answer"));
    const path = `/engine.io/${POLLING}&sid=${session.id}`;
    const answers = await exchange(
      head(`GET ${path} HTTP/1.1`) +
        head(`POST ${path} HTTP/1.1`, "Content-Type: text/plain", "Content-Length: 4", "Connection: close") +
        "4ask",
    );
    expect(statuses(answers)).toEqual(["200", "200"]);
    expect(answers).toContain("4answer");
    expect(session.readyState).toBe("open");
  });
});

describe("engines that are put together in odd ways", () => {
  it("attached twice to one server, an engine answers each request once", async () => {
    test = await TestEngine.start();
    test.engine.attach(test.http);
    expect((await test.fetch(POLLING)).status).toBe(200);
    expect(test.sessions).toHaveLength(1);
    const socket = test.connect(WEBSOCKET);
    expect(await socket.head()).toMatch(/^HTTP\/1\.1 101/);
    expect(await socket.next()).toMatch(/^0\{"sid"/);
    socket.send("4hello");
    await test.until(() => test.messages.length > 0);
    expect(test.messages).toEqual(["hello"]);
    expect(test.engine.clientsCount).toBe(2);
    expect(test.reported).toEqual([]);
  });

  it("of two engines on one path the last to be attached answers, requests and upgrades alike", async () => {
    test = await TestEngine.start();
    const last = new EngineServer();
    last.attach(test.http);
    const opened = await test.fetch(POLLING);
    const { sid } = JSON.parse(opened.body.toString().slice(1));
    const socket = test.connect(`${WEBSOCKET}&sid=${sid}`);
    await socket.head();
    socket.send("2probe");
    expect(await socket.next()).toBe("3probe");
    expect([test.engine.clientsCount, last.clientsCount]).toEqual([0, 1]);
    last.close();
  });

  it("an engine that takes its time to decide on an upgrade is not disturbed by one on another path", async () => {
    let admit: () => void = () => {};
    test = await TestEngine.start({
      allowRequest: (_request, done) => {
        admit = () => done(null, true);
      },
    });
    const other = new EngineServer();
    other.attach(test.http, { path: "/other", destroyUpgradeTimeout: 20 });
    const socket = test.connect(WEBSOCKET);
    const isLate = new Promise((resolve) => setTimeout(resolve, 60));
    await isLate;
    admit();
    expect(await socket.head()).toMatch(/^HTTP\/1\.1 101/);
    other.close();
  });

  it("two engines on one server answer on their own paths, upgrades too, and leave each other's alone", async () => {
    test = await TestEngine.start();
    const second = new EngineServer();
    second.attach(test.http, { path: "/second", destroyUpgradeTimeout: 50 });
    expect((await test.fetch(POLLING)).status).toBe(200);
    const other = await fetchRaw(test.port, `/second/${POLLING}`);
    expect(other.body.toString()).toMatch(/^0\{"sid"/);
    expect([test.engine.clientsCount, second.clientsCount]).toEqual([1, 1]);
    const socket = test.connect(WEBSOCKET);
    expect(await socket.head()).toMatch(/^HTTP\/1\.1 101/);
    expect(await socket.next()).toMatch(/^0\{"sid"/);
    // Longer than the second one waits for others to answer.
    const isEnded = new Promise((resolve) => setTimeout(resolve, 100));
    await isEnded;
    expect(socket.isClosed).toBe(false);
    second.close();
    expect(test.engine.clientsCount).toBe(2);
  });
});

describe("a server that closes in the middle of an upgrade", () => {
  it.each([
    ["before the probe", []],
    ["when the probe was answered", ["2probe"]],
    ["when the session has moved", ["2probe", "5"]],
  ])("%s: nothing of it stays", async (_, steps) => {
    test = await TestEngine.startExample();
    await test.fetch(POLLING);
    const { session } = test;
    const poll = test.send(`${POLLING}&sid=${session.id}`);
    await test.untilPolled();
    const socket = test.connect(`${WEBSOCKET}&sid=${session.id}`);
    await socket.head();
    for (const step of steps) {
      socket.send(step);
      if (step === "2probe") expect(await socket.next()).toBe("3probe");
    }
    if (steps.includes("5") && !session.upgraded) {
      await new Promise<void>((resolve) => session.once("upgrade", () => resolve()));
    }
    test.engine.close();
    expect((await poll.response).status).toBe(200);
    expect(await socket.next()).toBe("close");
    expect(test.endings).toEqual([{ reason: "forced close", message: undefined }]);
    expect(test.engine.clientsCount).toBe(0);
  });

  it.each([
    ["poll", POLLING],
    ["upgrade", WEBSOCKET],
  ])("while a handshake by %s is answered: no session is open afterwards", async (kind, query) => {
    test = await TestEngine.start();
    test.engine.on("initial_headers", () => test.engine.close());
    if (kind === "poll") {
      await test.fetch(query);
    } else {
      const socket = test.connect(query);
      await socket.head();
      let content = await socket.next();
      while (content !== "close") content = await socket.next();
    }
    expect(test.engine.clientsCount).toBe(0);
    expect(test.sessions).toEqual([]);
  });

  it("while the 101 of an upgrade is on its way", async () => {
    test = await TestEngine.startExample();
    await test.fetch(POLLING);
    const { session } = test;
    test.engine.on("headers", (_headers, request) => {
      if (request.headers.upgrade !== undefined) test.engine.close();
    });
    const socket = test.connect(`${WEBSOCKET}&sid=${session.id}`);
    await socket.head();
    expect(await socket.next()).toBe("close");
    expect(session.readyState).toBe("closed");
    expect(test.engine.clientsCount).toBe(0);
  });
});

describe("engine middlewares and the client that leaves meanwhile", () => {
  it.each(["polling", "websocket"])(
    "%s: one that calls next when the client is gone makes no session",
    async (transport) => {
      test = await TestEngine.start();
      let proceed: () => void = () => {};
      const isCalled = new Promise<void>((resolve) => {
        test.engine.use((_request, _response, next) => {
          proceed = () => next();
          resolve();
        });
      });
      const isGone = new Promise<void>((resolve) => {
        test.http.once("connection", (socket) => socket.once("close", () => resolve()));
      });
      const socket = transport === "polling" ? test.send(POLLING).socket : test.connect(WEBSOCKET).socket;
      await isCalled;
      socket.destroy();
      await isGone;
      proceed();
      await new Promise((resolve) => setImmediate(resolve));
      expect(test.engine.clientsCount).toBe(0);
      expect(test.sessions.filter(({ readyState }) => readyState !== "closed")).toEqual([]);
    },
  );

  it("one that ends the response and calls next all the same: the answer is its own", async () => {
    test = await TestEngine.start();
    test.engine.use((_request, response, next) => {
      response.statusCode = 418;
      response.end("teapot");
      next();
    });
    const response = await test.fetch(POLLING);
    expect([response.status, response.body.toString()]).toEqual([418, "teapot"]);
    const socket = test.connect(WEBSOCKET);
    await socket.rest();
    expect(test.reported).toEqual([]);
  });
});
