// Our endpoint against the published `ws` and Node's own WebSocket, as black boxes, in both roles.

import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer, WebSocket as WsClient } from "ws";
import type { ClientOptions } from "./client-options.ts";
import { connect } from "./connect.ts";
import { createMessage } from "./message.ts";
import { startEchoServer } from "./testing/echo-server.ts";
import { RecordingClient } from "./testing/recording-client.ts";
import { waitFor } from "./testing/wait-for.ts";

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Lengths at which the header's form changes, and texts of one to four bytes a character. */
const LENGTHS = [0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 65_537, 2_000_000];
const TEXTS = [
  ...LENGTHS.map((length) => "a".repeat(length)),
  "ü",
  "漢字".repeat(300),
  "😀",
  "mixed ü€😀 text",
];
const BINARIES = LENGTHS.map((length) => Buffer.from(Array.from({ length }, (_, i) => (i * 31) & 0xff)));
const MESSAGES: readonly (string | Buffer)[] = [...TEXTS, ...BINARIES];

/** Compressions to try: the option of `ws`, and ours. */
const DEFLATES = [
  ["no compression", false, false],
  [
    "no context takeover",
    { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
    { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
  ],
  ["context takeover both ways", { threshold: 0 }, { threshold: 0, serverNoContextTakeover: false }],
  [
    "small windows",
    { threshold: 0, serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
    { threshold: 0, serverNoContextTakeover: false, serverMaxWindowBits: 9, clientMaxWindowBits: 10 },
  ],
  ["thresholds of 1024 bytes", { threshold: 1024 }, { threshold: 1024 }],
] as const;

function received(messages: readonly (string | Buffer)[]): string[] {
  return messages.map((message) => (typeof message === "string" ? message : message.toString("hex")));
}

async function collect(client: WsClient, count: number): Promise<string[]> {
  const got: string[] = [];
  client.on("message", (data: Buffer, isBinary: boolean) =>
    got.push(data.toString(isBinary ? "hex" : "utf8")),
  );
  await waitFor(() => got.length === count);
  return got;
}

describe("our server and the client of ws", () => {
  it.each(DEFLATES)("exchange messages of all kinds with %s", async (_, theirs, ours) => {
    const server = await startEchoServer({ deflate: ours });
    cleanups.push(() => server.close());
    const client = new WsClient(`ws://127.0.0.1:${server.port}`, { perMessageDeflate: theirs });
    cleanups.push(() => client.terminate());
    await new Promise((resolve) => client.once("open", resolve));
    expect(client.extensions).toBe(ours === false ? "" : "permessage-deflate");
    const got = collect(client, MESSAGES.length);
    for (const message of MESSAGES) client.send(message);
    expect(await got).toEqual(received(MESSAGES));
  });

  it("reads what ws fragments, deflated or not, with pings between", async () => {
    for (const deflate of [false, { threshold: 0 }]) {
      const server = await startEchoServer({ deflate });
      cleanups.push(() => server.close());
      const client = new WsClient(`ws://127.0.0.1:${server.port}`, { perMessageDeflate: deflate });
      cleanups.push(() => client.terminate());
      await new Promise((resolve) => client.once("open", resolve));
      let pongs = 0;
      client.on("pong", (data) => {
        if (data.toString() === "between") pongs++;
      });
      const got = collect(client, 1);
      client.send("frag ", { fin: false });
      client.ping("between");
      client.send("ment ", { fin: false });
      client.send("ü");
      expect(await got).toEqual(["frag ment ü"]);
      expect(pongs).toBe(1);
    }
  });

  it("share one prepared, deflated batch among many receivers", async () => {
    const server = await startEchoServer({ deflate: { threshold: 0 } });
    cleanups.push(() => server.close());
    const clients = Array.from({ length: 20 }, () => new WsClient(`ws://127.0.0.1:${server.port}`));
    cleanups.push(() => {
      for (const client of clients) client.terminate();
    });
    await Promise.all(clients.map((client) => new Promise((resolve) => client.once("open", resolve))));
    const texts = ["news ".repeat(100), "more ".repeat(200), "small"];
    const messages = texts.map((text) => createMessage(text));
    const collected = clients.map((client) => collect(client, texts.length));
    for (const connection of server.connections) connection.writeBatch(messages);
    for (const got of await Promise.all(collected)) expect(got).toEqual(texts);
  });

  it("close from either side with code and reason", async () => {
    const server = await startEchoServer();
    cleanups.push(() => server.close());
    const closing = async (act: (client: WsClient) => void): Promise<[number, string]> => {
      const client = new WsClient(`ws://127.0.0.1:${server.port}`);
      await new Promise((resolve) => client.once("open", resolve));
      await waitFor(() => server.connections.at(-1)?.state === "open");
      const closed = new Promise<[number, string]>((resolve) =>
        client.once("close", (code, reason) => resolve([code, reason.toString()])),
      );
      act(client);
      return closed;
    };
    expect(await closing(() => server.connections.at(-1)?.close(4000, "bye ü"))).toEqual([4000, "bye ü"]);
    expect(await closing(() => server.connections.at(-1)?.close())).toEqual([1005, ""]);
    expect(await closing(() => server.connections.at(-1)?.terminate())).toEqual([1006, ""]);
    expect(await closing((client) => client.close(3001, "theirs"))).toEqual([3001, "theirs"]);
    await waitFor(() => server.handlers.every((handler) => handler.of("close").length === 1));
    expect(server.handlers.map((handler) => handler.of("close")[0])).toEqual([
      ["close", 4000, "bye ü"],
      ["close", 1005, ""],
      ["close", 1006, ""],
      ["close", 3001, "theirs"],
    ]);
  });

  it("agree on the limit: 1009 with a reason text", async () => {
    const server = await startEchoServer({ maxPayloadBytes: 1000 });
    cleanups.push(() => server.close());
    const client = new WsClient(`ws://127.0.0.1:${server.port}`);
    await new Promise((resolve) => client.once("open", resolve));
    client.send(Buffer.alloc(2_000_000));
    const closed = await new Promise((resolve) =>
      client.once("close", (code, reason) => resolve([code, `${reason}`])),
    );
    expect(closed).toEqual([1009, "message of more than 1000 bytes"]);
  });
});

describe("our client and the server of ws", () => {
  async function wsServer(perMessageDeflate: object | boolean): Promise<string> {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate });
    cleanups.push(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    server.on("connection", (socket) => {
      socket.on("message", (data: Buffer, isBinary: boolean) => socket.send(data, { binary: isBinary }));
      socket.on("error", () => {});
    });
    await new Promise((resolve) => server.once("listening", resolve));
    const address = server.address();
    return `ws://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  async function open(url: string, options: Partial<ClientOptions> = {}): Promise<RecordingClient> {
    const client = new RecordingClient();
    const handle = connect(url, { maxPayloadBytes: 3_000_000, ...options }, client);
    cleanups.push(() => handle.terminate());
    await waitFor(() => client.connection !== undefined);
    return client;
  }

  it.each(DEFLATES)("exchange messages of all kinds with %s", async (_, theirs, ours) => {
    const client = await open(await wsServer(theirs), { perMessageDeflate: ours });
    expect(client.connection?.extensions).toBe(ours === false ? "" : "permessage-deflate");
    for (const message of MESSAGES) client.connection?.send(message);
    const messages = (): readonly unknown[] =>
      client.calls.filter(([kind]) => kind === "text" || kind === "binary").map(([, content]) => content);
    await waitFor(() => messages().length === MESSAGES.length);
    expect(messages()).toEqual(received(MESSAGES));
  });

  it("answer each other's pings and close in order", async () => {
    const client = await open(await wsServer(false));
    client.connection?.ping("are you there");
    await waitFor(() => client.of("pong").length === 1);
    expect(client.calls).toEqual([["pong", Buffer.from("are you there").toString("hex")]]);
    client.connection?.close(1000, "done");
    await waitFor(() => client.of("close").length === 1);
    expect(client.of("close")).toEqual([["close", 1000, "done"]]);
  });

  it("stop at our limit although the server does not know it", async () => {
    const url = await wsServer({ threshold: 0 });
    for (const perMessageDeflate of [true, false]) {
      const client = await open(url, { maxPayloadBytes: 1000, perMessageDeflate });
      client.connection?.send("x".repeat(1001));
      await waitFor(() => client.of("close").length === 1);
      expect(client.of("error")).toEqual([["error", "WS_MESSAGE_TOO_BIG", 1009]]);
    }
  });

  it("report a refusal with its status", async () => {
    const server = createServer();
    const accepting = new WebSocketServer({ server, verifyClient: () => false });
    cleanups.push(() => {
      accepting.close();
      server.close();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const client = new RecordingClient();
    connect(`ws://127.0.0.1:${port}`, { maxPayloadBytes: 1000 }, client);
    await waitFor(() => client.of("close").length === 1);
    expect(client.lastError?.message).toBe("unexpected response status 401");
  });
});

const hasGlobalWebSocket = typeof globalThis.WebSocket === "function";
if (!hasGlobalWebSocket) console.info(`skipped: Node ${process.versions.node} has no global WebSocket`);

describe.skipIf(!hasGlobalWebSocket)("our server and the global WebSocket of Node ≥ 22", () => {
  it("exchange messages of all kinds, deflated or not, and close", async () => {
    for (const deflate of [false, { threshold: 0 }]) {
      const server = await startEchoServer({ deflate });
      cleanups.push(() => server.close());
      const client = new WebSocket(`ws://127.0.0.1:${server.port}`);
      client.binaryType = "arraybuffer";
      await new Promise((resolve) => client.addEventListener("open", resolve));
      const got: string[] = [];
      client.addEventListener("message", ({ data }) => {
        got.push(typeof data === "string" ? data : Buffer.from(data).toString("hex"));
      });
      for (const message of MESSAGES)
        client.send(typeof message === "string" ? message : new Uint8Array(message));
      await waitFor(() => got.length === MESSAGES.length);
      expect(got).toEqual(received(MESSAGES));
      const closed = new Promise<CloseEvent>((resolve) => client.addEventListener("close", resolve));
      server.connections[0]?.close(3000, "done");
      expect(await closed).toMatchObject({ code: 3000, reason: "done", wasClean: true });
    }
  });
});
