import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect as connectTcp, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  acceptUpgrade,
  admitUpgrade,
  completeUpgrade,
  refuseUpgrade,
  type UpgradeOptions,
} from "./accept-upgrade.ts";
import { createSocketPair } from "./testing/duplex-pair.ts";
import { clientFrame } from "./testing/raw-frame.ts";
import { RecordingHandler } from "./testing/recording-handler.ts";
import { turns, waitFor } from "./testing/wait-for.ts";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const GOOD = [
  "GET /chat HTTP/1.1",
  "Host: localhost",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  `Sec-WebSocket-Key: ${KEY}`,
];

const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

interface Exchange {
  readonly socket: Socket;
  readonly handler: RecordingHandler;
  readonly received: () => string;
}

/** Sends `lines` and `head` as one request to a server that accepts or refuses as the package says. */
async function request(
  lines: readonly string[],
  options: Partial<UpgradeOptions> = {},
  head: Buffer = Buffer.alloc(0),
): Promise<Exchange> {
  const handler = new RecordingHandler();
  const server = createServer((_, response) => response.end("not upgraded"));
  server.on("upgrade", (incoming, socket, rest) => {
    const upgrade = acceptUpgrade(incoming, socket, { maxPayloadBytes: 1000, ...options });
    if (upgrade.ok) upgrade.connection.start(handler, rest);
    else refuseUpgrade(socket, upgrade.status, upgrade.message, upgrade.headers);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port }: AddressInfo = Object(server.address());
  const socket = connectTcp(port, "127.0.0.1");
  sockets.push(socket);
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  socket.write(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), head]));
  await waitFor(() => text.includes("\r\n\r\n"));
  return { socket, handler, received: () => text };
}

const replaced = (name: string, value: string): string[] =>
  GOOD.map((line) => (line.startsWith(`${name}:`) ? `${name}: ${value}` : line));
const without = (name: string): string[] => GOOD.filter((line) => !line.startsWith(`${name}:`));

describe("acceptUpgrade", () => {
  it("answers the example of RFC 6455 §1.3", async () => {
    const { received } = await request(GOOD);
    expect(received()).toBe(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    );
  });

  it("takes tokens in any case and among others", async () => {
    const lines = replaced("Upgrade", "h2c, WebSocket").map((line) =>
      line.startsWith("Connection:") ? "Connection: keep-alive, UPGRADE" : line,
    );
    expect((await request(lines)).received()).toMatch(/^HTTP\/1.1 101 /);
  });

  it("reads frames that came together with the request", async () => {
    const head = clientFrame({ opcode: 1, payload: "early" });
    const { handler } = await request(GOOD, {}, head);
    await waitFor(() => handler.calls.length > 0);
    expect(handler.calls).toEqual([["text", "early"]]);
  });

  it.each([
    ["a method that is not GET", ["POST /chat HTTP/1.1", ...GOOD.slice(1)], 405],
    ["another upgrade", replaced("Upgrade", "h2c"), 400],
    ["no version", without("Sec-WebSocket-Version"), 426],
    ["version 8", replaced("Sec-WebSocket-Version", "8"), 426],
    ["no key", without("Sec-WebSocket-Key"), 400],
    ["a key of 15 bytes", replaced("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAA"), 400],
    ["a key of 17 bytes", replaced("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAAA="), 400],
    ["a key outside base64", replaced("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZ!=="), 400],
    ["two keys", [...GOOD, `Sec-WebSocket-Key: ${KEY}`], 400],
    ["a malformed subprotocol", [...GOOD, "Sec-WebSocket-Protocol: a,,b"], 400],
    ["a subprotocol named twice", [...GOOD, "Sec-WebSocket-Protocol: a, a"], 400],
  ])("refuses %s", async (_, lines, status) => {
    const { received, socket } = await request(lines);
    expect(received()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await waitFor(() => socket.destroyed);
  });

  it("names its version when it refuses another", async () => {
    const { received } = await request(replaced("Sec-WebSocket-Version", "8"));
    expect(received()).toMatch("Sec-WebSocket-Version: 13\r\n");
    expect(received()).toMatch('websocket version "8" is not 13');
  });

  it("chooses the first subprotocol, or the one that the program picks", async () => {
    const lines = [...GOOD, "Sec-WebSocket-Protocol: a, b"];
    expect((await request(lines)).received()).toMatch("Sec-WebSocket-Protocol: a\r\n");
    const picks = (choice: string | false | undefined): Partial<UpgradeOptions> => ({
      chooseProtocol: () => choice,
    });
    expect((await request(lines, picks("b"))).received()).toMatch("Sec-WebSocket-Protocol: b\r\n");
    for (const choice of [false, undefined, "c"] as const) {
      expect((await request(lines, picks(choice))).received()).not.toMatch("Sec-WebSocket-Protocol");
    }
  });

  it("negotiates deflate only where the program enables it", async () => {
    const lines = [...GOOD, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"];
    expect((await request(lines)).received()).not.toMatch("Extensions");
    expect((await request(lines, { deflate: false })).received()).not.toMatch("Extensions");
    expect((await request(lines, { deflate: true })).received()).toMatch(
      "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n",
    );
  });

  it("declines a broken extension header and goes on without", async () => {
    const lines = [...GOOD, "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99"];
    const { received } = await request(lines, { deflate: true });
    expect(received()).toMatch(/^HTTP\/1.1 101 /);
    expect(received()).not.toMatch("Extensions");
  });

  it("adds the program's header fields, as a record or as pairs", async () => {
    const record = { "X-One": "1", "X-Number": 2, "Set-Cookie": ["a=1", "b=2"], "X-None": undefined };
    const { received } = await request(GOOD, { headers: record });
    expect(received()).toMatch("X-One: 1\r\nX-Number: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n");
    const pairs = [
      ["X-A", "1"],
      ["X-A", "2"],
    ] as const;
    expect((await request(GOOD, { headers: pairs })).received()).toMatch("X-A: 1\r\nX-A: 2\r\n\r\n");
  });
});

function incoming(headers: IncomingHttpHeaders, minor = 1): IncomingMessage {
  return Object({ method: "GET", httpVersionMajor: 1, httpVersionMinor: minor, headers });
}

const GOOD_FIELDS = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": KEY,
};

describe("admitUpgrade and completeUpgrade", () => {
  it("let the caller look further before anything is written", async () => {
    const [socket, peer] = createSocketPair();
    const upgrade = admitUpgrade(incoming(GOOD_FIELDS));
    expect(socket.writes).toEqual([]);
    if (!upgrade.ok) throw new Error(upgrade.message);
    const connection = completeUpgrade(socket, upgrade, { maxPayloadBytes: 100, headers: { "X-Late": "1" } });
    connection.send("a");
    await turns(1);
    const written: Buffer = peer.read();
    expect(written.toString("latin1")).toMatch(/^HTTP\/1.1 101 /);
    expect(written.subarray(-16).toString("latin1")).toBe("X-Late: 1\r\n\r\n\x81\x01a");
  });

  it("refuse HTTP 1.0, and a request without any of the fields", () => {
    expect(admitUpgrade(incoming(GOOD_FIELDS, 0))).toMatchObject({ ok: false, status: 400 });
    expect(admitUpgrade(incoming({}))).toMatchObject({ ok: false, status: 400 });
    expect(admitUpgrade(incoming({ upgrade: "websocket" }))).toMatchObject({ ok: false, status: 400 });
  });

  it("refuse to write header fields that would break out of their line", () => {
    const [socket] = createSocketPair();
    const upgrade = admitUpgrade(incoming(GOOD_FIELDS));
    if (!upgrade.ok) throw new Error(upgrade.message);
    for (const headers of [{ "X-Bad": "a\r\nX-Injected: 1" }, { "X Bad": "a" }]) {
      expect(() => completeUpgrade(socket, upgrade, { maxPayloadBytes: 100, headers })).toThrow();
    }
    expect(socket.writes).toEqual([]);
  });
});

describe("refuseUpgrade", () => {
  it("writes status, fields and message, and closes", async () => {
    const [socket, peer] = createSocketPair();
    refuseUpgrade(socket, 503, "ü", { "Retry-After": "1" });
    await waitFor(() => socket.destroyed);
    expect(Buffer.concat(socket.writes).toString()).toBe(
      "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\nRetry-After: 1\r\n\r\nü",
    );
    peer.destroy();
  });

  it("lets the caller say what the content is", () => {
    const [socket] = createSocketPair();
    refuseUpgrade(socket, 400, "{}", { "content-type": "application/json" });
    expect(Buffer.concat(socket.writes).toString()).not.toMatch("text/plain");
  });

  it("does nothing on a socket that is lost", async () => {
    const [socket] = createSocketPair();
    socket.destroy(new Error("ECONNRESET"));
    refuseUpgrade(socket, 400, "late");
    await turns(2);
    expect(socket.writes).toEqual([]);
  });
});
