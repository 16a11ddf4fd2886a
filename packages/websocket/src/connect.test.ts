import { Agent as SecureAgent } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { UpgradeOptions } from "./accept-upgrade.ts";
import type { ClientOptions } from "./client-options.ts";
import { type ClientHandle, connect } from "./connect.ts";
import { HandshakeError, UsageError } from "./errors.ts";
import { acceptKeyOf } from "./handshake.ts";
import { TEST_CERTIFICATE } from "./testing/certificate.ts";
import { type EchoServer, startEchoServer } from "./testing/echo-server.ts";
import { RecordingClient } from "./testing/recording-client.ts";
import { turns, waitFor } from "./testing/wait-for.ts";

const LIMIT = { maxPayloadBytes: 3_000_000 };
const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function echo(options: Partial<UpgradeOptions> = {}, isSecure = false): Promise<EchoServer> {
  const server = await startEchoServer(options, isSecure);
  cleanups.push(() => server.close());
  return server;
}

function open(
  url: string,
  options: Partial<ClientOptions> = {},
): { client: RecordingClient; handle: ClientHandle } {
  const client = new RecordingClient();
  const handle = connect(url, { ...LIMIT, ...options }, client);
  cleanups.push(() => handle.terminate());
  return { client, handle };
}

/** A server that answers each request as `answer` says. */
async function rawServer(answer: (request: string, socket: Socket) => void): Promise<number> {
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    cleanups.push(() => socket.destroy());
    socket.on("data", (chunk) => answer(chunk.toString("latin1"), socket));
  });
  cleanups.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A 101 response with the right key, and more lines. */
function switching(request: string, ...lines: string[]): string {
  const key = /sec-websocket-key: (.*)\r\n/i.exec(request)?.[1] ?? "";
  const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  return [...head, `Sec-WebSocket-Accept: ${acceptKeyOf(key)}`, ...lines, "", ""].join("\r\n");
}

describe("connect", () => {
  it("opens, exchanges messages and closes", async () => {
    const { port, handlers } = await echo({ headers: { "X-Served-By": "test" } });
    const { client, handle } = open(`ws://127.0.0.1:${port}/path`);
    expect(handle.connection).toBeUndefined();
    await waitFor(() => client.connection !== undefined);
    expect(handle.connection).toBe(client.connection);
    expect(client.response?.headers["x-served-by"]).toBe("test");
    client.connection?.send("ü");
    client.connection?.send(new Uint8Array([1, 2]));
    await waitFor(() => client.calls.length === 2);
    handle.close(3000, "done");
    await waitFor(() => client.of("close").length > 0);
    expect(client.calls).toEqual([
      ["text", "ü"],
      ["binary", "0102"],
      ["close", 3000, "done"],
    ]);
    await waitFor(() => handlers[0]?.of("close").length === 1);
    expect(handlers[0]?.calls).toEqual([["close", 3000, "done"]]);
  });

  it("reads a message that came with the response", async () => {
    const port = await rawServer((request, socket) =>
      socket.write(`${switching(request)}\x81\x02hi`, "latin1"),
    );
    const { client } = open(`ws://127.0.0.1:${port}`);
    await waitFor(() => client.calls.length > 0);
    expect(client.connection).toBeDefined();
    expect(client.calls).toEqual([["text", "hi"]]);
  });

  it("negotiates subprotocol and deflate", async () => {
    const { port } = await echo({ deflate: { threshold: 0 }, chooseProtocol: (offered) => offered[1] });
    const { client } = open(`ws://127.0.0.1:${port}`, {
      protocols: ["a", "b"],
      perMessageDeflate: { threshold: 0 },
    });
    await waitFor(() => client.connection !== undefined);
    expect(client.connection?.protocol).toBe("b");
    expect(client.connection?.extensions).toBe("permessage-deflate");
    const text = "again and again ".repeat(1000);
    for (let i = 0; i < 3; i++) client.connection?.send(text);
    await waitFor(() => client.calls.length === 3);
    expect(client.calls).toEqual([
      ["text", text],
      ["text", text],
      ["text", text],
    ]);
  });

  it("does without deflate where either side does not want it", async () => {
    const off = await echo();
    const on = await echo({ deflate: true });
    const clients = [
      open(`ws://127.0.0.1:${off.port}`).client,
      open(`ws://127.0.0.1:${on.port}`, { perMessageDeflate: false }).client,
    ];
    await waitFor(() => clients.every(({ connection }) => connection !== undefined));
    expect(clients.map(({ connection }) => connection?.extensions)).toEqual(["", ""]);
  });

  it("reports a port where nobody listens", async () => {
    const { port, close } = await startEchoServer();
    close();
    const { client } = open(`ws://127.0.0.1:${port}`);
    await waitFor(() => client.of("close").length > 0);
    expect(client.calls).toEqual([
      ["error", "WS_CONNECT_FAILED", 1006],
      ["close", 1006, ""],
    ]);
    expect(client.lastError?.message).toMatch("ECONNREFUSED");
  });

  it("reports a response that is no upgrade, with its status and fields", async () => {
    const port = await rawServer((_, socket) =>
      socket.end("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"),
    );
    const { client } = open(`ws://127.0.0.1:${port}`);
    await waitFor(() => client.of("close").length > 0);
    const error = client.lastError;
    expect(error?.message).toBe("unexpected response status 503");
    expect(error instanceof HandshakeError && error.status).toBe(503);
    expect(error instanceof HandshakeError && error.headers?.["retry-after"]).toBe("7");
    expect(client.of("error")).toEqual([["error", "WS_UNEXPECTED_RESPONSE", 1006]]);
  });

  it.each([
    [
      "a wrong key",
      (request: string) => switching(request).replace(/Accept: ./, "Accept: !"),
      "accept is wrong",
    ],
    [
      "another upgrade",
      (request: string) => switching(request).replace("Upgrade: websocket", "Upgrade: h2c"),
      "upgrade header",
    ],
    [
      "a subprotocol that was not offered",
      (request: string) => switching(request, "Sec-WebSocket-Protocol: x"),
      "not offered",
    ],
    [
      "an unknown extension",
      (request: string) => switching(request, "Sec-WebSocket-Extensions: x"),
      "not offered",
    ],
    [
      "malformed extensions",
      (request: string) => switching(request, "Sec-WebSocket-Extensions: ;"),
      "malformed",
    ],
    [
      "bad window bits",
      (request: string) =>
        switching(request, "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99"),
      "bad parameters",
    ],
  ])("refuses a response with %s", async (_, answer, message) => {
    const port = await rawServer((request, socket) => socket.write(answer(request)));
    const { client } = open(`ws://127.0.0.1:${port}`);
    await waitFor(() => client.of("close").length > 0);
    expect(client.calls[0]).toEqual(["error", "WS_BAD_HANDSHAKE", 1006]);
    expect(client.lastError?.message).toMatch(message);
    expect(client.connection).toBeUndefined();
  });

  it("reports a server that hangs up, or speaks no HTTP", async () => {
    for (const answer of ["", "garbage\r\n\r\n"]) {
      const port = await rawServer((_, socket) => socket.end(answer));
      const { client } = open(`ws://127.0.0.1:${port}`);
      await waitFor(() => client.of("close").length > 0);
      expect(client.calls[0]).toEqual(["error", "WS_CONNECT_FAILED", 1006]);
    }
  });

  it("gives up after handshakeTimeoutMs", async () => {
    const port = await rawServer(() => {});
    const { client } = open(`ws://127.0.0.1:${port}`, { handshakeTimeoutMs: 20 });
    await waitFor(() => client.of("close").length > 0);
    expect(client.calls[0]).toEqual(["error", "WS_HANDSHAKE_TIMEOUT", 1006]);
    expect(client.lastError?.message).toBe("no answer to the handshake in 20 ms");
  });

  it("is abandoned by close, terminate or a signal before it opened, and reports once, later", async () => {
    const port = await rawServer(() => {});
    const controller = new AbortController();
    const attempts = [open(`ws://127.0.0.1:${port}`), open(`ws://127.0.0.1:${port}`)];
    const [first, second] = attempts;
    first?.handle.close();
    second?.handle.terminate();
    second?.handle.terminate();
    const third = open(`ws://127.0.0.1:${port}`, { signal: controller.signal });
    await turns(5);
    controller.abort(new Error("changed my mind"));
    expect(third.client.calls).toEqual([]);
    const fourth = open(`ws://127.0.0.1:${port}`, { signal: AbortSignal.abort() });
    expect(fourth.client.calls).toEqual([]);
    await turns(10);
    for (const { client } of [...attempts, third, fourth]) {
      expect(client.calls).toEqual([
        ["error", "WS_ABORTED", 1006],
        ["close", 1006, ""],
      ]);
    }
    expect(third.client.lastError?.cause).toEqual(new Error("changed my mind"));
  });

  it("is terminated by its signal once it is open", async () => {
    const { port } = await echo();
    const controller = new AbortController();
    const { client } = open(`ws://127.0.0.1:${port}`, { signal: controller.signal });
    await waitFor(() => client.connection !== undefined);
    controller.abort();
    await waitFor(() => client.calls.length > 0);
    expect(client.calls).toEqual([["close", 1006, ""]]);
  });

  it("throws for what cannot be requested", () => {
    const client = new RecordingClient();
    for (const [url, options] of [
      ["nonsense", {}],
      ["ws://localhost", { headers: { "X-Bad": "a\nb" } }],
      ["ws://localhost", { agent: new SecureAgent() }],
      ["ws://localhost", { maxPayloadBytes: 0 }],
    ] as const) {
      expect(() => connect(url, { ...LIMIT, ...options }, client)).toThrow(UsageError);
    }
    expect(client.calls).toEqual([]);
  });
});

describe("connect over TLS", () => {
  it("exchanges messages with a server that it trusts", async () => {
    const { port } = await echo({}, true);
    const { client } = open(`wss://127.0.0.1:${port}`, { ca: TEST_CERTIFICATE });
    await waitFor(() => client.connection !== undefined);
    const large = "x".repeat(500_000);
    client.connection?.send("one");
    client.connection?.send(large);
    client.connection?.ping("p");
    await waitFor(() => client.of("text").length === 2 && client.of("pong").length === 1);
    expect(client.of("text")).toEqual([
      ["text", "one"],
      ["text", large],
    ]);
  });

  it("takes turns between writable and drained, each write", async () => {
    const { port, connections, handlers } = await echo({}, true);
    const { client } = open(`wss://127.0.0.1:${port}`, { ca: TEST_CERTIFICATE });
    await waitFor(() => client.connection !== undefined);
    const drains = (): number => handlers[0]?.of("drain").length ?? 0;
    for (let round = 1; round <= 3; round++) {
      const before = drains();
      connections[0]?.send("x");
      if (connections[0]?.isWritable === false) await waitFor(() => drains() > before);
      await waitFor(() => connections[0]?.isWritable === true);
    }
    await waitFor(() => client.of("text").length === 3);
  });

  it("answers a burst of pings of a peer that reads", async () => {
    const { port } = await echo({}, true);
    const { client } = open(`wss://127.0.0.1:${port}`, { ca: TEST_CERTIFICATE });
    await waitFor(() => client.connection !== undefined);
    for (let i = 0; i < 500; i++) client.connection?.ping();
    await waitFor(() => client.of("pong").length === 500);
  });

  it("refuses a certificate that it does not know, unless told otherwise", async () => {
    const { port } = await echo({}, true);
    const refused = open(`wss://127.0.0.1:${port}`).client;
    await waitFor(() => refused.of("close").length > 0);
    expect(refused.calls[0]).toEqual(["error", "WS_CONNECT_FAILED", 1006]);
    expect(refused.lastError?.message).toMatch(/self.signed/);
    const accepted = open(`wss://127.0.0.1:${port}`, { rejectUnauthorized: false }).client;
    await waitFor(() => accepted.connection !== undefined);
  });
});
