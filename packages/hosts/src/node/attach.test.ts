import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect as connectHttp2, createSecureServer } from "node:http2";
import { createServer as createHttpsServer, request as httpsRequest } from "node:https";
import { connect } from "node:net";
import express from "express";
import fastify from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { computePath } from "./attach.ts";
import { attach, listen } from "./listen.ts";
import { EngineServer } from "./server.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "./testing/certificate.ts";
import { fetchRaw, portOf, readToEnd } from "./testing/raw-http.ts";

const HANDSHAKE = "/engine.io/?EIO=4&transport=polling";
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listening<S extends Server>(server: S): Promise<number> {
  closers.push(() => {
    server.closeAllConnections?.();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return portOf(server);
}

describe("computePath (EIO §6.1)", () => {
  it("drops one trailing slash and adds one unless told otherwise", () => {
    expect(computePath({})).toBe("/engine.io/");
    expect(computePath({ path: "/a/" })).toBe("/a/");
    expect(computePath({ path: "/a//" })).toBe("/a//");
    expect(computePath({ path: "/a/", addTrailingSlash: false })).toBe("/a");
  });
});

describe("attach (EIO §40)", () => {
  it("takes requests by the beginning of their URL, and leaves the others to who was there", async () => {
    const calls: string[] = [];
    const server = createServer((req, res) => {
      calls.push(`first ${req.url}`);
      res.end("first");
    });
    server.on("request", (req) => calls.push(`second ${req.url}`));
    attach(server, { path: "/rt" });
    const port = await listening(server);
    expect((await fetchRaw(port, "/rt/anything?EIO=4&transport=polling")).status).toBe(200);
    expect((await fetchRaw(port, "/rt?EIO=4&transport=polling")).body.toString()).toBe("first");
    expect(calls).toEqual(["first /rt?EIO=4&transport=polling", "second /rt?EIO=4&transport=polling"]);
  });

  it("without trailing slash takes what begins with the bare path", async () => {
    const server = createServer((_, res) => res.end("other"));
    attach(server, { path: "/rt", addTrailingSlash: false });
    const port = await listening(server);
    expect((await fetchRaw(port, "/rt?EIO=4&transport=polling")).status).toBe(200);
    expect((await fetchRaw(port, "/rtx?EIO=4&transport=polling")).status).toBe(200);
  });

  it("keeps upgrade listeners, and leaves sockets alone to which they wrote (EIO §62.20)", async () => {
    const server = createServer();
    const other = new WebSocketServer({ noServer: true });
    server.on("upgrade", (req, socket, head) => {
      if (req.url === "/chat") other.handleUpgrade(req, socket, head, (ws) => ws.send("hello"));
    });
    attach(server, { destroyUpgradeTimeout: 20 });
    const port = await listening(server);
    const client = new WebSocket(`ws://127.0.0.1:${port}/chat`);
    const [message] = await once(client, "message");
    expect(String(message)).toBe("hello");
    // Longer than the timeout, by what the same loop does meanwhile.
    await endOfUnanswered(port, "/nobody");
    expect(client.readyState).toBe(WebSocket.OPEN);
    client.terminate();
  });

  it("ends upgrades that nobody answers, after a while", async () => {
    const server = createServer();
    attach(server, { destroyUpgradeTimeout: 20 });
    const port = await listening(server);
    expect((await endOfUnanswered(port, "/nobody")).length).toBe(0);
  });

  it("leaves them when told so, and does not touch upgrades without websocket", async () => {
    const server = createServer();
    attach(server, { destroyUpgrade: false });
    expect(server.listenerCount("upgrade")).toBe(1);
    const pollingOnly = createServer();
    attach(pollingOnly, { transports: ["polling"] });
    expect(pollingOnly.listenerCount("upgrade")).toBe(0);
    const port = await listening(server);
    const upgraded = once(server, "upgrade");
    const socket = upgrade(port, "/nobody");
    const [, serverSide] = await upgraded;
    await new Promise<void>((resolve) => setTimeout(resolve, 50));
    expect(serverSide.writable).toBe(true);
    socket.destroy();
    serverSide.destroy();
  });

  it("closes sessions with the HTTP server, which may listen again", async () => {
    const server = createServer();
    const engine = attach(server);
    const port = await listening(server);
    await fetchRaw(port, HANDSHAKE);
    expect(engine.clientsCount).toBe(1);
    server.close();
    await once(server, "close");
    expect(engine.clientsCount).toBe(0);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = new WebSocket(`ws://127.0.0.1:${portOf(server)}/engine.io/?EIO=4&transport=websocket`);
    const [message] = await once(client, "message");
    expect(String(message)).toMatch(/^0\{/);
    client.terminate();
  });
});

describe("listen (EIO §40)", () => {
  it("answers everything else with 501", async () => {
    const engine = await new Promise<EngineServer>((resolve) => {
      const made = listen(0, () => resolve(made));
    });
    const server = engine.httpServer;
    if (!(server instanceof EventEmitter) || !("address" in server)) throw new Error("no server");
    const http = server as Server;
    closers.push(() => http.close());
    const response = await fetchRaw(portOf(http), "/");
    expect([response.status, response.body.toString()]).toEqual([501, "Not Implemented"]);
    expect((await fetchRaw(portOf(http), HANDSHAKE)).status).toBe(200);
  });
});

describe("beside other frameworks", () => {
  it("Express", async () => {
    const app = express();
    app.get("/hello", (_, res) => {
      res.send("express");
    });
    const server = createServer(app);
    attach(server);
    const port = await listening(server);
    expect((await fetchRaw(port, "/hello")).body.toString()).toBe("express");
    expect((await fetchRaw(port, HANDSHAKE)).status).toBe(200);
    expect((await fetchRaw(port, "/nope")).status).toBe(404);
  });

  it("Fastify", async () => {
    const app = fastify();
    app.get("/hello", () => "fastify");
    attach(app.server);
    await app.listen({ port: 0, host: "127.0.0.1" });
    closers.push(() => void app.close());
    const port = portOf(app.server);
    expect((await fetchRaw(port, "/hello")).body.toString()).toBe("fastify");
    expect((await fetchRaw(port, HANDSHAKE)).status).toBe(200);
  });

  it("calls by hand, as a route of Express", async () => {
    const engine = new EngineServer();
    const app = express();
    app.use("/rt", (req, res) => engine.handleRequest(req, res));
    const server = createServer(app);
    server.on("upgrade", (req, socket, head) => engine.handleUpgrade(req, socket, head));
    const port = await listening(server);
    expect((await fetchRaw(port, "/rt?EIO=4&transport=polling")).status).toBe(200);
    const client = new WebSocket(`ws://127.0.0.1:${port}/rt?EIO=4&transport=websocket`);
    const [message] = await once(client, "message");
    expect(String(message)).toMatch(/^0\{/);
    client.terminate();
  });
});

describe("TLS", () => {
  const tls = { key: TEST_KEY, cert: TEST_CERTIFICATE };

  it("works over https", async () => {
    const server = createHttpsServer(tls);
    const engine = attach(server);
    const port = await listening(server);
    const body = await new Promise<string>((resolve) => {
      const options = { port, path: HANDSHAKE, host: "127.0.0.1", ca: TEST_CERTIFICATE };
      httpsRequest(options, (res) => {
        res.setEncoding("utf8").on("data", resolve);
      }).end();
    });
    expect(body).toMatch(/^0\{/);
    const client = new WebSocket(`wss://127.0.0.1:${port}/engine.io/?EIO=4&transport=websocket`, {
      ca: TEST_CERTIFICATE,
    });
    engine.on("connection", (session) => session.on("message", (data) => session.send(data)));
    client.once("message", () => client.send("4hi"));
    await once(client, "message");
    const [echo] = await once(client, "message");
    expect(String(echo)).toBe("4hi");
    client.terminate();
  });

  it("works over http2, polling by its streams and WebSocket by HTTP/1", async () => {
    const server = createSecureServer({ ...tls, allowHTTP1: true });
    const engine = attach(server);
    closers.push(() => server.close());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = portOf(server);
    const client = connectHttp2(`https://127.0.0.1:${port}`, { ca: TEST_CERTIFICATE });
    closers.push(() => client.destroy());
    const ask = (path: string, method = "GET", sent?: string) => {
      const stream = client.request({ ":path": path, ":method": method });
      stream.end(sent);
      return new Promise<{ status: unknown; body: string }>((resolve) => {
        let status: unknown;
        let body = "";
        stream.on("response", (headers) => {
          status = headers[":status"];
        });
        stream.setEncoding("utf8");
        stream.on("data", (piece: string) => {
          body += piece;
        });
        stream.on("end", () => resolve({ status, body }));
        stream.on("error", () => resolve({ status: "destroyed", body }));
      });
    };
    const open = await ask(HANDSHAKE);
    expect(open.status).toBe(200);
    const [session] = Object.values(engine.clients);
    const path = `${HANDSHAKE}&sid=${session?.id}`;
    session?.on("message", (data) => session.send(data));
    const poll = ask(path);
    expect(await ask(path, "POST", "4over h2")).toEqual({ status: 200, body: "ok" });
    expect(await poll).toEqual({ status: 200, body: "4over h2" });
    expect((await ask("/engine.io/?EIO=4&transport=nope")).status).toBe(400);

    const closed = new Promise((resolve) => session?.once("close", resolve));
    const waiting = client.request({ ":path": path });
    session?.transport.once("ready", () => waiting.close());
    expect(await closed).toBe("transport error");

    const socket = new WebSocket(`wss://127.0.0.1:${port}/engine.io/?EIO=4&transport=websocket`, {
      ca: TEST_CERTIFICATE,
    });
    const [message] = await once(socket, "message");
    expect(String(message)).toMatch(/^0\{/);
    socket.terminate();
  });
});

function upgrade(port: number, path: string) {
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  return socket;
}

function endOfUnanswered(port: number, path: string): Promise<Buffer> {
  return readToEnd(upgrade(port, path));
}
