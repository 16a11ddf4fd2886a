import { gunzipSync, inflateSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { SID, TestEngine } from "./testing/test-engine.ts";

const HANDSHAKE = "?EIO=4&transport=polling";
const POLL = `${HANDSHAKE}&sid=${SID}`;

let test: TestEngine;
afterEach(() => test.close());

async function open(options = {}) {
  test = await TestEngine.startExample(options);
  return test.fetch(HANDSHAKE);
}

describe("bad use of polling (EIO §9.3)", () => {
  it("a second POST while one is in progress: 400, and the first is cut", async () => {
    await open();
    const first = test.send(POLL, { method: "POST", headers: ["Content-Length: 10"] });
    first.socket.write("4a");
    await new Promise<void>((resolve) => test.http.once("request", () => setImmediate(resolve)));
    const second = await test.fetch(POLL, { method: "POST", body: "4b" });
    expect([second.status, second.body.length]).toEqual([400, 0]);
    expect((await first.response).raw.length).toBe(0);
    expect(test.endings).toEqual([
      { reason: "transport error", message: "data request overlap from client" },
    ]);
  });

  it.each(["OPTIONS", "PUT", "DELETE", "PATCH"])("%s with a session: 500, which goes on", async (method) => {
    await open();
    const response = await test.fetch(POLL, { method });
    expect([response.status, response.body.length]).toEqual([500, 0]);
    expect(test.session.readyState).toBe("open");
  });

  it("a GET that the peer aborts", async () => {
    await open();
    const get = test.send(POLL);
    await test.untilPolled();
    get.socket.destroy();
    await test.until(() => test.endings.length === 1);
    expect(test.endings).toEqual([
      { reason: "transport error", message: "poll connection closed prematurely" },
    ]);
  });

  it("a POST that the peer aborts", async () => {
    await open();
    const received = new Promise<void>((resolve) => test.http.once("request", () => setImmediate(resolve)));
    const post = test.send(POLL, { method: "POST", headers: ["Content-Length: 10"] });
    await received;
    post.socket.destroy();
    await test.until(() => test.endings.length === 1);
    expect(test.endings).toEqual([
      { reason: "transport error", message: "data request connection closed prematurely" },
    ]);
  });

  it("CVE-2026-59725: an octet-stream POST of revision 4 gets 400 and ends the session", async () => {
    await open();
    const response = await test.fetch(POLL, {
      method: "POST",
      body: "4a",
      headers: ["Content-Type: application/octet-stream"],
    });
    expect([response.status, response.body.length]).toEqual([400, 0]);
    expect(test.endings).toEqual([{ reason: "transport error", message: "invalid content" }]);
  });
});

describe("bodies (EIO §9.4)", () => {
  it("of the limit pass; one byte more gets 413 and leaves the session", async () => {
    await open({ maxHttpBufferSize: 1000 });
    const post = (length: number) => test.fetch(POLL, { method: "POST", body: `4${"x".repeat(length - 1)}` });
    expect((await post(1000)).body.toString()).toBe("ok");
    const tooLarge = await post(1001);
    expect([tooLarge.status, tooLarge.body.length]).toEqual([413, 0]);
    expect(test.session.readyState).toBe("open");
    expect((await post(10)).body.toString()).toBe("ok");
    expect(test.messages).toHaveLength(2);
  });

  it("are counted as they arrive, without a declared length too", async () => {
    await open({ maxHttpBufferSize: 1000 });
    const post = test.send(POLL, { method: "POST", headers: ["Transfer-Encoding: chunked"] });
    for (let piece = 0; piece < 11; piece++) post.socket.write(`64\r\n${"4".repeat(100)}\r\n`);
    post.socket.write("0\r\n\r\n");
    expect((await post.response).status).toBe(413);
  });

  it("come whole from any pieces", async () => {
    await open();
    const post = test.send(POLL, { method: "POST", headers: ["Transfer-Encoding: chunked"] });
    const body = Buffer.from(`4${"☕naïve".repeat(200)}`);
    for (const byte of body) post.socket.write(Buffer.of(0x31, 13, 10, byte, 13, 10));
    post.socket.write("0\r\n\r\n");
    expect((await post.response).body.toString()).toBe("ok");
    expect(test.messages).toEqual([body.subarray(1).toString()]);
  });

  it("CVE-2020-36048: a body of many packets takes no time", async () => {
    await open();
    const body = Array(300_000).fill("4").join("\x1e");
    const began = performance.now();
    expect((await test.fetch(POLL, { method: "POST", body })).body.toString()).toBe("ok");
    expect(test.messages).toHaveLength(300_000);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

describe("compression of responses (EIO §19.1)", () => {
  const TEXT = "x".repeat(2000);
  async function poll(accept: string, options = {}, compress = true) {
    await open(options);
    test.session.send(TEXT, { compress });
    return test.fetch(POLL, { headers: [`Accept-Encoding: ${accept}`] });
  }

  it.each([
    ["deflate;q=1, gzip;q=0.5", "deflate"],
    ["deflate, gzip", "deflate"],
    ["gzip, deflate", "gzip"],
    ["*", "gzip"],
  ])("goes by what the client weighs most, or else names first: %s", async (accept, coding) => {
    expect((await poll(accept)).headers).toContain(`Content-Encoding: ${coding}`);
  });

  it("is by gzip or deflate", async () => {
    const zipped = await poll("gzip, deflate");
    expect(zipped.headers).toContain("Content-Encoding: gzip");
    expect(gunzipSync(zipped.body).toString()).toBe(`4${TEXT}`);
    expect(zipped.headers).toContain(`Content-Length: ${zipped.body.length}`);
    await test.close();
    const deflated = await poll("deflate");
    expect(deflated.headers).toContain("Content-Encoding: deflate");
    expect(inflateSync(deflated.body).toString()).toBe(`4${TEXT}`);
  });

  it.each(["", "br", "gzip;q=0", "identity"])("is left out for Accept-Encoding %j", async (accept) => {
    const response = await poll(accept);
    expect(response.headers.join()).not.toContain("Content-Encoding");
    expect(response.body.toString()).toBe(`4${TEXT}`);
  });

  it("is left out when turned off, and when no packet allows it", async () => {
    expect((await poll("gzip", { httpCompression: false })).body.toString()).toBe(`4${TEXT}`);
    await test.close();
    expect((await poll("gzip", {}, false)).body.toString()).toBe(`4${TEXT}`);
  });

  it("begins at the threshold, and at nothing without one", async () => {
    for (const [threshold, isCompressed] of [
      [2001, true],
      [2002, false],
      [undefined, true],
    ] as const) {
      const response = await poll("gzip", { httpCompression: threshold ? { threshold } : {} });
      expect(response.headers.includes("Content-Encoding: gzip")).toBe(isCompressed);
      await test.close();
    }
    await open({ httpCompression: {} });
    const post = await test.fetch(POLL, {
      method: "POST",
      body: "4a",
      headers: ["Accept-Encoding: gzip"],
    });
    expect(post.body.toString()).toBe("ok");
  });
});

describe("cookies (EIO §18)", () => {
  const cookieOf = (headers: readonly string[]) => headers.filter((line) => /^set-cookie/i.test(line));

  it("are not set unless asked for", async () => {
    expect(cookieOf((await open()).headers)).toEqual([]);
  });

  it("carry the sid on the polling handshake, and on nothing else", async () => {
    const response = await open({ cookie: true });
    expect(cookieOf(response.headers)).toEqual([`Set-Cookie: io=${SID}; Path=/; HttpOnly; SameSite=Lax`]);
    const post = await test.fetch(POLL, { method: "POST", body: "4a" });
    expect(cookieOf(post.headers)).toEqual([]);
    test.engine.generateId = () => "other";
    const socket = test.connect("?EIO=4&transport=websocket");
    expect(await socket.head()).not.toMatch(/set-cookie/i);
  });

  it("have their attributes in a fixed order", async () => {
    const response = await open({
      cookie: {
        name: "node",
        sameSite: "none",
        priority: "high",
        partitioned: true,
        secure: true,
        expires: new Date(0),
        path: "/a",
        domain: "a.test",
        maxAge: 60,
        encode: (value: string) => value.toLowerCase(),
      },
    });
    expect(cookieOf(response.headers)).toEqual([
      `Set-Cookie: node=${SID.toLowerCase()}; Max-Age=60; Domain=a.test; Path=/a; ` +
        "Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; Partitioned; Priority=High; SameSite=None",
    ]);
  });

  it("leave out a falsy path and sameSite", async () => {
    const response = await open({ cookie: { path: "", sameSite: false, httpOnly: false } });
    expect(cookieOf(response.headers)).toEqual([`Set-Cookie: io=${SID}`]);
  });
});

describe("the request objects (EIO §44)", () => {
  it("show the response while it waits, and keep it no longer", async () => {
    const seen: boolean[] = [];
    await open({
      allowRequest: (req: object, done: (message: null, success: boolean) => void) => {
        seen.push("res" in req && req.res !== undefined);
        done(null, true);
      },
    });
    const kept: object | null = test.session.request;
    expect(seen).toEqual([true]);
    expect(kept && "res" in kept ? kept.res : "none").toBeUndefined();
  });
});
