// An engine on an app that writes down what it is told: requests, bodies, answers and upgrades.

import { afterEach, describe, expect, it } from "vitest";
import { EngineServer, type EngineServerOptions } from "../node/server.ts";
import { attachToApp, isSslApp, type UwsOptions } from "./attach-app.ts";
import {
  FakeRequest,
  type FakeRequestParts,
  RecordingApp,
  RecordingResponder,
  RecordingSSLApp,
} from "./testing/recording-app.ts";

const engines: EngineServer[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});

function start(options: EngineServerOptions = {}, attachOptions: UwsOptions = {}) {
  const errors: unknown[] = [];
  const app = new RecordingApp();
  const engine = new EngineServer({ onError: (error) => errors.push(error), ...options });
  engines.push(engine);
  attachToApp(app, engine, attachOptions);
  const ask = (parts: FakeRequestParts = {}, capacityBytes = Number.POSITIVE_INFINITY) => {
    const res = new RecordingResponder();
    res.capacityBytes = capacityBytes;
    app.routes.get("any /engine.io/")?.(res, new FakeRequest({ query: "EIO=4&transport=polling", ...parts }));
    return res;
  };
  const upgrade = (parts: FakeRequestParts = {}) => {
    const behavior = app.behaviors.get("/engine.io/");
    const res = new RecordingResponder(behavior);
    behavior?.upgrade(res, new FakeRequest({ query: "EIO=4&transport=websocket", ...parts }), {});
    return res;
  };
  return { app, ask, engine, errors, upgrade };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const sidOf = (res: RecordingResponder): string => JSON.parse(res.body.slice(1)).sid;

describe("an engine on an app of µWebSockets.js: routes", () => {
  it("takes its path alone, with the limits of the engine (server.md §2.4)", () => {
    const { app } = start({ maxHttpBufferSize: 7 });
    expect([...app.routes.keys()]).toEqual(["any /engine.io/"]);
    expect(app.behaviors.get("/engine.io/")).toMatchObject({
      compression: 0,
      idleTimeout: 120,
      maxBackpressure: 1024 * 1024,
      maxPayloadLength: 7,
    });
    const other = start({}, { path: "/x", addTrailingSlash: false, maxBackpressure: 1 });
    expect(other.app.behaviors.get("/x")?.maxBackpressure).toBe(64 * 1024);
    expect(start({ transports: ["polling"] }).app.behaviors.size).toBe(0);
  });

  it("knows an app that speaks TLS", () => {
    expect(isSslApp(new RecordingSSLApp())).toBe(true);
    expect(isSslApp(new RecordingApp())).toBe(false);
  });
});

describe("an engine on an app of µWebSockets.js: polling", () => {
  it("opens a session; lengths are left to µWebSockets.js", () => {
    const { ask, engine } = start();
    const res = ask({
      headers: [
        ["x-a", "1"],
        ["x-a", "2"],
        ["cookie", "a=1"],
        ["cookie", "b=2"],
      ],
    });
    expect(res.status).toBe("200 OK");
    expect(res.headers.map(([name]) => name.toLowerCase())).not.toContain("content-length");
    const session = engine.clients[sidOf(res)];
    expect(session?.remoteAddress).toBe("192.0.2.1");
    expect(session?.request).toMatchObject({
      method: "GET",
      url: "/engine.io/?EIO=4&transport=polling",
      headers: { "x-a": "1, 2", cookie: "a=1; b=2" },
    });
  });

  it("collects a body from its pieces", () => {
    const { ask, engine } = start();
    const received: unknown[] = [];
    engine.on("connection", (session) => session.on("data", (data) => received.push(data)));
    const query = `EIO=4&transport=polling&sid=${sidOf(ask())}`;
    const res = ask({ method: "post", query });
    res.receive("4he", false);
    res.receive("llo", true);
    expect(received).toEqual(["hello"]);
    expect(res.body).toBe("ok");
  });

  it("refuses a body over the limit at once, and ignores the rest", () => {
    const { ask } = start({ maxHttpBufferSize: 4 });
    const query = `EIO=4&transport=polling&sid=${sidOf(ask())}`;
    const res = ask({ method: "post", query });
    res.receive("4abc", false);
    res.receive("d", false);
    res.receive("e", true);
    expect(res.status).toBe("413 Payload Too Large");
  });

  it("closes the session of a poll that is aborted", () => {
    const { ask, engine } = start();
    const reasons: unknown[] = [];
    engine.on("connection", (session) => session.on("close", (reason) => reasons.push(reason)));
    const query = `EIO=4&transport=polling&sid=${sidOf(ask())}`;
    ask({ query }).abort();
    expect(reasons).toEqual(["transport error"]);
  });

  it("sends a long answer as fast as the peer reads it", async () => {
    const { ask, engine } = start({ httpCompression: false });
    const sid = sidOf(ask());
    engine.clients[sid]?.send("x".repeat(24));
    await turn();
    const res = ask({ query: `EIO=4&transport=polling&sid=${sid}` }, 10);
    expect([res.ending, res.body.length, engine.clients[sid]?.bufferedBytes]).toEqual(["none", 10, 25]);
    res.read();
    expect([res.ending, engine.clients[sid]?.bufferedBytes]).toEqual(["none", 15]);
    res.read();
    expect(res.ending).toBe("ended");
    expect(res.body).toBe(`4${"x".repeat(24)}`);
    expect(engine.clients[sid]?.bufferedBytes).toBe(0);
  });

  it("lets middlewares wait, though the body comes meanwhile", async () => {
    const { ask, engine } = start();
    const sid = sidOf(ask());
    const waiting: (() => void)[] = [];
    engine.use((_req, res, next) => {
      res.setHeader("X-Passed", "yes");
      waiting.push(() => next());
    });
    const res = ask({ method: "post", query: `EIO=4&transport=polling&sid=${sid}` });
    res.receive("4hello", true);
    expect(res.ending).toBe("none");
    waiting[0]?.();
    await turn();
    expect(res.body).toBe("ok");
    expect(res.headers).toContainEqual(["x-passed", "yes"]);
  });

  it("SEC §1.5: sends no header with a line break", () => {
    const { ask, engine, errors } = start();
    engine.on("headers", (headers) => {
      headers["x-split"] = "a\r\nx-injected: b";
    });
    const res = ask();
    expect(res.status).toBe("500 Internal Server Error");
    expect(res.headers).toEqual([]);
    expect(errors).toHaveLength(1);
  });

  it("closes the connection of a client that comes after the engine has closed, with middlewares too", async () => {
    for (const cors of [undefined, { origin: "*" }]) {
      const { ask, engine } = start(cors ? { cors } : {});
      engine.close();
      const res = ask();
      await turn();
      expect(res.status).toBe("503 Service Unavailable");
      expect(res.closesConnection).toBe(true);
    }
  });
});

describe("an engine on an app of µWebSockets.js: WebSocket", () => {
  it("opens a session, and sends its first packets with the handshake", () => {
    const { engine, upgrade } = start();
    engine.on("connection", (session) => session.send("first"));
    engine.on("initial_headers", (headers) => {
      headers["x-first"] = "1";
    });
    const res = upgrade();
    expect(res.status).toBe("101 Switching Protocols");
    expect(res.headers).toEqual([["x-first", "1"]]);
    expect(res.socket.sent).toEqual([expect.stringMatching(/^0\{/), "4first"]);
    expect(res.socket.corks).toBe(1);
  });

  it("refuses before it switches", () => {
    const { upgrade } = start();
    const res = upgrade({ query: "EIO=3&transport=websocket" });
    expect(res.status).toBe("400 Bad Request");
    expect(res.body).toBe("Unsupported protocol version");
    expect(res.closesConnection).toBe(true);
  });

  it("switches nobody who has left while the program thought", () => {
    const decisions: (() => void)[] = [];
    const { engine, upgrade } = start({
      allowRequest: (_req, callback) => decisions.push(() => callback(null, true)),
    });
    const res = upgrade();
    res.abort();
    decisions[0]?.();
    expect(res.ending).toBe("aborted");
    expect(engine.clientsCount).toBe(0);
  });

  it("answers 500 instead of a header that cannot be sent", () => {
    const { engine, errors, upgrade } = start();
    engine.on("initial_headers", (headers) => {
      headers["x-split"] = "a\nb";
    });
    const res = upgrade();
    expect(res.status).toBe("500 Internal Server Error");
    expect(errors).toHaveLength(1);
    expect(engine.clientsCount).toBe(0);
  });
});
