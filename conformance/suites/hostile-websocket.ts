import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RawEngine, startRawEngine } from "../peers/raw-engine.ts";
import type { NodeServerKind } from "../peers/start-server.ts";
import { until, within } from "../wire/deadline.ts";
import { connectTcp } from "../wire/http.ts";
import { PollingSession } from "../wire/polling.ts";
import { BINARY, CLOSE, frame, PING, PONG, RawWebSocket, TEXT, upgradeRequest } from "../wire/websocket.ts";

const LIMIT = 10_000;
const PATH = "/socket.io/?EIO=4&transport=websocket";

/** Frames that a server must not accept. */
interface BadFrames {
  readonly title: string;
  readonly cite: string;
  readonly frames: readonly Uint8Array[];
  /** The close codes that are right. */
  readonly codes: readonly number[];
  readonly reason?: string;
  /** True for what only this project's endpoint refuses. */
  readonly isOurs?: boolean;
}

const close = (payload: Uint8Array): Uint8Array => frame(CLOSE, payload);
const closeCode = (code: number): Uint8Array => close(Buffer.from([code >> 8, code & 0xff]));

const badFrames: readonly BadFrames[] = [
  {
    title: "an unmasked frame",
    cite: "SEC §5",
    frames: [frame(TEXT, "4a", { isMasked: false })],
    codes: [1002],
  },
  ...[1, 2, 4, 7].map((reserved) => ({
    title: `reserved bits ${reserved}`,
    cite: "SEC §5",
    frames: [frame(TEXT, "4a", { reserved })],
    codes: [1002],
  })),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => ({
    title: `opcode ${opcode}`,
    cite: "SEC §5",
    frames: [frame(opcode, "4a")],
    codes: [1002],
  })),
  { title: "a continuation of nothing", cite: "SEC §5", frames: [frame(0, "4a")], codes: [1002] },
  {
    title: "a message within a message",
    cite: "SEC §5",
    frames: [frame(TEXT, "4a", { isFinal: false }), frame(TEXT, "4b")],
    codes: [1002],
  },
  {
    title: "a ping in fragments",
    cite: "SEC §5",
    frames: [frame(PING, "x", { isFinal: false })],
    codes: [1002],
  },
  { title: "a ping of 126 bytes", cite: "SEC §2", frames: [frame(PING, "x".repeat(126))], codes: [1002] },
  { title: "a close of one byte", cite: "SEC §5", frames: [close(Buffer.from([3]))], codes: [1002] },
  ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000].map((code) => ({
    title: `the close code ${code}`,
    cite: "SEC §5",
    frames: [closeCode(code)],
    codes: [1002],
  })),
  {
    title: "a close reason that is no UTF-8",
    cite: "SEC §5",
    frames: [close(Buffer.from([3, 232, 0xff, 0xfe]))],
    codes: [1007],
  },
  {
    title: "text that is no UTF-8",
    cite: "EIO §10.4",
    frames: [frame(TEXT, Buffer.from([0x34, 0xff]))],
    codes: [1007],
  },
  {
    title: "text cut within a character",
    cite: "EIO §10.4",
    frames: [frame(TEXT, Buffer.from([0x34, 0xe2, 0x98]))],
    codes: [1007],
  },
  {
    title: "a surrogate in UTF-8",
    cite: "EIO §10.4",
    frames: [frame(TEXT, Buffer.from([0x34, 0xed, 0xa0, 0x80]))],
    codes: [1007],
  },
  {
    title: "a message one byte over the limit",
    cite: "EIO §51",
    frames: [frame(TEXT, `4${"x".repeat(LIMIT)}`)],
    codes: [1009],
  },
  {
    title: "fragments that pass the limit together",
    cite: "EIO §10.4",
    frames: [frame(BINARY, Buffer.alloc(LIMIT), { isFinal: false }), frame(0, "x")],
    codes: [1009],
  },
  {
    title: "an announced length of 2^40",
    cite: "EIO §10.4",
    frames: [frame(BINARY, "", { announced: 1n << 40n })],
    codes: [1009],
  },
  {
    title: "an announced length with the top bit",
    cite: "SEC §5",
    frames: [frame(BINARY, "", { announced: 1n << 63n })],
    codes: [1002, 1009],
  },
  {
    title: "a length in more bytes than it needs",
    cite: "SEC §5",
    frames: [frame(TEXT, "4a", { lengthForm: 3 })],
    codes: [1002],
    isOurs: true,
  },
  {
    title: "a length of 126 in nine bytes",
    cite: "SEC §5",
    frames: [frame(TEXT, `4${"a".repeat(125)}`, { lengthForm: 9 })],
    codes: [1002],
    isOurs: true,
  },
  {
    title: "1,025 fragments",
    cite: "SEC §2",
    frames: [
      frame(TEXT, "4", { isFinal: false }),
      ...Array.from({ length: 1_023 }, () => frame(0, "x", { isFinal: false })),
      frame(0, "x"),
    ],
    codes: [1008],
    isOurs: true,
  },
];

/** Engine packets that close a session of WebSocket (EIO §22). */
const badPackets: readonly { title: string; data: string | Uint8Array; reason: string }[] = [
  { title: "an unknown type", data: "x", reason: "parse error" },
  { title: "the type 7", data: "7", reason: "parse error" },
  { title: "an empty frame", data: "", reason: "parse error" },
  { title: "a ping", data: "2", reason: "transport error" },
  { title: "a probe", data: "2probe", reason: "transport error" },
];

const harmlessPackets: readonly {
  title: string;
  data: string | Uint8Array;
  delivered: readonly unknown[];
}[] = [
  { title: "a close packet", data: "1", delivered: [] },
  { title: "an open packet", data: "0", delivered: [] },
  { title: "an upgrade packet", data: "5", delivered: [] },
  { title: "a noop", data: "6", delivered: [] },
  { title: "an unsolicited pong", data: "3", delivered: [] },
  { title: "a message without data", data: "4", delivered: [undefined] },
  { title: "base64 that nobody asked for", data: "byv4A", delivered: [Buffer.from("cafe00", "hex")] },
  { title: "an empty binary frame", data: Buffer.alloc(0), delivered: [Buffer.alloc(0)] },
];

/** Handshakes of WebSocket that are refused with the raw answer of EIO §7.3. */
const refusedUpgrades: readonly { title: string; path: string; message: string; code: number }[] = [
  { title: "an unknown sid", path: `${PATH}&sid=nope`, message: "Session ID unknown", code: 1 },
  { title: "the sid __proto__", path: `${PATH}&sid=__proto__`, message: "Session ID unknown", code: 1 },
  { title: "the sid constructor", path: `${PATH}&sid=constructor`, message: "Session ID unknown", code: 1 },
  { title: "no transport", path: "/socket.io/?EIO=4", message: "Transport unknown", code: 0 },
  // CVE-2023-31125
  {
    title: "a transport nobody knows",
    path: "/socket.io/?EIO=4&transport=tractor",
    message: "Transport unknown",
    code: 0,
  },
  {
    title: "the transport __proto__",
    path: "/socket.io/?EIO=4&transport=__proto__",
    message: "Transport unknown",
    code: 0,
  },
  {
    title: "webtransport",
    path: "/socket.io/?EIO=4&transport=webtransport",
    message: "Transport unknown",
    code: 0,
  },
];

/** Bad WebSocket handshakes, frames and packets, and after each the server goes on. */
export function hostileWebSockets(kind: NodeServerKind): void {
  describe(`bad upgrades to ${kind}`, () => {
    const stage = setEngine(kind, { allowRequest: refuseGuests });

    it.each(refusedUpgrades)(
      "refuses $title with the raw answer (EIO §7.3)",
      async ({ path, message, code }) => {
        const before = stage.engine.errors.length;
        const answer = await rawAnswer(stage.engine.url, upgradeRequest(path));
        expect(answer).toBe(
          `HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-type: text/html\r\nContent-Length: ${message.length}\r\n\r\n${message}`,
        );
        expect(stage.engine.errors.slice(before).map((error) => error.code)).toEqual([code]);
      },
    );

    it("refuses what allowRequest refuses, with 400 and its message (EIO §7.3, CVE-2019-13611)", async () => {
      const evil = upgradeRequest(PATH, { Origin: "https://evil.test" });
      expect(await rawAnswer(stage.engine.url, evil)).toMatch(
        /^HTTP\/1.1 400 Bad Request\r\n[\s\S]*\r\n\r\nno guests$/,
      );
    });

    it("lets no client of revision 3 in where it is off (EIO §7.3)", async () => {
      const websocket = await RawWebSocket.open(stage.engine.url, "/socket.io/?EIO=3&transport=websocket");
      // Upstream notices after the 101; noticing before it is as good.
      if (websocket.isSwitched) await expectNoSession(websocket);
      else expect(websocket.head).toMatch(/^HTTP\/1.1 400 /);
    });

    it.each([
      ["no key", { "Sec-WebSocket-Key": undefined }],
      ["a short key", { "Sec-WebSocket-Key": "short" }],
      ["version 12", { "Sec-WebSocket-Version": "12" }],
      ["no version", { "Sec-WebSocket-Version": undefined }],
      ["a subprotocol that is none", { "Sec-WebSocket-Protocol": "a,,b" }],
      [
        "an extension that is none",
        { "Sec-WebSocket-Extensions": "permessage-deflate; server_max_window_bits=x" },
      ],
      ["extensions to choke on", { "Sec-WebSocket-Extensions": `${"a;".repeat(4_000)}` }],
    ])("survives a handshake with %s (SEC §5, GHSA-5v72-xg48-5rpm)", async (_, headers) => {
      const answer = await rawAnswer(stage.engine.url, upgradeRequest(PATH, headers), 500);
      expect(answer).toMatch(/^HTTP\/1.1 (4\d\d|101) /);
    });

    it("takes a handshake whose tokens are in any case and company (SEC §5)", async () => {
      const websocket = await RawWebSocket.open(stage.engine.url, PATH, {
        Connection: "keep-alive, uPGRADE",
        Upgrade: "WebSocket",
      });
      expect(websocket.isSwitched).toBe(true);
      expect(await websocket.nextText()).toMatch(/^0\{/);
    });

    it("survives a reset in the midst of the handshake (CVE-2022-41940)", async () => {
      for (let round = 0; round < 10; round += 1) {
        const connection = await connectTcp(stage.engine.url);
        connection.write(upgradeRequest(round % 2 === 0 ? PATH : `${PATH}&sid=nope`));
        connection.reset();
      }
    });

    it("switches and closes an upgrade whose transport is polling (EIO §7.3)", async () => {
      const websocket = await RawWebSocket.open(stage.engine.url, "/socket.io/?EIO=4&transport=polling");
      if (websocket.isSwitched) expect([1005, 1006]).toContain(await websocket.closeCode());
      else expect(websocket.head).toMatch(/^HTTP\/1.1 400 /);
    });

    it("ends an upgrade that nobody takes, after a while (EIO §40)", async () => {
      const connection = await connectTcp(stage.engine.url);
      connection.write(upgradeRequest("/elsewhere"));
      await within(connection.closed, "end of the connection", 5_000);
    });
  });

  describe(`bad frames to ${kind}`, () => {
    const stage = setEngine(kind, { maxHttpBufferSize: LIMIT });
    const rows = badFrames.filter(({ isOurs }) => !isOurs || kind === "tautline");

    it.each(rows)("closes on $title ($cite)", async ({ frames, codes }) => {
      const { websocket, closed } = await openSession(stage.engine);
      websocket.send(Buffer.concat(frames));
      expect(codes).toContain(await websocket.closeCode());
      expect((await within(closed, "close")).reason).toMatch(/^transport (error|close)$/);
    });

    it("takes a message of exactly the limit (EIO §16)", async () => {
      const { websocket, messages } = await openSession(stage.engine);
      websocket.sendText(`4${"x".repeat(LIMIT - 1)}`);
      websocket.sendBinary(Buffer.alloc(LIMIT));
      await until(() => messages.length === 2, "two messages");
      expect(messages).toEqual(["x".repeat(LIMIT - 1), Buffer.alloc(LIMIT)]);
    });

    it("takes a message in fragments with a ping between them (SEC §5)", async () => {
      const { websocket, messages } = await openSession(stage.engine);
      websocket.send(frame(TEXT, "4na\u00ef".slice(0, 3), { isFinal: false }));
      websocket.send(frame(PING, "are you there"));
      websocket.send(frame(0, "ïve", { isFinal: true }));
      const pong = await websocket.nextFrame();
      expect([pong?.opcode, pong?.payload.toString()]).toEqual([PONG, "are you there"]);
      await until(() => messages.length === 1, "the message");
      expect(messages).toEqual(["naïve"]);
    });

    it("takes a message split at every byte (SEC §5)", async () => {
      const bytes = Buffer.concat([
        frame(TEXT, "4☕"),
        frame(BINARY, Buffer.alloc(130, 7)),
        frame(TEXT, "4end"),
      ]);
      for (let at = 1; at < bytes.length; at += 7) {
        const { websocket, messages } = await openSession(stage.engine);
        websocket.send(bytes.subarray(0, at));
        await within(stage.breathe(), "answer");
        websocket.send(bytes.subarray(at));
        await until(() => messages.length === 3, `three messages, split at ${at}`);
        expect(messages).toEqual(["☕", Buffer.alloc(130, 7), "end"]);
        websocket.reset();
      }
    });

    it("answers a flood of pings without falling over (ws 8.23.0)", async () => {
      const { websocket } = await openSession(stage.engine);
      websocket.send(Buffer.concat(Array.from({ length: 5_000 }, () => frame(PING, "x".repeat(100)))));
      websocket.reset();
    });

    it("notices a reset as the close of the transport (EIO §15)", async () => {
      const { websocket, closed } = await openSession(stage.engine);
      websocket.reset();
      expect((await within(closed, "close")).reason).toMatch(/^transport (close|error)$/);
    });

    it.each([1000, 1001, 1003, 1007, 1011, 3000, 4999])(
      "answers the close code %i (SEC §5)",
      async (code) => {
        const { websocket, closed } = await openSession(stage.engine);
        websocket.send(closeCode(code));
        expect(await websocket.closeCode()).toBe(code);
        expect((await within(closed, "close")).reason).toBe("transport close");
      },
    );

    it.each(badPackets)("closes without a code on $title (EIO §22, §51)", async ({ data, reason }) => {
      const { websocket, closed } = await openSession(stage.engine);
      websocket.send(frame(TEXT, data));
      expect(await websocket.closeCode()).toBe(1005);
      expect((await within(closed, "close")).reason).toBe(reason);
    });

    it.each(harmlessPackets)("lives with $title (EIO §22)", async ({ data, delivered }) => {
      const { websocket, messages } = await openSession(stage.engine);
      websocket.send(frame(typeof data === "string" ? TEXT : BINARY, data));
      websocket.sendText("4end");
      await until(() => messages.at(-1) === "end", "the message that follows");
      expect(messages).toEqual([...delivered, "end"]);
    });
  });

  describe(`bad upgrades of a session of ${kind}`, () => {
    const stage = setEngine(kind, { upgradeTimeout: 200 });

    it.each([
      ["a message instead of a probe", frame(TEXT, "4a")],
      ["a probe that says something else", frame(TEXT, "2prove")],
      ["garbage", frame(TEXT, "x")],
      ["binary", frame(BINARY, "abc")],
      ["a broken frame", frame(3, "abc")],
      ["a close", frame(CLOSE)],
    ])("abandons the upgrade on %s, and the session goes on (EIO §13.2)", async (_, bytes) => {
      const polling = await PollingSession.open(stage.engine.endpoint);
      const { session } = stage.engine.latest();
      const websocket = await RawWebSocket.open(stage.engine.url, `${PATH}&sid=${polling.sid}`);
      websocket.send(bytes);
      await websocket.closeCode();
      session.send("still polling");
      expect((await polling.get()).text).toBe("4still polling");
      await expectUpgrade(stage.engine, polling);
    });

    it("abandons an upgrade that never comes, and the session goes on (EIO §13.2)", async () => {
      const polling = await PollingSession.open(stage.engine.endpoint);
      const websocket = await RawWebSocket.open(stage.engine.url, `${PATH}&sid=${polling.sid}`);
      expect([1005, 1006]).toContain(await websocket.closeCode());
      expect(await polling.isAlive()).toBe(true);
      await expectUpgrade(stage.engine, polling);
    });

    it("accepts a second upgrade only to close it (EIO §10.5)", async () => {
      const polling = await PollingSession.open(stage.engine.endpoint);
      const first = await RawWebSocket.open(stage.engine.url, `${PATH}&sid=${polling.sid}`);
      const second = await RawWebSocket.open(stage.engine.url, `${PATH}&sid=${polling.sid}`);
      expect(second.isSwitched).toBe(true);
      expect([1005, 1006]).toContain(await second.closeCode());
      first.sendText("2probe");
      expect(await first.nextText()).toBe("3probe");
      first.sendText("5");
      const third = await RawWebSocket.open(stage.engine.url, `${PATH}&sid=${polling.sid}`);
      expect([1005, 1006]).toContain(await third.closeCode());
      stage.engine.latest().session.send("on the first");
      expect(await first.nextText()).toBe("4on the first");
    });

    it("refuses an upgrade that changes the revision (CVE-2026-102599)", async () => {
      const polling = await PollingSession.open(stage.engine.endpoint);
      const path = `/socket.io/?EIO=3&transport=websocket&sid=${polling.sid}`;
      expect(await rawAnswer(stage.engine.url, upgradeRequest(path))).toMatch(
        /^HTTP\/1.1 400 [\s\S]*\r\n\r\nBad request$/,
      );
      expect(await polling.isAlive()).toBe(true);
    });

    it("closes the candidate with the session (EIO §13.2)", async () => {
      const polling = await PollingSession.open(stage.engine.endpoint);
      const websocket = await RawWebSocket.open(stage.engine.url, `${PATH}&sid=${polling.sid}`);
      expect((await polling.post("1")).text).toBe("ok");
      expect([1005, 1006]).toContain(await websocket.closeCode());
    });
  });
}

interface EngineStage {
  readonly engine: RawEngine;
  /** Resolves once the server has handled what had arrived. */
  breathe(): Promise<unknown>;
}

function setEngine(kind: NodeServerKind, options: Record<string, unknown>): EngineStage {
  let engine: RawEngine | undefined;
  const current = (): RawEngine => {
    if (engine === undefined) throw new Error("the engine was not started");
    return engine;
  };
  beforeAll(async () => {
    engine = await startRawEngine(kind, options);
  });
  afterEach(async () => {
    await PollingSession.open(current().endpoint);
  });
  afterAll(() => engine?.close());
  return {
    get engine() {
      return current();
    },
    breathe: () => PollingSession.open(current().endpoint).then(() => undefined),
  };
}

async function openSession(engine: RawEngine): Promise<{
  websocket: RawWebSocket;
  messages: readonly unknown[];
  closed: Promise<{ readonly reason: string }>;
}> {
  const known = engine.sessions.length;
  const websocket = await RawWebSocket.open(engine.url, PATH);
  await websocket.nextFrame();
  const own = engine.sessions[known];
  if (own === undefined) throw new Error("no session was opened");
  return { websocket, messages: own.messages, closed: own.closed };
}

async function expectUpgrade(engine: RawEngine, polling: PollingSession): Promise<void> {
  const websocket = await RawWebSocket.open(engine.url, `${PATH}&sid=${polling.sid}`);
  websocket.sendText("2probe");
  expect(await websocket.nextText()).toBe("3probe");
}

async function expectNoSession(websocket: RawWebSocket): Promise<void> {
  await until(() => websocket.rest.length > 0, "what follows the 101").catch(() => {});
  expect(websocket.rest.toString("latin1")).not.toContain('"sid"');
}

function refuseGuests(
  request: { headers: { origin?: string } },
  decide: (message: string | null, isAllowed: boolean) => void,
): void {
  if (request.headers.origin === undefined) decide(null, true);
  else decide("no guests", false);
}

/** All that the server writes in answer to `head`, up to its end or to the deadline. */
async function rawAnswer(url: string, head: string, deadlineMs?: number): Promise<string> {
  const connection = await connectTcp(url);
  connection.write(head);
  await within(connection.closed, "end of the answer", deadlineMs).catch(() => {});
  const text = connection.received().toString("latin1");
  connection.reset();
  return text;
}
