import { request } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { portOf } from "./testing/raw-http.ts";
import { TestEngine } from "./testing/test-engine.ts";

// Functions that a program gives to the engine, and what becomes of requests when they fail (SEC §1.4, §1.5).

const POLLING = "?EIO=4&transport=polling";
const WEBSOCKET = "?EIO=4&transport=websocket";

let test: TestEngine;
afterEach(() => test.close());

const fail = (what: string) => () => {
  throw new Error(what);
};

describe("listeners that throw", () => {
  it("of the engine are reported, and the handshake goes on", async () => {
    test = await TestEngine.start();
    for (const event of ["initial_headers", "headers", "connection", "flush", "drain"] as const) {
      test.engine.on(event, fail(event));
    }
    expect((await test.fetch(POLLING)).status).toBe(200);
    expect(test.reported.map(String)).toEqual([
      "Error: flush",
      "Error: initial_headers",
      "Error: headers",
      "Error: drain",
      "Error: connection",
    ]);
    expect(test.engine.clientsCount).toBe(1);
  });

  it("of connection_error are reported, and the refusal is sent", async () => {
    test = await TestEngine.start();
    test.engine.on("connection_error", fail("connection_error"));
    expect((await test.fetch("?EIO=4&transport=nothing")).status).toBe(400);
    expect(test.reported.map(String)).toEqual(["Error: connection_error"]);
  });

  it("of a session and of its transport are reported, for rejected promises too, and messages arrive", async () => {
    test = await TestEngine.start();
    test.engine.on("connection", (session) => {
      session.on("message", async () => {
        throw new Error("async");
      });
      session.transport.on("packet", fail("packet"));
    });
    const socket = test.connect(WEBSOCKET);
    await socket.head();
    await socket.next();
    socket.send("4hello");
    await test.until(() => test.messages.length > 0);
    expect(test.messages).toEqual(["hello"]);
    expect(test.reported.map(String)).toEqual(["Error: packet", "Error: async"]);
    socket.send("4again");
    await test.until(() => test.messages.length > 1);
  });
});

describe("headers that cannot be sent", () => {
  it("are reported, and a poll is answered with 500", async () => {
    test = await TestEngine.start();
    test.engine.on("headers", (headers) => {
      headers["X-Broken"] = "a\r\nInjected: yes";
    });
    const response = await test.fetch(POLLING);
    expect(response.status).toBe(500);
    expect(response.raw.toString()).not.toContain("Injected");
    expect(test.reported).toEqual([expect.objectContaining({ code: "ERR_INVALID_CHAR" })]);
  });

  it("are reported, and an upgrade is refused", async () => {
    test = await TestEngine.start();
    test.engine.on("headers", (headers) => {
      headers["X-Broken \n"] = "a";
    });
    const socket = test.connect(WEBSOCKET);
    expect(await socket.head()).toMatch(/^HTTP\/1\.1 500 /);
    await socket.rest();
    expect(test.reported).toEqual([expect.objectContaining({ code: "ERR_INVALID_HTTP_TOKEN" })]);
    expect(test.engine.clientsCount).toBe(0);
  });

  it("are left out when the cookie option makes one", async () => {
    test = await TestEngine.start({ cookie: { encode: fail("encode") as never } });
    const response = await test.fetch(POLLING);
    expect(response.status).toBe(200);
    expect(response.headers.join()).not.toMatch(/set-cookie/i);
    expect(test.reported.map(String)).toEqual(["Error: encode"]);
  });
});

describe("compression options that zlib does not know", () => {
  it("leave answers as they are", async () => {
    test = await TestEngine.start({ httpCompression: { threshold: 0, level: 99 } });
    const response = await test.fetch(POLLING, { headers: ["Accept-Encoding: gzip"] });
    expect(response.status).toBe(200);
    expect(response.body.toString()).toMatch(/^0\{"sid"/);
  });
});

describe("allowRequest and generateId that never answer", () => {
  it.each([
    ["allowRequest", "polling"],
    ["allowRequest", "websocket"],
    ["generateId", "polling"],
    ["generateId", "websocket"],
  ])("%s: nothing is kept of a %s client that leaves meanwhile", async (hook, transport) => {
    let asked = 0;
    let answer: () => void = () => {};
    test = await TestEngine.start(
      hook === "allowRequest"
        ? {
            allowRequest: (_request, done) => {
              asked += 1;
              answer = () => done(null, true);
              wake();
            },
          }
        : {},
    );
    let wake: () => void = () => {};
    const isAsked = new Promise<void>((resolve) => {
      wake = resolve;
    });
    if (hook === "generateId") {
      test.engine.generateId = () =>
        new Promise<string>((resolve) => {
          asked += 1;
          answer = () => resolve("late");
          wake();
        });
    }
    const isGone = new Promise<void>((resolve) => {
      test.http.once("connection", (socket) => socket.once("close", () => resolve()));
    });
    const client = request({
      port: portOf(test.http),
      path: `/engine.io/${transport === "polling" ? POLLING : WEBSOCKET}`,
      headers:
        transport === "polling"
          ? {}
          : {
              Connection: "Upgrade",
              Upgrade: "websocket",
              "Sec-WebSocket-Version": "13",
              "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            },
    });
    client.on("error", () => {});
    client.end();
    await isAsked;
    client.destroy();
    await isGone;
    answer();
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toBe(1);
    expect(test.engine.clientsCount).toBe(0);
    expect(test.sessions).toEqual([]);
    expect(test.reported).toEqual([]);
  });

  it("refuses an id that is in use, and leaves its session alone", async () => {
    test = await TestEngine.start();
    test.engine.generateId = () => "same";
    expect((await test.fetch(POLLING)).status).toBe(200);
    expect((await test.fetch(POLLING)).status).toBe(400);
    const socket = test.connect(WEBSOCKET);
    expect(await socket.head()).toMatch(/^HTTP\/1\.1 400 /);
    expect(test.engine.clientsCount).toBe(1);
    expect(test.session.readyState).toBe("open");
  });
});
