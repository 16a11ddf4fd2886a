// Our server on µWebSockets.js beside other routes of the same app: what a program sees of HTTP, and peers that do not
// read.

import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { connect as connectTcp, type Socket as TcpSocket } from "node:net";
import { Server, type ServerOptions } from "@tautline/server";
import { io as connect } from "socket.io-client";
import { afterEach, describe, expect, it } from "vitest";
import { until } from "./differential/until.ts";
import { findFreePort, listenWith, loadUws, missingUws } from "./peers/uws-server.ts";

const reason = missingUws();
if (reason !== undefined) console.warn(`skipped: apps of µWebSockets.js: ${reason}`);

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

type App = Parameters<Server["attachApp"]>[0];

async function serve(options: Partial<ServerOptions> & { maxBackpressure?: number } = {}) {
  const uws = loadUws();
  if (uws === undefined) throw new Error(reason);
  const app = uws.App();
  if (!isApp(app)) throw new Error("the app has no routes");
  const errors: unknown[] = [];
  const { maxBackpressure, ...rest } = options;
  const io = new Server({ onError: (error) => errors.push(error), ...rest });
  io.attachApp(app, maxBackpressure === undefined ? {} : { maxBackpressure });
  app.any("/*", (res) => void res.end(Buffer.from("the program's own")));
  const port = await findFreePort();
  const listening = await listenWith(app, port);
  cleanups.push(async () => {
    uws.us_listen_socket_close(listening);
    await io.close();
  });
  const ask = (path: string, given: RequestOptions = {}, body?: string | Uint8Array): Promise<Answer> =>
    answerOf({ host: "127.0.0.1", port, path, agent: false, ...given }, body);
  return { ask, errors, io, port, url: `http://127.0.0.1:${port}` };
}

function isApp(app: object): app is App & Parameters<typeof listenWith>[0] {
  return "any" in app && "ws" in app && "get" in app;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

function answerOf(options: RequestOptions, body?: string | Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          text: Buffer.concat(pieces).toString(),
        }),
      );
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const HANDSHAKE = "/socket.io/?EIO=4&transport=polling";

/** Switches to WebSocket, and reads nothing until `resume`. */
async function openUnread(port: number, path: string): Promise<TcpSocket> {
  const socket = connectTcp(port, "127.0.0.1");
  const key = "dGhlIHNhbXBsZSBub25jZQ==";
  const lines = ["Host: x", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
  socket.write([`GET ${path} HTTP/1.1`, ...lines, `Sec-WebSocket-Key: ${key}`, "", ""].join("\r\n"));
  await new Promise((resolve) => socket.once("readable", resolve));
  cleanups.push(() => socket.destroy());
  return socket;
}

describe.skipIf(reason !== undefined)(`an app of µWebSockets.js${reason ? `: ${reason}` : ""}`, () => {
  it("answers exactly its own path (EIO §24), and leaves the other routes alone", async () => {
    const { ask } = await serve();
    expect((await ask(HANDSHAKE)).text).toMatch(/^0\{"sid":"[\w-]{20}","upgrades":\["websocket"\]/);
    for (const path of ["/", "/socket.io", "/socket.io/more?EIO=4&transport=polling"]) {
      expect((await ask(path)).text).toBe("the program's own");
    }
  });

  it("describes the handshake as on Node (server.md §9.2)", async () => {
    const { io, url } = await serve();
    const handshakes: object[] = [];
    io.on("connection", (socket) => handshakes.push(socket.handshake));
    for (const transport of ["polling", "websocket"]) {
      const client = connect(url, {
        transports: [transport],
        query: { a: "b c" },
        extraHeaders: { "x-one": "1" },
      });
      cleanups.push(() => client.disconnect());
      await until(() => client.connected);
    }
    expect(handshakes).toHaveLength(2);
    for (const handshake of handshakes) {
      expect(handshake).toMatchObject({
        address: "127.0.0.1",
        secure: false,
        xdomain: false,
        headers: { "x-one": "1" },
        query: { EIO: "4", a: "b c" },
      });
    }
  });

  it("refuses with the status and body of Node's host (EIO §7.3)", async () => {
    const { ask } = await serve({ allowRequest: (_req, callback) => callback("closed today", false) });
    expect(await ask(HANDSHAKE)).toMatchObject({ status: 403, text: '{"code":4,"message":"closed today"}' });
    expect(await ask("/socket.io/?EIO=4&transport=nothing")).toMatchObject({
      status: 400,
      text: '{"code":0,"message":"Transport unknown"}',
    });
    const upgrade = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };
    const headers = { ...upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" };
    const refused = await ask("/socket.io/?EIO=4&transport=websocket", { headers });
    expect(refused).toMatchObject({ status: 400, text: "closed today" });
  });

  it("lets a program decide later, and makes no session for a peer that has left (EIO §62.42)", async () => {
    const decisions: (() => void)[] = [];
    const { ask, io, port } = await serve({
      allowRequest: (_req, callback) => decisions.push(() => callback(null, true)),
    });
    const leaving = connectTcp(port, "127.0.0.1", () =>
      leaving.write(`GET ${HANDSHAKE} HTTP/1.1\r\nHost: x\r\n\r\n`),
    );
    await until(() => decisions.length === 1);
    leaving.destroy();
    const staying = ask(HANDSHAKE);
    await until(() => decisions.length === 2);
    for (const decide of decisions) decide();
    expect((await staying).status).toBe(200);
    expect(io.engine.clientsCount).toBe(1);
  });

  it("sets the headers of CORS on every answer, and answers preflights", async () => {
    const { ask } = await serve({ cors: { origin: "https://example.com", credentials: true } });
    const headers = { Origin: "https://example.com", "Access-Control-Request-Method": "POST" };
    const preflight = await ask(HANDSHAKE, { method: "OPTIONS", headers });
    expect(preflight).toMatchObject({ status: 204, text: "" });
    for (const answer of [preflight, await ask(HANDSHAKE, { headers })]) {
      expect(answer.headers["access-control-allow-origin"]).toBe("https://example.com");
    }
    expect((await ask("/socket.io/socket.io.js", { headers })).headers).toMatchObject({
      "access-control-allow-origin": "https://example.com",
    });
  });

  it("runs engine middlewares on polls and upgrades, which may set headers, refuse, or answer (server.md §8.4)", async () => {
    const { ask, io, url } = await serve();
    io.engine.use((req, res, next) => {
      res.setHeader("x-passed", "yes");
      if (req.headers["x-answer"]) res.writeHead(418, { "x-tea": "green" }).end("a teapot");
      else next(req.headers["x-refuse"] ? new Error("no") : undefined);
    });
    expect((await ask(HANDSHAKE)).headers["x-passed"]).toBe("yes");
    expect(await ask(HANDSHAKE, { headers: { "x-refuse": "1" } })).toMatchObject({
      status: 400,
      text: '{"code":3,"message":"Bad request"}',
    });
    const tea = await ask(HANDSHAKE, { headers: { "x-answer": "1" } });
    expect(tea).toMatchObject({ status: 418, text: "a teapot" });
    expect(tea.headers).toMatchObject({ "x-passed": "yes", "x-tea": "green" });
    const client = connect(url, { transports: ["websocket"] });
    cleanups.push(() => client.disconnect());
    await until(() => client.connected);
  });

  it("SEC §1.5: sends no header with a line break in it, and answers all the same", async () => {
    const { ask, errors, io, url } = await serve();
    io.engine.on("headers", (headers) => {
      headers["x-split"] = "a\r\nx-injected: b";
    });
    const answer = await ask(HANDSHAKE);
    expect(answer.status).toBe(500);
    expect(answer.headers["x-injected"]).toBeUndefined();
    expect(errors).toHaveLength(1);
    const client = connect(url, { transports: ["websocket"], reconnection: false });
    cleanups.push(() => client.disconnect());
    const failures: unknown[] = [];
    client.on("connect_error", (error) => failures.push(error));
    await until(() => failures.length === 1);
  });

  it("serves the client bundles by GET, and yields what it does not know (server.md §2.4)", async () => {
    const sendFile = Server.sendFile;
    cleanups.push(() => {
      Server.sendFile = sendFile;
    });
    Server.sendFile = (name, _req, res) => void res.end(`the file ${name}`);
    const { ask } = await serve();
    const bundle = await ask("/socket.io/socket.io.min.js?v=1");
    expect(bundle).toMatchObject({ status: 200, text: "the file socket.io.min.js" });
    expect(bundle.headers["content-type"]).toBe("application/javascript; charset=utf-8");
    const known = await ask("/socket.io/socket.io.js", { headers: { "If-None-Match": bundle.headers.etag } });
    expect(known).toMatchObject({ status: 304, text: "" });
    expect((await ask("/socket.io/secret.js")).text).toBe("the program's own");
  });

  it("takes a body of exactly the limit, and no larger one (EIO §9.4)", async () => {
    const { ask, io } = await serve({ maxHttpBufferSize: 1000 });
    const received: unknown[] = [];
    io.engine.on("connection", (session) => session.on("data", (data) => received.push(data)));
    const open = async () => JSON.parse((await ask(HANDSHAKE)).text.slice(1)).sid;
    const post = async (bytes: number) =>
      ask(`${HANDSHAKE}&sid=${await open()}`, { method: "POST" }, `4${"x".repeat(bytes - 1)}`);
    expect(await post(1000)).toMatchObject({ status: 200, text: "ok" });
    expect((await post(1001)).status).toBe(413);
    expect(received).toEqual(["x".repeat(999)]);
  });

  it("delivers to a peer that reads late, in order and whole, more than µWebSockets.js would keep", async () => {
    const { io, port } = await serve({ maxBackpressure: 64 * 1024, maxBufferedBytes: 64 * 1024 * 1024 });
    const peer = await openUnread(port, "/socket.io/?EIO=4&transport=websocket");
    await until(() => io.engine.clientsCount === 1);
    const [session] = Object.values(io.engine.clients);
    const count = 400;
    for (let at = 0; at < count; at++) session?.send(`#${at}:${"x".repeat(40_000)}|`);
    await until(() => (session?.bufferedBytes ?? 0) > 1_000_000);
    let text = "";
    peer.on("data", (piece: Buffer) => {
      text += piece.toString("latin1");
    });
    await until(() => text.includes(`${count - 1}:`) && text.endsWith("|"));
    expect([...text.matchAll(/#(\d+):x{40000}\|/g)].map(([, at]) => Number(at))).toEqual(
      Array.from({ length: count }, (_, at) => at),
    );
    expect(session?.bufferedBytes).toBe(0);
  });

  it("ends a peer for which too much waits (SEC §4)", async () => {
    const { io, port } = await serve({ maxBufferedBytes: 200_000 });
    await openUnread(port, "/socket.io/?EIO=4&transport=websocket");
    await until(() => io.engine.clientsCount === 1);
    const [session] = Object.values(io.engine.clients);
    const reasons: string[] = [];
    session?.on("close", (why) => reasons.push(why));
    const timer = setInterval(() => session?.send("x".repeat(100_000)), 1);
    cleanups.push(() => clearInterval(timer));
    await until(() => reasons.length === 1);
    expect(reasons).toEqual(["slow consumer"]);
  });
});
