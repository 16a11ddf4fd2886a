import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { Engine } from "./engine.ts";
import type { EngineOptions } from "./options.ts";
import type { Session } from "./session.ts";
import { type FakeRequest, RecordingExchange } from "./testing/recording-exchange.ts";
import { RecordingUpgrade } from "./testing/recording-link.ts";
import { createTestRuntime } from "./testing/test-runtime.ts";

function start(options: EngineOptions<FakeRequest> = {}) {
  const clock = new ManualClock();
  const engine = new Engine<FakeRequest>(createTestRuntime(clock), options);
  const sessions: Session<FakeRequest>[] = [];
  engine.on("connection", (session) => sessions.push(session));
  const request = (method: string, query: object, headers: Record<string, string> = {}) => {
    const exchange = new RecordingExchange(method, { EIO: "4", transport: "polling", ...query }, headers);
    engine.onExchange(exchange);
    return exchange;
  };
  const upgrade = (query: object = {}) => {
    const attempt = new RecordingUpgrade({ EIO: "4", transport: "websocket", ...query });
    engine.onUpgrade(attempt);
    clock.settle();
    return attempt;
  };
  return { clock, engine, sessions, request, upgrade };
}
const ID = "AAECAwQFBgcICQoLDA0O";

describe("Engine: handshake (EIO §8)", () => {
  it("answers a first poll with open, and registers the session", () => {
    const { engine, sessions, request } = start();
    const get = request("GET", {});
    expect(get.body).toBe(
      `0{"sid":"${ID}","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`,
    );
    expect(get.replies).toHaveLength(1);
    expect(engine.clientsCount).toBe(1);
    expect(engine.clients[ID]).toBe(sessions[0]);
    expect(sessions[0]?.request).toBe(get.request);
    expect(sessions[0]?.remoteAddress).toBe("192.0.2.1");
  });

  it("holds back what connection handlers send until the next poll (EIO §62.41)", () => {
    const { clock, engine, request } = start({ initialPacket: "welcome" });
    engine.on("connection", (session) => session.send("first"));
    const body = String(request("GET", {}).body);
    expect(body.endsWith("\x1e4welcome")).toBe(true);
    clock.settle();
    expect(request("GET", { sid: ID }).body).toBe("4first");
  });

  it("opens by WebSocket: open first, then what handlers sent, in one write", () => {
    const { engine, upgrade } = start();
    engine.on("connection", (session) => session.send("first"));
    const { link, accepted } = upgrade();
    expect(accepted).toEqual({});
    expect(link.batches).toHaveLength(1);
    expect(link.batches[0]?.[0]).toContain('"upgrades":[]');
    expect(link.batches[0]?.[1]).toBe("4first");
  });

  it("offers the enabled upgrades in a fixed order, or none (EIO §8)", () => {
    const { engine } = start({ transports: ["webtransport", "websocket", "polling"] });
    expect(engine.upgrades("polling")).toEqual(["websocket", "webtransport"]);
    expect(engine.upgrades("websocket")).toEqual([]);
    expect(start({ allowUpgrades: false }).engine.upgrades("polling")).toEqual([]);
    // To a program it tells what is possible, to clients what is enabled.
    const { engine: plain, request } = start();
    expect(plain.upgrades("polling")).toEqual(["websocket", "webtransport"]);
    expect(request("GET", {}).body).toContain('"upgrades":["websocket"]');
  });

  it("shows no session before its id is there, and makes none for a peer that left (EIO §62.42)", async () => {
    const { clock, engine, request } = start();
    engine.generateId = () => Promise.resolve("late");
    const [stays, leaves] = [request("GET", {}), request("GET", {})];
    leaves.isGone = true;
    expect(engine.clientsCount).toBe(0);
    await Promise.resolve();
    clock.settle();
    expect(Object.keys(engine.clients)).toEqual(["late"]);
    expect(stays.status).toBe(200);
    expect(leaves.replies).toEqual([]);
  });

  it("sets the cookie on the first polling response only (EIO §18)", () => {
    const { request, upgrade } = start({ cookie: true });
    expect(request("GET", {}).replies[0]?.headers["Set-Cookie"]).toBe(`io=${ID}; Path=/`);
    const post = request("POST", { sid: ID });
    post.finishBody("4a");
    expect(post.replies[0]?.headers).not.toHaveProperty("Set-Cookie");
    expect(upgrade().accepted).toEqual({});
  });

  it("takes options that change for later sessions", () => {
    const { engine, request } = start();
    engine.opts.pingInterval = 50;
    expect(request("GET", {}).body).toContain('"pingInterval":50');
  });
});

describe("Engine: header events (EIO §21)", () => {
  it("come before each successful response of a session, initial_headers on the first", () => {
    const { engine, request, upgrade } = start();
    const log: string[] = [];
    engine.on("initial_headers", (headers, { name }) => {
      headers["x-first"] = "1";
      log.push(`initial ${name}`);
    });
    engine.on("headers", (headers, { name }) => {
      headers["x-each"] = "1";
      log.push(name);
    });
    expect(request("GET", {}).replies[0]?.headers).toMatchObject({ "x-first": "1", "x-each": "1" });
    const post = request("POST", { sid: ID });
    post.finishBody("4a");
    expect(post.replies[0]?.headers).toMatchObject({ "x-each": "1" });
    expect(upgrade().accepted).toEqual({ "x-first": "1", "x-each": "1" });
    expect(upgrade({ sid: ID }).accepted).toEqual({ "x-each": "1" });
    request("GET", { transport: "nope" });
    expect(log).toEqual(["initial GET", "GET", "POST", "initial upgrade", "upgrade", "upgrade"]);
  });
});

describe("Engine: refusals (EIO §7)", () => {
  it("are reported once, before the reply, with the table's text", () => {
    const { engine, request } = start({ allowRequest: (_, done) => done("over quota", false) });
    const errors: unknown[] = [];
    engine.on("connection_error", (error) => errors.push(error));
    const get = request("GET", {});
    expect(get.replies).toMatchObject([{ status: 403, body: '{"code":4,"message":"over quota"}' }]);
    expect(errors).toEqual([
      { req: get.request, code: 4, message: "Forbidden", context: { message: "over quota" } },
    ]);
  });

  it("of an upgrade are 400 before switching, for every code (EIO §7.3)", () => {
    const { upgrade } = start({ allowRequest: (_, done) => done(null, false) });
    const attempt = upgrade();
    expect(attempt.refusals).toMatchObject([{ status: 400, message: "Forbidden" }]);
    expect(attempt.accepted).toBeUndefined();
    expect(upgrade({ sid: "nope" }).refusals).toMatchObject([{ message: "Session ID unknown" }]);
    expect(start().upgrade({ EIO: "3" }).refusals).toMatchObject([
      { message: "Unsupported protocol version" },
    ]);
  });

  it("run allowRequest for handshakes only", () => {
    let calls = 0;
    const { request } = start({
      allowRequest: (_, done) => {
        calls++;
        done(null, true);
      },
    });
    request("GET", {});
    request("GET", { sid: ID });
    expect(calls).toBe(1);
  });

  it("null an origin that no header may carry (EIO §7.1.4)", () => {
    const { request } = start();
    const get = request("GET", {}, { origin: "http://a\x7f" });
    expect(get.status).toBe(400);
    expect(get.header("origin")).toBeUndefined();
  });

  it("of a limit are 503 with Retry-After (SEC §2)", () => {
    const { clock, sessions, request, upgrade } = start({ limits: { handshake: 2, perAddress: 1 } });
    expect(request("GET", {}).status).toBe(200);
    expect(request("GET", {}).replies[0]).toMatchObject({ status: 503, headers: { "Retry-After": 1 } });
    expect(upgrade().refusals).toMatchObject([{ status: 503, headers: { "Retry-After": 1 } }]);
    clock.advance(1000);
    sessions[0]?.close(true);
    expect(request("GET", {}).status).toBe(200);
  });

  it("refuse an id that is in use", () => {
    const { engine, request } = start();
    engine.generateId = () => 1;
    expect(request("GET", {}).status).toBe(200);
    expect(request("GET", {}).body).toBe('{"code":3,"message":"Bad request"}');
    expect(engine.clientsCount).toBe(1);
  });
});

describe("Engine: sessions", () => {
  it("leave when they close, and their id is unknown afterwards", () => {
    const { engine, sessions, request } = start();
    request("GET", {});
    request("GET", { sid: ID });
    sessions[0]?.close();
    expect(engine.clientsCount).toBe(0);
    expect(request("GET", { sid: ID }).body).toBe('{"code":1,"message":"Session ID unknown"}');
  });

  it("count while they close (EIO §62.36)", () => {
    const { engine, sessions, request } = start();
    request("GET", {});
    sessions[0]?.close();
    expect(sessions[0]?.readyState).toBe("closing");
    expect(engine.clientsCount).toBe(1);
    expect(request("GET", { sid: ID }).body).toBe("6\x1e1");
    expect(engine.clientsCount).toBe(0);
  });

  it("are closed by close, discarding what is queued (EIO §14.5)", () => {
    const { clock, engine, sessions, request, upgrade } = start();
    request("GET", {});
    const poll = request("GET", { sid: ID });
    const { link } = upgrade();
    for (const session of sessions) session.send("lost");
    expect(engine.close()).toBe(engine);
    clock.settle();
    expect(poll.body).toBe("1");
    expect(link.endings).toEqual(["close"]);
    expect(engine.clientsCount).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it("move to a WebSocket, and refuse polls afterwards (EIO §52)", () => {
    const { clock, sessions, request, upgrade } = start();
    request("GET", {});
    const g1 = request("GET", { sid: ID });
    const { link } = upgrade({ sid: ID });
    expect(link.batches).toEqual([]);
    link.sink?.onText("2probe");
    clock.advance(100);
    expect(link.batches).toEqual([["3probe"]]);
    expect(g1.body).toBe("6");
    sessions[0]?.send("late");
    link.sink?.onText("5");
    clock.settle();
    expect(link.batches).toEqual([["3probe"], ["4late"]]);
    expect(request("GET", { sid: ID }).body).toBe('{"code":3,"message":"Bad request"}');
    expect(upgrade({ sid: ID }).link.endings).toEqual(["close"]);
    link.sink?.onText("4up");
    expect(sessions[0]?.upgraded).toBe(true);
  });

  it("tell the engine's listeners of flush and drain", () => {
    const { clock, engine, sessions, upgrade } = start();
    upgrade();
    const log: unknown[] = [];
    engine.on("flush", (session, packets) => log.push([session.id, packets.length]));
    engine.on("drain", (session) => log.push(session.id));
    sessions[0]?.send("a");
    clock.settle();
    expect(log).toEqual([[ID, 1], ID]);
  });

  it("are not made of an upgrade to polling, which is accepted and closed (EIO §7.3)", () => {
    const { engine, upgrade } = start();
    const { link, accepted } = upgrade({ transport: "polling" });
    expect(accepted).toEqual({});
    expect(link.endings).toEqual(["close"]);
    link.sink?.onText("2probe");
    link.sink?.onClose(1005, "");
    expect(engine.clientsCount).toBe(0);
  });

  it("leave nothing behind after 10,000 opens and closes (SEC §6)", () => {
    const { clock, engine, sessions, request, upgrade } = start();
    for (let count = 0; count < 5000; count++) {
      request("GET", {});
      upgrade().link.sink?.onClose(1006, "");
      sessions.at(-2)?.close(true);
    }
    clock.settle();
    expect(engine.clientsCount).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("Engine: limits (SEC §2)", () => {
  it("counts the sessions of an address again once the program has let the handshake in", () => {
    const answers: (() => void)[] = [];
    const { engine, request } = start({
      limits: { perAddress: 1 },
      allowRequest: (_, done) => answers.push(() => done(null, true)),
    });
    const exchanges = [request("GET", {}), request("GET", {})];
    for (const answer of answers) answer();
    expect(exchanges.map(({ status }) => status)).toEqual([200, 503]);
    expect(engine.clientsCount).toBe(1);
  });
});
