import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { Middleware } from "./middleware.ts";
import { SID, TestEngine } from "./testing/test-engine.ts";

const HANDSHAKE = "?EIO=4&transport=polling";
const WS = "?EIO=4&transport=websocket";
const BAD_REQUEST = '{"code":3,"message":"Bad request"}';

let test: TestEngine;
afterEach(() => test.close());

async function start(...middlewares: Middleware[]) {
  test = await TestEngine.startExample();
  const errors: unknown[] = [];
  test.engine.on("connection_error", ({ code, context }) => errors.push({ code, context }));
  for (const middleware of middlewares) test.engine.use(middleware);
  return errors;
}

describe("engine middlewares (EIO §21)", () => {
  it("see every request and upgrade, in order, with its query", async () => {
    const log: string[] = [];
    await start(
      (req: IncomingMessage & { _query?: Record<string, string> }, _res, next) => {
        log.push(`${req.method} ${req._query?.transport} ${req._query?.sid ?? "-"}`);
        next();
      },
      (_req, _res, next) => {
        log.push("second");
        setImmediate(next);
      },
    );
    await test.fetch(HANDSHAKE);
    await test.fetch(`${HANDSHAKE}&sid=${SID}`, { method: "POST", body: "4a" });
    await test.connect(`${WS}&sid=${SID}`).head();
    expect(log).toEqual([
      "GET polling -",
      "second",
      `POST polling ${SID}`,
      "second",
      `GET websocket ${SID}`,
      "second",
    ]);
    expect(test.messages).toEqual(["a"]);
  });

  const failing: [string, Middleware][] = [
    ["next(error)", (_req, _res, next) => next(new Error("no"))],
    [
      "a throw",
      () => {
        throw new Error("no");
      },
    ],
    ["a rejection", () => Promise.reject(new Error("no"))],
    ["a rejection without a reason", () => Promise.reject(undefined)],
  ];
  it.each(failing)("refuse by %s, requests and upgrades alike", async (_, middleware) => {
    const errors = await start(middleware);
    const response = await test.fetch(HANDSHAKE);
    expect([response.status, response.body.toString()]).toEqual([400, BAD_REQUEST]);
    expect((await test.connect(WS).rest()).toString()).toContain("400 Bad Request");
    expect(errors).toEqual(Array(2).fill({ code: 3, context: { name: "MIDDLEWARE_FAILURE" } }));
    expect(test.sessions).toHaveLength(0);
  });

  it("count their first answer only (EIO §0.3)", async () => {
    await start((_req, _res, next) => {
      next();
      next();
      next(new Error("late"));
    });
    expect((await test.fetch(HANDSHAKE)).status).toBe(200);
    expect(test.sessions).toHaveLength(1);
  });

  it("may throw after they have let the request on", async () => {
    await start((_req, _res, next) => {
      next();
      throw new Error("late");
    });
    expect((await test.fetch(HANDSHAKE)).status).toBe(200);
  });

  it("may answer themselves", async () => {
    await start((_req, res) => {
      res.writeHead(418);
      res.end("teapot");
    });
    const response = await test.fetch(HANDSHAKE);
    expect([response.status, response.body.toString()]).toEqual([418, "teapot"]);
    const socket = test.connect(WS);
    expect((await socket.rest()).length).toBe(0);
  });

  it("that began to answer and then fail: the response is just ended (EIO §0.3)", async () => {
    await start((_req, res, next) => {
      res.writeHead(200);
      res.write("part");
      next(new Error("no"));
    });
    const response = await test.fetch(HANDSHAKE);
    expect([response.status, response.body.toString()]).toEqual([200, "part"]);
  });

  it("add headers to every response, the 101 and the errors too", async () => {
    await start((_req, res, next) => {
      res.setHeader("X-Served-By", "one");
      res.setHeader("Set-Cookie", ["a=1", "b=2"]);
      next();
    });
    for (const query of [HANDSHAKE, "?EIO=4&transport=nope"]) {
      expect((await test.fetch(query)).headers).toEqual(
        expect.arrayContaining(["X-Served-By: one", "Set-Cookie: a=1", "Set-Cookie: b=2"]),
      );
    }
    const head = await test.connect(`${WS}&sid=${SID}`).head();
    expect(head).toContain("\r\nX-Served-By: one\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n");
  });

  it("on an upgrade have a response that can be read, and is told before the 101", async () => {
    const log: unknown[] = [];
    await start((_req, res: ServerResponse, next) => {
      res.setHeader("a", "1");
      res.setHeader("b", "2");
      res.removeHeader("b");
      log.push(res.getHeader("A"), res.getHeader("b"), res.write("x"), res.headersSent);
      const writeHead = res.writeHead.bind(res);
      // As middlewares do that set headers at the last moment.
      res.writeHead = (...args: [number]) => {
        res.setHeader("c", "3");
        return writeHead(...args);
      };
      res.on("finish", () => log.push("finish"));
      res.on("close", () => log.push("close"));
      next();
    });
    const head = await test.connect(WS).head();
    expect(head).toContain("\r\na: 1\r\nc: 3\r\n");
    expect(log).toEqual(["1", undefined, true, false, "finish", "close"]);
  });

  it("that never answer leave a peer free to go", async () => {
    await start(() => {});
    const socket = test.connect(WS);
    const request = test.send(HANDSHAKE);
    await new Promise<void>((resolve) => test.http.once("request", () => resolve()));
    socket.socket.resetAndDestroy();
    request.socket.resetAndDestroy();
    await request.response;
    expect(test.sessions).toHaveLength(0);
  });
});
