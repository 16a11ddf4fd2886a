import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RawEngine, startRawEngine } from "../peers/raw-engine.ts";
import type { NodeServerKind } from "../peers/start-server.ts";
import { until, within } from "../wire/deadline.ts";
import { type Answer, connectTcp, type RequestLine, request } from "../wire/http.ts";
import { PollingSession } from "../wire/polling.ts";
import { RawWebSocket } from "../wire/websocket.ts";

const LIMIT = 10_000;

/** A request that must be refused, and how. */
interface Refused {
  readonly title: string;
  readonly cite: string;
  readonly query: string;
  readonly line?: RequestLine;
  readonly status: number;
  readonly body: string;
  readonly code?: number;
  readonly context?: Readonly<Record<string, unknown>>;
}

const UNKNOWN_TRANSPORT = { status: 400, code: 0, body: '{"code":0,"message":"Transport unknown"}' };
const UNKNOWN_SID = { status: 400, code: 1, body: '{"code":1,"message":"Session ID unknown"}' };
const BAD_METHOD = { status: 400, code: 2, body: '{"code":2,"message":"Bad handshake method"}' };
const BAD_REQUEST = { status: 400, code: 3, body: '{"code":3,"message":"Bad request"}' };
const UNSUPPORTED = { status: 400, code: 5, body: '{"code":5,"message":"Unsupported protocol version"}' };

const inheritedNames = ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype"];

const refused: readonly Refused[] = [
  { title: "no query at all", cite: "EIO §57", query: "", ...UNKNOWN_TRANSPORT },
  { title: "an empty transport", cite: "EIO §7.1", query: "EIO=4&transport=", ...UNKNOWN_TRANSPORT },
  {
    title: "a transport nobody knows",
    cite: "EIO §7.1",
    query: "EIO=4&transport=carrier-pigeon",
    ...UNKNOWN_TRANSPORT,
  },
  {
    title: "webtransport over HTTP",
    cite: "EIO §6.2",
    query: "EIO=4&transport=webtransport",
    ...UNKNOWN_TRANSPORT,
  },
  ...inheritedNames.map((name) => ({
    title: `the transport ${name}`,
    cite: "EIO §62.10",
    query: `EIO=4&transport=${name}`,
    context: { transport: name },
    ...UNKNOWN_TRANSPORT,
  })),
  {
    title: "an unknown sid",
    cite: "EIO §57",
    query: "EIO=4&transport=polling&sid=nope",
    context: { sid: "nope" },
    ...UNKNOWN_SID,
  },
  ...inheritedNames.map((name) => ({
    title: `the sid ${name}`,
    cite: "EIO §62.10",
    query: `EIO=4&transport=polling&sid=${name}`,
    context: { sid: name },
    ...UNKNOWN_SID,
  })),
  {
    title: "a sid of 4,000 characters",
    cite: "EIO §7.1",
    query: `EIO=4&transport=polling&sid=${"x".repeat(4_000)}`,
    ...UNKNOWN_SID,
  },
  ...["POST", "PUT", "DELETE", "PATCH", "OPTIONS"].map((method) => ({
    title: `a handshake by ${method}`,
    cite: "EIO §7.1, §9.3",
    query: "EIO=4&transport=polling",
    line: { method },
    context: { method },
    ...BAD_METHOD,
  })),
  {
    title: "websocket without an upgrade",
    cite: "EIO §57",
    query: "EIO=4&transport=websocket",
    context: { name: "TRANSPORT_HANDSHAKE_ERROR" },
    ...BAD_REQUEST,
  },
  {
    title: "revision 3",
    cite: "EIO §57",
    query: "EIO=3&transport=polling",
    context: { protocol: 3 },
    ...UNSUPPORTED,
  },
  { title: "no revision", cite: "EIO §62.9", query: "transport=polling", ...UNSUPPORTED },
  { title: "revision 5", cite: "EIO §6.2", query: "EIO=5&transport=polling", ...UNSUPPORTED },
  { title: "revision 04", cite: "EIO §6.2", query: "EIO=04&transport=polling", ...UNSUPPORTED },
];

/** Requests that look odd and are fine. */
const accepted: readonly { readonly title: string; readonly cite: string; readonly query: string }[] = [
  { title: "an empty sid", cite: "EIO §6.2", query: "EIO=4&transport=polling&sid=" },
  {
    title: "a repeated transport, the last one known",
    cite: "EIO §6.2",
    query: "EIO=4&transport=no&transport=polling",
  },
  {
    title: "a parameter named __proto__",
    cite: "SEC §1.1",
    query: "__proto__=1&constructor=2&EIO=4&transport=polling",
  },
  { title: "a broken percent escape", cite: "SEC §1.4", query: "x=%zz&y=%&EIO=4&transport=polling" },
  { title: "an escape that is no UTF-8", cite: "SEC §1.4", query: "x=%ff%fe&EIO=4&transport=polling" },
  { title: "empty parameters", cite: "SEC §1.4", query: "&&=&=x&y&EIO=4&transport=polling&&" },
];

/** Bad requests before there is a session (EIO §7), and after each the server goes on. */
export function hostileHandshakes(kind: NodeServerKind): void {
  describe(`bad handshakes to ${kind}`, () => {
    let engine: RawEngine;
    beforeAll(async () => {
      engine = await startRawEngine(kind);
    });
    afterEach(() => expectAlive(engine));
    afterAll(() => engine.close());

    it.each(refused)("refuses $title ($cite)", async ({ query, line, status, body, code, context }) => {
      const before = engine.errors.length;
      const answer = await request(`${engine.endpoint}?${query}`, line);
      expect([answer.status, answer.text]).toEqual([status, body]);
      expect(answer.headers["content-type"]).toBe("application/json");
      // EIO §7.4: told once.
      const [error, ...more] = engine.errors.slice(before);
      expect(error?.code).toBe(code);
      expect(more).toEqual([]);
      if (context !== undefined) expect(error?.context).toMatchObject(context);
    });

    it.each(accepted)("accepts $title ($cite)", async ({ query }) => {
      const answer = await request(`${engine.endpoint}?${query}`);
      expect([answer.status, answer.text.slice(0, 8)]).toEqual([200, '0{"sid":']);
    });

    it("answers HEAD without a body (EIO §7.1)", async () => {
      const answer = await request(`${engine.endpoint}?EIO=4&transport=polling`, { method: "HEAD" });
      expect([answer.status, answer.text]).toEqual([400, ""]);
    });

    it("sends no CORS header unless it was asked to (EIO §17, CVE-2020-28481)", async () => {
      const headers = { Origin: "https://evil.test" };
      const answer = await request(`${engine.endpoint}?EIO=4&transport=polling`, { headers });
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    });

    it("does not answer for a path that is not its own (EIO §6.1)", async () => {
      const connection = await connectTcp(engine.url);
      connection.write("GET /socket.i HTTP/1.1\r\nHost: x\r\n\r\n");
      // No listener takes it: the connection is left to the program, and nothing is written.
      await expectAlive(engine);
      expect(connection.received().length).toBe(0);
      connection.reset();
    });

    it.each([
      ["a line that is no request", "PUT THE KETTLE ON\r\n\r\n"],
      ["binary garbage", Buffer.from(Array.from({ length: 512 }, (_, n) => (n * 73) & 0xff))],
      [
        "a head of 100 KB",
        `GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nX: ${"y".repeat(100_000)}\r\n\r\n`,
      ],
      ["two thousand headers", `GET /socket.io/ HTTP/1.1\r\n${"a: b\r\n".repeat(2_000)}\r\n`],
      ["a null byte in the path", "GET /socket.io/\0?EIO=4 HTTP/1.1\r\nHost: x\r\n\r\n"],
      ["a header name with a space", "GET /socket.io/?EIO=4 HTTP/1.1\r\nHo st: x\r\n\r\n"],
      [
        "a negative length",
        "POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
      ],
      [
        "two lengths",
        "POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      ],
      [
        "an absolute target",
        "GET http://evil.test/socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      ],
    ])("survives %s (SEC §6)", async (_, bytes) => {
      const connection = await connectTcp(engine.url);
      connection.write(bytes);
      await Promise.race([
        connection.closed,
        until(() => connection.received().length > 0, "an answer", 300),
      ]).catch(() => {});
      connection.reset();
    });

    it("survives a head that never ends (SEC §6)", async () => {
      const connection = await connectTcp(engine.url);
      connection.write("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      await expectAlive(engine);
      connection.reset();
    });

    it("survives a flood of handshakes (SEC §6)", async () => {
      const url = `${engine.endpoint}?EIO=4&transport=polling`;
      const answers = await Promise.all(Array.from({ length: 200 }, () => request(url)));
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(200);
    });
  });
}

/** Bad requests on an open session (EIO §9.3, §22). */
export function hostilePolling(kind: NodeServerKind): void {
  describe(`bad requests on a session of ${kind}`, () => {
    let engine: RawEngine;
    beforeAll(async () => {
      engine = await startRawEngine(kind, { maxHttpBufferSize: LIMIT, allowEIO3: true });
    });
    afterEach(() => expectAlive(engine));
    afterAll(() => engine.close());

    it.each(["PUT", "DELETE", "PATCH", "OPTIONS"])(
      "answers %s with 500 and leaves the session alone (EIO §9.3)",
      async (method) => {
        const polling = await PollingSession.open(engine.endpoint);
        const answer = await request(polling.url, { method });
        expect([answer.status, answer.text]).toEqual([500, ""]);
        expect(await polling.isAlive()).toBe(true);
      },
    );

    it("refuses a second poll, releases the first and closes (EIO §9.3)", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const { closed } = engine.latest();
      const first = polling.beginGet();
      await polling.isAlive();
      const second = await polling.get();
      expect([second.status, second.text]).toEqual([400, ""]);
      expect([(await first.answer).status, (await first.answer).text]).toEqual([200, "1"]);
      expect(await reasonOf(closed)).toEqual(["transport error", "overlap from client"]);
    });

    it("refuses a second POST, cuts the first and closes (EIO §9.3)", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const { closed } = engine.latest();
      const first = await slowPost(polling, "4hal", 10);
      await polling.isAlive();
      const second = await polling.post("4whole");
      expect([second.status, second.text]).toEqual([400, ""]);
      await within(first.closed, "end of the first POST");
      expect(await reasonOf(closed)).toEqual(["transport error", "data request overlap from client"]);
    });

    it("closes when a waiting poll is aborted (EIO §9.3)", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const { closed } = engine.latest();
      const poll = polling.beginGet();
      await polling.isAlive();
      poll.abort();
      expect(await reasonOf(closed)).toEqual(["transport error", "poll connection closed prematurely"]);
    });

    it("closes when a POST is aborted before its end (EIO §9.3)", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const { closed } = engine.latest();
      const post = await slowPost(polling, "4hal", 10);
      await polling.isAlive();
      post.reset();
      expect(await reasonOf(closed)).toEqual([
        "transport error",
        "data request connection closed prematurely",
      ]);
    });

    it("takes a body of exactly the limit (EIO §9.4)", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const answer = await polling.post(`4${"x".repeat(LIMIT - 1)}`);
      expect([answer.status, answer.text]).toEqual([200, "ok"]);
      expect(engine.latest().messages).toEqual(["x".repeat(LIMIT - 1)]);
    });

    it("refuses a body one byte over the limit and leaves the session open (EIO §9.3, §9.4)", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const answer = await polling.post(`4${"x".repeat(LIMIT)}`);
      expect([answer.status, answer.text]).toEqual([413, ""]);
      expect(engine.latest().messages).toEqual([]);
      expect(await polling.isAlive()).toBe(true);
      expect((await polling.post("4small")).text).toBe("ok");
    });

    it("refuses a body over the limit that does not tell its length (EIO §9.4)", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const headers = { "Transfer-Encoding": "chunked" };
      const connection = await connectTcp(polling.url);
      const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      connection.write(`POST ${pathOf(polling)} HTTP/1.1\r\nHost: x\r\n${head.join("")}\r\n`);
      const chunk = `1000\r\n${"x".repeat(4_096)}\r\n`;
      connection.write(chunk.repeat(4));
      await until(() => connection.received().length > 0, "answer");
      expect(connection.received().toString()).toMatch(/^HTTP\/1.1 413 /);
      connection.reset();
    });

    it("refuses octets on revision 4 and closes (EIO §9.3, CVE-2026-59725)", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const { closed } = engine.latest();
      const answer = await polling.post(Buffer.from([4, 0xca, 0xfe]), {
        "Content-Type": "application/octet-stream",
      });
      expect([answer.status, answer.text]).toEqual([400, ""]);
      expect(await reasonOf(closed)).toEqual(["transport error", "invalid content"]);
    });

    it("refuses a request that changes the revision (EIO §7.1, CVE-2026-102599)", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const answer = await request(polling.url.replace("EIO=4", "EIO=3"));
      expectBody(answer, BAD_REQUEST);
      expect(engine.errors.at(-1)?.context).toMatchObject({ name: "PROTOCOL_MISMATCH" });
      expect(await polling.isAlive()).toBe(true);
    });

    it("refuses polling on a session of WebSocket (EIO §7.1)", async () => {
      const websocket = await RawWebSocket.open(engine.url, "/socket.io/?EIO=4&transport=websocket");
      const sid = /"sid":"([^"]+)"/.exec((await websocket.nextText()) ?? "")?.[1];
      const answer = await request(`${engine.endpoint}?EIO=4&transport=polling&sid=${sid}`);
      expectBody(answer, BAD_REQUEST);
      expect(engine.errors.at(-1)?.context).toMatchObject({
        name: "TRANSPORT_MISMATCH",
        transport: "polling",
        previousTransport: "websocket",
      });
    });

    it.each(malformedPosts)("closes on $title, and still answers ok ($cite)", async (row) => {
      const polling = await PollingSession.open(engine.endpoint);
      const { closed, messages } = engine.latest();
      const poll = polling.beginGet();
      await polling.isAlive();
      const answer = await polling.post(row.body);
      expect([answer.status, answer.text]).toEqual([200, "ok"]);
      expect((await poll.answer).text).toBe("1");
      expect((await reasonOf(closed))[0]).toBe(row.reason);
      expect(messages).toEqual(row.delivered ?? []);
      expectBody(await polling.get(), UNKNOWN_SID);
    });

    it.each(harmlessPosts)("ignores $title ($cite)", async ({ body, delivered = [] }) => {
      const polling = await PollingSession.open(engine.endpoint);
      expect((await polling.post(body)).text).toBe("ok");
      expect(engine.latest().messages).toEqual(delivered);
      expect(await polling.isAlive()).toBe(true);
    });

    // EIO §54
    it.each([
      { title: "an empty body", body: "", delivered: [] },
      { title: "a body without a length", body: "abc", delivered: [] },
      { title: "a body that is too short", body: "5:4a", delivered: [] },
      { title: "a packet of no known type", body: "1:z", delivered: [] },
      { title: "trailing characters", body: "2:4a3", delivered: ["a"] },
    ])("closes a session of revision 3 on $title (EIO §54)", async ({ body, delivered }) => {
      const polling = await PollingSession.open(engine.endpoint, "EIO=3");
      const { closed, messages } = engine.latest();
      const poll = polling.beginGet();
      await polling.isAlive();
      const answer = await polling.post(body);
      expect([answer.status, answer.text]).toEqual([200, "ok"]);
      expect((await poll.answer).text).toBe("1:1");
      expect((await reasonOf(closed))[0]).toBe("parse error");
      expect(messages).toEqual(delivered);
    });

    it.each([
      {
        title: "a length of 400 digits",
        body: Buffer.concat([Buffer.from([0]), Buffer.alloc(400, 9), Buffer.from([255])]),
      },
      { title: "a length longer than the body", body: Buffer.from([1, 9, 9, 255, 4, 1]) },
      { title: "no end of the length", body: Buffer.from([1, 1, 1, 1]) },
      { title: "an unknown kind", body: Buffer.from([7, 1, 255, 4]) },
    ])("survives octets of revision 3 with $title (EIO §5.3)", async ({ body }) => {
      const polling = await PollingSession.open(engine.endpoint, "EIO=3");
      const answer = await polling.post(body, { "Content-Type": "application/octet-stream" });
      expect([200, 400]).toContain(answer.status);
    });

    it("decodes a body of ten thousand tiny packets in no more than a moment (CVE-2020-36048)", async () => {
      const polling = await PollingSession.open(engine.endpoint);
      const body = Array.from({ length: 3_333 }, () => "4a").join("\u001e");
      const began = performance.now();
      expect((await polling.post(body)).text).toBe("ok");
      expect(engine.latest().messages.length).toBe(3_333);
      expect(performance.now() - began).toBeLessThan(5_000);
    });
  });
}

interface MalformedPost {
  readonly title: string;
  readonly cite: string;
  readonly body: string;
  readonly reason?: string;
  readonly delivered?: readonly unknown[];
}

const malformedPosts: readonly MalformedPost[] = [
  { title: "an empty body", cite: "EIO §22", body: "", reason: "parse error" },
  { title: "an unknown type", cite: "EIO §22", body: "7", reason: "parse error" },
  { title: "a letter", cite: "EIO §22", body: "xyz", reason: "parse error" },
  {
    title: "garbage between messages",
    cite: "EIO §50",
    body: "4a\u001exyz\u001e4b",
    reason: "parse error",
    delivered: ["a"],
  },
  {
    title: "an empty packet at the end",
    cite: "EIO §4",
    body: "4a\u001e",
    reason: "parse error",
    delivered: ["a"],
  },
  { title: "only separators", cite: "EIO §4", body: "\u001e\u001e", reason: "parse error" },
  { title: "a ping", cite: "EIO §22", body: "2", reason: "transport error" },
  { title: "a ping that says probe", cite: "EIO §12.1", body: "2probe", reason: "transport error" },
];

const harmlessPosts: readonly MalformedPost[] = [
  { title: "an open packet", cite: "EIO §22", body: "0" },
  { title: "an open packet with data", cite: "EIO §22", body: '0{"sid":"x"}' },
  { title: "an upgrade packet", cite: "EIO §22", body: "5" },
  { title: "a noop", cite: "EIO §22", body: "6" },
  { title: "an unsolicited pong", cite: "EIO §12.1", body: "3" },
  { title: "a message without data", cite: "EIO §22", body: "4", delivered: [undefined] },
  { title: "base64 that is none", cite: "EIO §22", body: "b!!!!", delivered: [Buffer.alloc(0)] },
  { title: "an empty binary message", cite: "EIO §22", body: "b", delivered: [Buffer.alloc(0)] },
];

async function expectAlive(engine: RawEngine): Promise<void> {
  const { opening } = await PollingSession.open(engine.endpoint);
  expect(opening.status).toBe(200);
}

function expectBody(
  answer: Answer,
  { status, body }: { readonly status: number; readonly body: string },
): void {
  expect([answer.status, answer.text]).toEqual([status, body]);
}

async function reasonOf(
  closed: Promise<{ readonly reason: string; readonly description: unknown }>,
): Promise<[string, unknown]> {
  const { reason, description } = await within(closed, "close of the session");
  return [reason, description instanceof Error ? description.message : description];
}

/** A POST of which only the beginning is sent. */
async function slowPost(
  polling: PollingSession,
  beginning: string,
  length: number,
): ReturnType<typeof connectTcp> {
  const connection = await connectTcp(polling.url);
  const head = `POST ${pathOf(polling)} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`;
  connection.write(head + beginning);
  return connection;
}

function pathOf(polling: PollingSession): string {
  const { pathname, search } = new URL(polling.url);
  return pathname + search;
}
