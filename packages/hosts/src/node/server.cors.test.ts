// EIO §17. The option semantics are those of the `cors` package; here stands where its headers appear.

import { afterEach, describe, expect, it } from "vitest";
import { SID, TestEngine } from "./testing/test-engine.ts";

const HANDSHAKE = "?EIO=4&transport=polling";
const ORIGIN = "Origin: https://app.test";

let test: TestEngine;
afterEach(() => test.close());

const corsOf = (headers: readonly string[]) => headers.filter((line) => /^(access-control|vary)/i.test(line));

describe("CORS", () => {
  it("CVE-2020-28481: is off by default", async () => {
    test = await TestEngine.start();
    const response = await test.fetch(HANDSHAKE, { headers: [ORIGIN] });
    expect(corsOf(response.headers)).toEqual([]);
    const preflight = await test.fetch(HANDSHAKE, { method: "OPTIONS", headers: [ORIGIN] });
    expect([preflight.status, preflight.body.toString()]).toEqual([
      400,
      '{"code":2,"message":"Bad handshake method"}',
    ]);
  });

  it("answers the preflight of EIO §57", async () => {
    test = await TestEngine.start({ cors: { origin: "https://app.test", credentials: true } });
    const response = await test.fetch(HANDSHAKE, {
      method: "OPTIONS",
      headers: [ORIGIN, "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x-tenant"],
    });
    expect(response.status).toBe(204);
    expect(response.body).toHaveLength(0);
    expect(response.headers).toEqual(
      expect.arrayContaining([
        "Access-Control-Allow-Origin: https://app.test",
        "Access-Control-Allow-Credentials: true",
        "Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE",
        "Access-Control-Allow-Headers: x-tenant",
        "Content-Length: 0",
      ]),
    );
    expect(response.headers.filter((line) => line.startsWith("Vary")).join()).toMatch(
      /Origin.*Access-Control-Request-Headers/,
    );
  });

  it("is on polls, errors and the 101 (EIO §62.18)", async () => {
    test = await TestEngine.startExample({ cors: { origin: [/\.test$/], credentials: true } });
    const expected = [
      "Access-Control-Allow-Origin: https://app.test",
      "Vary: Origin",
      "Access-Control-Allow-Credentials: true",
    ];
    for (const query of [HANDSHAKE, "?EIO=4&transport=nope", `${HANDSHAKE}&sid=nope`]) {
      expect(corsOf((await test.fetch(query, { headers: [ORIGIN] })).headers)).toEqual(expected);
    }
    const post = await test.fetch(`${HANDSHAKE}&sid=${SID}`, {
      method: "POST",
      body: "4a",
      headers: [ORIGIN],
    });
    expect(corsOf(post.headers)).toEqual(expected);
    const head = await test.connect(`?EIO=4&transport=websocket&sid=${SID}`, [ORIGIN]).head();
    expect(corsOf(head.split("\r\n"))).toEqual(expected);
  });

  it("leaves out the origin that does not match, and still answers", async () => {
    test = await TestEngine.start({ cors: { origin: ["https://other.test"] } });
    const response = await test.fetch(HANDSHAKE, { headers: [ORIGIN] });
    expect(response.status).toBe(200);
    expect(corsOf(response.headers)).toEqual(["Vary: Origin"]);
  });

  it("takes a delegate, and refuses when its origin function fails", async () => {
    test = await TestEngine.start({
      cors: (_req: unknown, done: (error: Error | null, options?: object) => void) =>
        done(null, { origin: (_: unknown, answer: (error: Error) => void) => answer(new Error("no")) }),
    });
    const response = await test.fetch(HANDSHAKE, { headers: [ORIGIN] });
    expect([response.status, response.body.toString()]).toEqual([400, '{"code":3,"message":"Bad request"}']);
  });

  it("CVE-2019-13611: an origin can be refused before a session exists, by WebSocket too", async () => {
    test = await TestEngine.start({
      allowRequest: (req, done) => done(null, req.headers.origin === "https://app.test"),
    });
    const attacker = "Origin: https://evil.test";
    expect((await test.fetch(HANDSHAKE, { headers: [attacker] })).status).toBe(403);
    const refused = await test.connect("?EIO=4&transport=websocket", [attacker]).rest();
    expect(refused.toString()).toContain("400 Bad Request");
    expect(test.sessions).toHaveLength(0);
    const allowed = test.connect("?EIO=4&transport=websocket", [ORIGIN]);
    expect(await allowed.head()).toContain("101");
  });
});
