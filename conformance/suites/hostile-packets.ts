import http from "node:http";
import type { Socket as TcpSocket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { listen } from "../peers/node-server.ts";
import { type NodeServerKind, serverClass } from "../peers/start-server.ts";
import { until } from "../wire/deadline.ts";
import { PollingSession } from "../wire/polling.ts";
import { BINARY, frame, RawWebSocket, TEXT } from "../wire/websocket.ts";

/** What a hostile client sends once it has joined `/`, as engine messages: text without the `4`, or binary. */
interface Violation {
  readonly title: string;
  readonly cite: string;
  readonly chunks: readonly (string | Uint8Array)[];
  /** The error that the sockets are told, for what the decoder refuses. */
  readonly error?: string;
  /** True for what only this project refuses. */
  readonly isOurs?: boolean;
}

const nested = (levels: number): string => `2["x",${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}]`;

const violations: readonly Violation[] = [
  { title: "broken JSON", cite: "SIO §59", chunks: ['2["x"'], error: "invalid payload" },
  { title: "no packet at all", cite: "SIO §35", chunks: [""] },
  { title: "type 7", cite: "SIO §27", chunks: ["7"], error: "unknown packet type 7" },
  { title: "a letter as type", cite: "SIO §27", chunks: ["x"] },
  {
    title: "an event that is an object",
    cite: "SIO §27.1",
    chunks: ['2{"0":"x"}'],
    error: "invalid payload",
  },
  { title: "an event that is text", cite: "SIO §27.1", chunks: ['2"x"'], error: "invalid payload" },
  { title: "an event that is null", cite: "SIO §27.1, §62.54", chunks: ["2null"], error: "invalid payload" },
  {
    title: "an event that is false",
    cite: "SIO §27.1, §62.54",
    chunks: ["2false"],
    error: "invalid payload",
  },
  { title: "an event without a name", cite: "SIO §27.1", chunks: ["2[]"], error: "invalid payload" },
  {
    title: "an object as event name",
    cite: "CVE-2023-32695",
    chunks: ['2[{"toString":"x"}]'],
    error: "invalid payload",
  },
  { title: "null as event name", cite: "CVE-2023-32695", chunks: ["2[null]"], error: "invalid payload" },
  { title: "an array as event name", cite: "CVE-2023-32695", chunks: ['2[["x"]]'], error: "invalid payload" },
  ...["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"].map(
    (name) => ({
      title: `the reserved event ${name}`,
      cite: "SIO §35, §36",
      chunks: [`2["${name}","forged"]`],
      error: "invalid payload",
    }),
  ),
  {
    title: "an acknowledgement that is an object",
    cite: "SIO §27.1",
    chunks: ["30{}"],
    error: "invalid payload",
  },
  { title: "a disconnect with data", cite: "SIO §27.1", chunks: ["1{}"], error: "invalid payload" },
  { title: "a second connect", cite: "SIO §35", chunks: ["0"] },
  { title: "a second connect with auth", cite: "SIO §35", chunks: ['0{"token":"x"}'] },
  { title: "a connect with text", cite: "SIO §27.1", chunks: ['0/orders,"text"'], error: "invalid payload" },
  { title: "a connect with an array", cite: "SIO §27.1", chunks: ["0/orders,[]"], error: "invalid payload" },
  { title: "a connect error", cite: "SIO §35", chunks: ['4{"message":"x"}'] },
  { title: "an event for a namespace not joined", cite: "SIO §35", chunks: ['2/orders,["x"]'] },
  { title: "an acknowledgement for a namespace not joined", cite: "SIO §35", chunks: ["3/orders,0[]"] },
  { title: "a disconnect of a namespace not joined", cite: "SIO §35", chunks: ["1/orders,"] },
  {
    title: "binary out of nowhere",
    cite: "SIO §28.2",
    chunks: [Buffer.from([1])],
    error: "got binary data when not reconstructing a packet",
  },
  {
    title: "text where an attachment is due",
    cite: "SIO §28.2",
    chunks: ['51-["x",{"_placeholder":true,"num":0}]', '2["y"]'],
    error: "got plaintext data when reconstructing a packet",
  },
  {
    title: "a binary event without a count",
    cite: "SIO §27",
    chunks: ['5["x"]'],
    error: "Illegal attachments",
  },
  { title: "a count without a dash", cite: "SIO §27", chunks: ['51["x"]'], error: "Illegal attachments" },
  {
    title: "a count that is no number",
    cite: "SIO §27",
    chunks: ['5one-["x"]'],
    error: "Illegal attachments",
  },
  { title: "a negative count", cite: "SIO §27", chunks: ['5-1-["x"]'], error: "Illegal attachments" },
  { title: "a broken count", cite: "SIO §27", chunks: ['51.5-["x"]'], error: "Illegal attachments" },
  {
    title: "no attachment announced",
    cite: "CVE-2026-69185",
    chunks: ['50-["x"]'],
    error: "Illegal attachments",
  },
  {
    title: "eleven attachments",
    cite: "SIO §59, CVE-2026-33151",
    chunks: ['511-["x"]'],
    error: "too many attachments",
  },
  {
    title: "a billion attachments",
    cite: "CVE-2026-33151",
    chunks: ['5999999999-["x"]'],
    error: "too many attachments",
  },
  ...['"0"', "1", "-1", "1.5", "null", "1e9", '"__proto__"', '"splice"'].map((num) => ({
    title: `the placeholder ${num}`,
    cite: "SIO §28.2, CVE-2022-2421",
    chunks: [`51-["x",{"_placeholder":true,"num":${num}}]`, Buffer.from([1])],
    error: "illegal attachments",
  })),
  { title: "an id that no number holds", cite: "SIO §30", chunks: ["39007199254740993[1]"], isOurs: true },
  {
    title: "513 levels of JSON",
    cite: "SEC §2",
    chunks: [nested(513)],
    isOurs: true,
  },
  { title: "a hundred thousand levels of JSON", cite: "SEC §2", chunks: [nested(100_000)], isOurs: true },
];

/** What looks odd and must do no harm: the server goes on and answers the event that follows. */
const harmless: readonly Violation[] = [
  { title: "an acknowledgement that nobody waits for", cite: "SIO §30", chunks: ["399[1]"] },
  { title: "an acknowledgement with the highest id", cite: "SIO §30", chunks: ["39007199254740991[1]"] },
  { title: "an event without listeners", cite: "SIO §35", chunks: ['2["nobody"]'] },
  { title: "an event named error", cite: "CVE-2024-38355", chunks: ['2["error","boom"]'] },
  { title: "an event named __proto__", cite: "SEC §1.1", chunks: ['2["__proto__",{}]'] },
  { title: "an event named constructor", cite: "SEC §1.1", chunks: ['2["constructor"]'] },
  { title: "an event named hasOwnProperty", cite: "SEC §1.1", chunks: ['20["hasOwnProperty"]'] },
  { title: "a number as event name", cite: "SIO §30", chunks: ["2[7]"] },
  { title: "an unknown namespace", cite: "SIO §35", chunks: ["0/nowhere,"] },
  { title: "the namespace /__proto__", cite: "SEC §1.1", chunks: ["0/__proto__,"] },
  { title: "the namespace /constructor", cite: "SEC §1.1", chunks: ["0/constructor"] },
  { title: "a namespace with a query", cite: "SIO §27", chunks: ["0/a?b=c,"] },
  { title: "a key named __proto__", cite: "SEC §1.1", chunks: ['2["x",{"__proto__":{"polluted":true}}]'] },
  {
    title: "a lookalike of a placeholder in text",
    cite: "SIO §62.53",
    chunks: ['2["x",{"_placeholder":true,"num":99}]'],
  },
  { title: "an event of many bytes", cite: "SIO §27", chunks: [`2["x","${"é".repeat(100_000)}"]`] },
  { title: "512 levels of JSON", cite: "SEC §2", chunks: [nested(512)] },
];

/** Socket.IO packets that break the rules (SIO §35), over both transports. */
export function hostilePackets(kind: NodeServerKind): void {
  describe(`bad Socket.IO packets to ${kind}`, () => {
    let url = "";
    let stop: () => Promise<void> = async () => {};
    const told: { errors: string[]; reasons: string[] } = { errors: [], reasons: [] };

    beforeAll(async () => {
      const Server = await serverClass(kind);
      const httpServer = http.createServer();
      const connections = new Set<TcpSocket>();
      httpServer.on("connection", (connection: TcpSocket) => connections.add(connection));
      const io = new Server(httpServer, { serveClient: false });
      io.of("/orders");
      io.of("/").on("connection", (socket) => {
        socket.on("alive", (ack: () => void) => ack());
        socket.on("error", (error: unknown) =>
          told.errors.push(error instanceof Error ? error.message : String(error)),
        );
        socket.on("disconnect", (reason: string) => told.reasons.push(reason));
      });
      url = `http://127.0.0.1:${await listen(httpServer)}`;
      stop = async () => {
        const closing = io.close();
        for (const connection of connections) connection.destroy();
        await closing;
      };
    });
    afterEach(async () => {
      expect("polluted" in {}).toBe(false);
      await PollingSession.join(`${url}/socket.io/`);
      told.errors = [];
      told.reasons = [];
    });
    afterAll(() => stop());

    const rows = violations.filter(({ isOurs }) => !isOurs || kind === "tautline");

    it.each(rows)("closes the WebSocket on $title ($cite)", async ({ chunks, error }) => {
      const websocket = await joinOverWebSocket(url);
      for (const chunk of chunks) sendChunk(websocket, chunk);
      expect(await websocket.closeCode()).toBe(1005);
      await until(() => told.reasons.length > 0, "disconnect");
      expect(told.reasons).toEqual(["forced close"]);
      if (error !== undefined) expect(told.errors).toEqual([error]);
    });

    it.each(rows)("closes the polling session on $title ($cite)", async ({ chunks, error }) => {
      const polling = await PollingSession.join(`${url}/socket.io/`);
      const answer = await polling.post(toPayload(chunks));
      expect([answer.status, answer.text]).toEqual([200, "ok"]);
      expect(["6\u001e1", "1", '{"code":1,"message":"Session ID unknown"}']).toContain(
        (await polling.get()).text,
      );
      await until(() => told.reasons.length > 0, "disconnect");
      // SIO §34: which of the two depends on whether a poll was waiting.
      expect(["forced close", "forced server close"]).toContain(told.reasons[0]);
      if (error !== undefined) expect(told.errors).toEqual([error]);
      expect(await polling.isAlive()).toBe(false);
    });

    it.each(harmless)("lives with $title ($cite)", async ({ chunks }) => {
      const websocket = await joinOverWebSocket(url);
      for (const chunk of chunks) sendChunk(websocket, chunk);
      websocket.sendText('42777["alive"]');
      for (;;) {
        const text = await websocket.nextText();
        if (text === "43777[]") break;
        expect(text).toMatch(/^44\/[^,]+,\{"message":"Invalid namespace"\}$/);
      }
      expect(told.reasons).toEqual([]);
    });

    it.each([
      ["an event", '2["alive"]'],
      ["an acknowledgement", "30[]"],
      ["a disconnect", "1"],
      ["binary", '51-["x",{"_placeholder":true,"num":0}]'],
      ["broken JSON", '2["x"'],
      ["a connect error", "4{}"],
    ])("closes a connection whose first packet is %s (SIO §35)", async (_, text) => {
      const websocket = await openWebSocket(url);
      sendChunk(websocket, text);
      if (text.startsWith("51-")) websocket.sendBinary(Buffer.from([1]));
      expect(await websocket.closeCode()).toBe(1005);
    });

    it("ignores what follows a disconnect in the same payload (SIO §35)", async () => {
      const polling = await PollingSession.join(`${url}/socket.io/`);
      expect((await polling.post('41\u001e42["alive"]')).text).toBe("ok");
      await until(() => told.reasons.length > 0, "disconnect");
      expect(told.reasons[0]).toBe("client namespace disconnect");
    });

    it("takes a namespace without its comma (SIO §27)", async () => {
      const websocket = await openWebSocket(url);
      websocket.sendText("40/orders");
      expect(await websocket.nextText()).toMatch(/^40\/orders,\{"sid":/);
    });
  });
}

async function openWebSocket(url: string): Promise<RawWebSocket> {
  const websocket = await RawWebSocket.open(url, "/socket.io/?EIO=4&transport=websocket");
  await websocket.nextFrame();
  return websocket;
}

async function joinOverWebSocket(url: string): Promise<RawWebSocket> {
  const websocket = await openWebSocket(url);
  websocket.sendText("40");
  await websocket.nextFrame();
  return websocket;
}

function sendChunk(websocket: RawWebSocket, chunk: string | Uint8Array): void {
  websocket.send(typeof chunk === "string" ? frame(TEXT, `4${chunk}`) : frame(BINARY, chunk));
}

function toPayload(chunks: readonly (string | Uint8Array)[]): string {
  return chunks
    .map((chunk) => (typeof chunk === "string" ? `4${chunk}` : `b${Buffer.from(chunk).toString("base64")}`))
    .join("\u001e");
}
