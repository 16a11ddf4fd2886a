// The published engine.io-client as a peer, as a black box (EIO §0.2).

import { Socket, type SocketOptions } from "engine.io-client";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import type { EngineServerOptions } from "./server.ts";
import { FlakyProxy } from "./testing/flaky-proxy.ts";
import { TestEngine } from "./testing/test-engine.ts";

let test: TestEngine;
const clients: Socket[] = [];
const proxies: FlakyProxy[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const proxy of proxies.splice(0)) proxy.close();
  await test.close();
});

async function start(options: EngineServerOptions = {}) {
  test = await TestEngine.start(options);
}
function connect(options: Partial<SocketOptions>, port = test.port): Socket {
  const client = new Socket(`ws://127.0.0.1:${port}`, options);
  clients.push(client);
  return client;
}
function event<T = unknown>(client: Socket, name: string): Promise<T[]> {
  return new Promise((resolve) =>
    client.once(name as "message", (...args: unknown[]) => resolve(args as T[])),
  );
}

const MODES: [string, Partial<SocketOptions>][] = [
  ["polling", { transports: ["polling"] }],
  ["websocket", { transports: ["websocket"] }],
  ["polling, then websocket", { transports: ["polling", "websocket"] }],
];

describe.each(MODES)("engine.io-client by %s", (_, options) => {
  it("exchanges text and binary, in order", async () => {
    await start();
    const sent = [
      "hello",
      "naïve ☕ 😀",
      Uint8Array.of(1, 2, 3),
      new Uint8Array(0),
      new Uint8Array(70_000).fill(7),
      "x".repeat(70_000),
    ];
    test.engine.on("connection", (session) => session.on("message", (data) => session.send(data)));
    const client = connect(options);
    const received: unknown[] = [];
    await new Promise<void>((resolve) => {
      client.on("message", (data) => {
        received.push(data);
        if (received.length === sent.length) resolve();
      });
      for (const data of sent) client.send(data as string);
    });
    expect(received).toEqual(sent.map((data) => (typeof data === "string" ? data : Buffer.from(data))));
  });

  it("is closed by either side", async () => {
    await start();
    const first = connect(options);
    await event(first, "open");
    first.close();
    await test.until(() => test.endings.length === 1);
    expect(test.endings[0]?.reason).toBe("transport close");
    const second = connect(options);
    await event(second, "open");
    const closed = event(second, "close");
    test.session.close();
    expect((await closed)[0]).toBe("transport close");
    await test.until(() => test.endings.length === 2);
    expect(test.endings[1]?.reason).toBe("forced close");
    expect(test.engine.clientsCount).toBe(0);
  });

  it("receives what was sent before the server closed", async () => {
    await start();
    test.engine.on("connection", (session) => {
      session.on("message", () => {
        for (let count = 0; count < 100; count++) session.send(`bye ${count}`);
        session.close();
      });
    });
    const client = connect({ ...options, upgrade: false });
    const received: unknown[] = [];
    client.on("message", (data) => received.push(data));
    await event(client, "open");
    client.send("end");
    await event(client, "close");
    expect(received).toEqual(Array.from({ length: 100 }, (_, count) => `bye ${count}`));
  });

  it("beats for as long as it lives", async () => {
    await start({ pingInterval: 20, pingTimeout: 5000 });
    const client = connect(options);
    let pings = 0;
    await new Promise<void>((resolve) => {
      client.on("ping", () => {
        if (++pings === 10) resolve();
      });
    });
    expect(test.endings).toEqual([]);
  });

  it("is found dead behind a network that forwards no more, and finds the server dead", async () => {
    await start({ pingInterval: 100, pingTimeout: 800 });
    const proxy = await FlakyProxy.start(test.port);
    proxies.push(proxy);
    const client = connect(options, proxy.port);
    await event(client, "ping");
    const closed = event(client, "close");
    proxy.stall();
    await test.until(() => test.endings.length === 1);
    expect(test.endings).toEqual([{ reason: "ping timeout", message: undefined }]);
    expect((await closed)[0]).toBe("ping timeout");
  });

  it("is refused with what the server says", async () => {
    await start({ allowRequest: (_req, done) => done("no", false) });
    const client = connect(options);
    const [error] = await event<Error>(client, "error");
    expect(error).toBeInstanceOf(Error);
    expect(test.sessions).toHaveLength(0);
  });
});

describe("engine.io-client and upgrades", () => {
  it("moves under traffic without loss or reordering, 10,000 messages each way", async () => {
    await start();
    const COUNT = 10_000;
    let serverSent = 0;
    const tick = (session: TestEngine["session"]) => {
      for (let count = 0; count < 100 && serverSent < COUNT; count++) session.send(String(serverSent++));
      if (serverSent < COUNT) setImmediate(() => tick(session));
    };
    test.engine.on("connection", tick);
    const client = connect({});
    const received: string[] = [];
    client.on("message", (data: unknown) => received.push(String(data)));
    const upgraded = event(client, "upgrade");
    await event(client, "open");
    let clientSent = 0;
    const tock = () => {
      for (let count = 0; count < 100 && clientSent < COUNT; count++) client.send(String(clientSent++));
      if (clientSent < COUNT) setImmediate(tock);
    };
    tock();
    await upgraded;
    await test.until(() => test.messages.length === COUNT);
    while (received.length < COUNT) await event(client, "message");
    const expected = Array.from({ length: COUNT }, (_, count) => String(count));
    expect(test.messages).toEqual(expected);
    expect(received).toEqual(expected);
    expect(test.session.transport.name).toBe("websocket");
  });

  it("keeps its session when the WebSocket cannot be had", async () => {
    await start({ upgradeTimeout: 100 });
    test.http.removeAllListeners("upgrade");
    test.http.on("upgrade", (_req, socket) => socket.destroy());
    test.engine.on("connection", (session) => session.on("message", (data) => session.send(data)));
    const client = connect({});
    await event(client, "upgradeError");
    client.send("still here");
    expect((await event(client, "message"))[0]).toBe("still here");
    expect(test.session.transport.name).toBe("polling");
  });

  it("closes in the middle of one", async () => {
    await start();
    const client = connect({});
    await event(client, "upgrading");
    const closed = event(client, "close");
    test.session.send("last");
    test.session.close();
    const [message] = await event(client, "message");
    expect(message).toBe("last");
    expect((await closed)[0]).toBe("transport close");
    await test.until(() => test.endings.length === 1);
    expect(test.endings[0]?.reason).toBe("forced close");
  });
});

describe("engine.io-client and compression", () => {
  it("negotiates permessage-deflate", async () => {
    await start({ perMessageDeflate: { threshold: 10 } });
    test.engine.on("connection", (session) => session.on("message", (data) => session.send(data)));
    const client = connect({ transports: ["websocket"], perMessageDeflate: { threshold: 10 } });
    await event(client, "open");
    const text = "compressible ".repeat(1000);
    client.send(text);
    expect((await event(client, "message"))[0]).toBe(text);
  });
});

describe("the `ws` package as wsEngine (EIO §41)", () => {
  it("carries sessions as our own endpoint does", async () => {
    await start({ wsEngine: WebSocketServer });
    test.engine.use((_req, res, next) => {
      res.setHeader("x-by", "ws");
      next();
    });
    test.engine.on("connection", (session) => session.on("message", (data) => session.send(data)));
    const client = connect({});
    await event(client, "upgrade");
    client.send("text");
    expect((await event(client, "message"))[0]).toBe("text");
    client.send(Uint8Array.of(1, 2) as unknown as string);
    expect((await event(client, "message"))[0]).toEqual(Buffer.of(1, 2));
    const closed = event(client, "close");
    test.session.send("bye");
    test.session.close();
    expect((await event(client, "message"))[0]).toBe("bye");
    await closed;
    const raw = test.connect("?EIO=4&transport=websocket");
    expect(await raw.head()).toContain("x-by: ws");
    expect(String(await raw.next())).toMatch(/^0\{/);
    raw.send("z");
    expect(await raw.next()).toBe("close");
    expect(test.endings.at(-1)?.reason).toBe("parse error");
  });
});
