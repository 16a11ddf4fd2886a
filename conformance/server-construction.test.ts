import { EventEmitter, once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { Server } from "@tautline/server";
import { Server as EngineServer } from "@tautline/server/engine";
import express from "express";
import { describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { TEST_CERTIFICATE, TEST_KEY } from "../packages/hosts/src/node/testing/certificate.ts";
import {
  admission,
  ask,
  client,
  listening,
  nextOf,
  serverClasses,
  whenDone,
} from "./peers/server-classes.ts";

// How a server is made, attached, set and closed (server.md §2, §3, §21).

const upstreamEngine = createRequire(import.meta.url)("engine.io").Server;

for (const [name, ServerClass] of serverClasses) {
  const isOurs = name === "tautline";

  describe(`${name}: construction (server.md §2.1)`, () => {
    it.each<[string, () => Server]>([
      ["nothing", () => new ServerClass()],
      ["options", () => new ServerClass({ path: "/live/" })],
      ["undefined and options", () => new ServerClass(undefined, { path: "/live/" })],
      ["null and options", () => new ServerClass(null as never, { path: "/live/" })],
      ["empty text", () => new ServerClass("")],
    ])("is attached to nothing when it is given %s", (given, create) => {
      const io = create();
      expect([io.engine, io.httpServer]).toEqual([undefined, undefined]);
      expect(io.path()).toBe(given.includes("options") ? "/live" : "/socket.io");
    });

    it("takes an object with a listen function for a server", async () => {
      const httpServer = http.createServer();
      const io = new ServerClass(httpServer, { path: "/live" });
      expect(io.httpServer).toBe(httpServer);
      expect(io.engine).toBeDefined();
    });

    it.each([0, "0"])(
      "listens on a free port when it is given %j, and answers 404 elsewhere",
      async (port) => {
        const listeningPort = await listening(new ServerClass(port));
        expect(await ask(listeningPort, "/elsewhere")).toEqual({ status: 404, headers: {}, body: "" });
        expect((await ask(listeningPort, "/socket.io")).status).toBe(404);
        expect((await ask(listeningPort, "/socket.io/?EIO=4&transport=polling")).status).toBe(200);
      },
    );

    it.each<[string, () => unknown]>([
      ["the constructor", () => new ServerClass(express() as never)],
      ["attach", () => new ServerClass().attach(express() as never)],
      ["listen", () => new ServerClass().listen((() => {}) as never)],
    ])("refuses a request handler by %s (§2.3)", (_name, create) => {
      expect(create).toThrow(
        "You are trying to attach socket.io to an express request handler function. Please pass a http.Server instance.",
      );
    });

    it("refuses a port that is not a number", () => {
      expect(() => new ServerClass(Number.NaN)).toThrow("Received type number (NaN)");
    });

    it("keeps its options by reference, recovery with its defaults", () => {
      const options = { connectionStateRecovery: { skipMiddlewares: false }, pingTimeout: 1234 };
      const io = new ServerClass(options);
      expect(io.opts).toBe(options);
      expect(io).toHaveProperty("_opts", options);
      expect(options.connectionStateRecovery).toEqual({
        maxDisconnectionDuration: 120_000,
        skipMiddlewares: false,
      });
    });

    it("shows its options to the adapter of the main namespace already", () => {
      const { constructor: Adapter } = new ServerClass().of("/").adapter;
      const seen: unknown[] = [];
      // biome-ignore lint/complexity/useArrowFunction: upstream calls it with `new`
      const adapter = function (nsp: { server: { opts: object } }) {
        seen.push(nsp.server.opts);
        return Reflect.construct(Adapter, [nsp]);
      };
      const options = { adapter: adapter as never, connectionStateRecovery: {} };
      new ServerClass(options);
      expect(seen).toEqual([options]);
    });
  });

  describe(`${name}: attachment (server.md §2.2, §2.5, §20.1)`, () => {
    it("S1: the options of the constructor win over those of attach", async () => {
      const io = new ServerClass({ pingInterval: 1000 });
      expect(io.attach(http.createServer().listen(0), { pingInterval: 2000, pingTimeout: 500 })).toBe(io);
      await listening(io);
      expect([io.engine.opts.pingInterval, io.engine.opts.pingTimeout]).toEqual([1000, 500]);
    });

    it("takes the path of the options, or else its own, for the engine; and its own for the bundles", async () => {
      const handshake = "/?EIO=4&transport=polling";
      const io = new ServerClass().path("/own/");
      const port = await listening(
        io.attach(http.createServer((_, res) => res.end("app")).listen(0), { path: "/x" }),
      );
      expect((await ask(port, `/x${handshake}`)).body).toMatch(/^0\{/);
      expect((await ask(port, `/own${handshake}`)).body).toBe("app");
      const script = { method: "HEAD", headers: { "if-none-match": "none" } };
      expect((await ask(port, "/own/socket.io.js", script)).headers["cache-control"]).toBe(
        "public, max-age=0",
      );
      const other = new ServerClass().path("/own/");
      const otherPort = await listening(other.listen(0));
      expect((await ask(otherPort, `/own${handshake}`)).status).toBe(200);
    });

    it("without trailing slash captures the exact prefix", async () => {
      const port = await listening(new ServerClass(0, { addTrailingSlash: false }));
      expect((await ask(port, "/socket.io?EIO=4&transport=polling")).status).toBe(200);
      expect((await ask(port, "/socket.io/?EIO=4&transport=polling")).status).toBe(200);
    });

    it("serves two HTTP servers when it is attached twice", async () => {
      const io = new ServerClass(0);
      const [first, firstEngine] = [io.httpServer, io.engine];
      await listening(io);
      whenDone(() => new Promise((resolve) => first.close(resolve)));
      const secondPort = await listening(io.listen(0));
      expect([io.httpServer === first, io.engine === firstEngine]).toEqual([false, false]);
      const both = [client((first.address() as AddressInfo).port), client(secondPort)];
      expect(await Promise.all(both.map(admission))).toEqual(["connected", "connected"]);
      expect(io.sockets.sockets.size).toBe(2);
      io.disconnectSockets(true);
    });

    it("takes sessions of an engine that is wired by hand", async () => {
      const engine: EngineServer = isOurs ? new EngineServer() : new upstreamEngine();
      const httpServer = http.createServer((req, res) => engine.handleRequest(req, res));
      httpServer.on("upgrade", (req, socket, head) => engine.handleUpgrade(req, socket, head));
      await once(httpServer.listen(0), "listening");
      whenDone(() => httpServer.close());
      const io = new ServerClass();
      expect(io.bind(engine)).toBe(io);
      whenDone(() => io.close());
      expect([io.engine, io.httpServer]).toEqual([engine, undefined]);
      io.on("connection", (socket) => socket.emit("by", socket.conn.transport.name));
      const { port } = httpServer.address() as AddressInfo;
      for (const transport of ["polling", "websocket"]) {
        expect(await nextOf(client(port, "", { transports: [transport] }), "by")).toEqual([transport]);
      }
    });

    it("takes sessions of another engine, and acts on its errors (§20.3)", async () => {
      const engine: EngineServer = new upstreamEngine({ pingInterval: 50 });
      const httpServer = http.createServer();
      engine.attach(httpServer, { path: "/socket.io" });
      await once(httpServer.listen(0), "listening");
      whenDone(() => httpServer.close());
      const io = new ServerClass().bind(engine);
      whenDone(() => io.close());
      const reasons: unknown[] = [];
      io.on("connection", (socket) => {
        socket.on("echo", (...args) => args.pop()(...args));
        socket.on("error", (error: Error) => reasons.push(error.message));
        socket.on("disconnect", (reason) => reasons.push(reason));
      });
      const { port } = httpServer.address() as AddressInfo;
      for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
        const socket = client(port, "", { transports });
        const echoed = await socket.emitWithAck("echo", "é", Buffer.from([0, 255]));
        expect(echoed).toBe("é");
        io.emit("news", Buffer.from([1]));
        expect(await nextOf(socket, "news")).toEqual([Buffer.from([1])]);
        socket.disconnect();
      }
      await vi.waitFor(() => expect(reasons).toEqual(Array(3).fill("client namespace disconnect")));
      const socket = client(port);
      await nextOf(socket, "connect");
      for (let count = 0; count < 3; count += 1) io.volatile.emit("volatile", count);
      expect(await nextOf(socket, "volatile")).toEqual([0]);
      const raw = Object.values(engine.clients).at(-1) as unknown as EventEmitter;
      raw.emit("error", new Error("tunnel broke"));
      await nextOf(socket, "disconnect");
      expect(reasons.slice(3)).toEqual(["tunnel broke", "forced close"]);
    });

    it("binds to whatever emits connections and can be closed", async () => {
      const engine = Object.assign(new EventEmitter(), { close: vi.fn() });
      const io = new ServerClass();
      expect(io.bind(engine as never)).toBe(io);
      await io.close();
      expect(engine.close).toHaveBeenCalledOnce();
    });

    it("attaches its engine to a further HTTP server by hand", async () => {
      const io = new ServerClass(0);
      await listening(io);
      const other = http.createServer((_req, res) => res.end("app"));
      io.engine.attach(other, { path: "/rt" });
      await once(other.listen(0), "listening");
      whenDone(() => other.close());
      const { port } = other.address() as AddressInfo;
      expect(await admission(client(port, "", { path: "/rt" }))).toBe("connected");
      expect((await ask(port, "/elsewhere")).body).toBe("app");
      io.disconnectSockets(true);
    });

    it("ends upgrades outside its path after destroyUpgradeTimeout, or leaves them alone", async () => {
      const ended = await listening(new ServerClass(0, { destroyUpgradeTimeout: 10 }));
      const upgrade = { headers: { connection: "upgrade", upgrade: "websocket" } };
      await expect(ask(ended, "/elsewhere", upgrade)).rejects.toThrow("socket hang up");
      const io = new ServerClass(http.createServer(), { destroyUpgrade: false, destroyUpgradeTimeout: 10 });
      io.httpServer.on("upgrade", (_req, socket) =>
        setTimeout(() => socket.end("HTTP/1.1 418 \r\n\r\n"), 50),
      );
      io.httpServer.listen(0);
      expect((await ask(await listening(io), "/elsewhere", upgrade)).status).toBe(418);
    });
  });

  describe(`${name}: settings (server.md §2.6)`, () => {
    it("are read without an argument and chain with one", () => {
      const io = new ServerClass();
      expect([io.path(), io.connectTimeout(), io.serveClient()]).toEqual(["/socket.io", 45_000, true]);
      expect(io.path("/my//").connectTimeout(5).serveClient(false)).toBe(io);
      expect([io.path(), io.connectTimeout(), io.serveClient()]).toEqual(["/my/", 5, false]);
      const { constructor: Adapter } = io.of("/").adapter;
      expect(io.adapter()).toBe(Adapter);
      expect(io.adapter(Adapter as never)).toBe(io);
    });

    it("take the defaults for falsy options, and serve the client unless told false", () => {
      const io = new ServerClass({ path: "", connectTimeout: 0, serveClient: 0 as never });
      expect([io.path(), io.connectTimeout(), io.serveClient()]).toEqual(["/socket.io", 45_000, true]);
      expect(new ServerClass({ serveClient: false }).serveClient()).toBe(false);
    });

    it("make an adapter for each namespace there is, and for each that comes", () => {
      const io = new ServerClass();
      const old = [io.of("/").adapter, io.of("/a").adapter];
      const { constructor: Adapter } = io.of("/").adapter;
      const made: string[] = [];
      // biome-ignore lint/complexity/useArrowFunction: upstream calls it with `new`
      io.adapter(function (nsp: { name: string }) {
        made.push(nsp.name);
        return Reflect.construct(Adapter, [nsp]);
      } as never);
      expect(made).toEqual(["/", "/a"]);
      expect(old).not.toContain(io.of("/a").adapter);
      io.of("/b");
      expect(made).toEqual(["/", "/a", "/b"]);
    });

    it("close a session that has joined nothing within connectTimeout, and keep one that has", async () => {
      const io = new ServerClass(0, { connectTimeout: 60 });
      const port = await listening(io);
      const socket = client(port);
      expect(await admission(socket)).toBe("connected");
      const silent = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
      await once(silent, "close");
      expect(io.engine.clientsCount).toBe(1);
      expect(socket.connected).toBe(true);
    });
  });

  describe(`${name}: options of the engine (server.md §3.2)`, () => {
    it("have their defaults", async () => {
      const io = new ServerClass(0);
      await listening(io);
      expect(io.engine.opts).toMatchObject({
        pingInterval: 25_000,
        pingTimeout: 20_000,
        upgradeTimeout: 10_000,
        maxHttpBufferSize: 1e6,
        transports: ["polling", "websocket"],
        allowUpgrades: true,
        httpCompression: { threshold: 1024 },
        allowEIO3: false,
        path: "/socket.io",
      });
      expect([io.engine.opts.perMessageDeflate, io.engine.opts.cookie].map(Boolean)).toEqual([false, false]);
    });

    it("are announced to clients", async () => {
      const options = { pingInterval: 1, pingTimeout: 2, maxHttpBufferSize: 3, allowUpgrades: false };
      const port = await listening(new ServerClass(0, options));
      const { body } = await ask(port, "/socket.io/?EIO=4&transport=polling");
      expect(JSON.parse(body.slice(1))).toMatchObject({
        upgrades: [],
        pingInterval: 1,
        pingTimeout: 2,
        maxPayload: 3,
      });
    });

    it("leave out a transport that is not enabled", async () => {
      const port = await listening(new ServerClass(0, { transports: ["websocket"] }));
      const { status, body } = await ask(port, "/socket.io/?EIO=4&transport=polling");
      expect([status, body]).toEqual([400, '{"code":0,"message":"Transport unknown"}']);
      expect(await admission(client(port))).toBe("connected");
    });

    it.each([
      [{ cookie: true }, "io=ID; Path=/; HttpOnly; SameSite=Lax"],
      [{ cookie: {} }, "io=ID; Path=/; HttpOnly; SameSite=Lax"],
      [{ cookie: { name: "my", httpOnly: false } }, "my=ID; Path=/; SameSite=Lax"],
      [
        { cookie: { sameSite: "strict", maxAge: 5, path: "/x", secure: true } as const },
        "io=ID; Max-Age=5; Path=/x; HttpOnly; Secure; SameSite=Strict",
      ],
    ])("set a cookie: %j", async (options, cookie) => {
      const port = await listening(new ServerClass(0, options));
      const { headers, body } = await ask(port, "/socket.io/?EIO=4&transport=polling");
      const { sid } = JSON.parse(body.slice(1));
      expect(headers["set-cookie"]).toEqual([cookie.replace("ID", sid)]);
      const poll = await ask(port, `/socket.io/?EIO=4&transport=polling&sid=${sid}`, {
        method: "POST",
        body: "40",
      });
      expect(poll.headers["set-cookie"]).toBeUndefined();
    });

    it("ask allowRequest for each handshake", async () => {
      const port = await listening(
        new ServerClass(0, {
          allowRequest: (req, callback) => {
            if (req.url?.includes("in=1")) callback(null, true);
            else callback(req.url?.includes("why=1") ? "not today" : null, false);
          },
        }),
      );
      const handshake = "/socket.io/?EIO=4&transport=polling";
      expect((await ask(port, `${handshake}&in=1`)).status).toBe(200);
      expect(await ask(port, `${handshake}&why=1`)).toMatchObject({
        status: 403,
        body: '{"code":4,"message":"not today"}',
      });
      expect(await ask(port, handshake)).toMatchObject({
        status: 403,
        body: '{"code":4,"message":"Forbidden"}',
      });
      expect(await admission(client(port))).toMatchObject({ message: "websocket error" });
      expect(await admission(client(port, "", { query: { in: "1" } }))).toBe("connected");
    });

    it("send the initial packet behind the open packet", async () => {
      const port = await listening(new ServerClass(0, { initialPacket: "welcome" }));
      const { body } = await ask(port, "/socket.io/?EIO=4&transport=polling");
      expect(body.split("\u001e")[1]).toBe("4welcome");
    });

    it("accept a message of maxHttpBufferSize, and close for more", async () => {
      const io = new ServerClass(0, { maxHttpBufferSize: 100 });
      const socket = client(await listening(io));
      const reason = new Promise((resolve) => io.on("connection", (one) => one.on("disconnect", resolve)));
      await nextOf(socket, "connect");
      const heard = new Promise((resolve) => io.sockets.sockets.values().next().value?.on("x", resolve));
      // `42["x",""]` takes ten bytes.
      socket.emit("x", "y".repeat(90));
      expect(await heard).toBe("y".repeat(90));
      socket.emit("x", "y".repeat(91));
      expect((await nextOf(socket, "disconnect"))[0]).toBe("transport close");
      expect(await reason).toMatch(/^transport (error|close)$/);
    });
  });

  describe(`${name}: shutdown (server.md §21)`, () => {
    it("closes sockets, then adapters, then the engine, then the HTTP server", async () => {
      const io = new ServerClass(0);
      const socket = client(await listening(io));
      const order = new Set<string>();
      io.on("connection", (one) => one.on("disconnect", (reason) => order.add(reason)));
      await nextOf(socket, "connect");
      vi.spyOn(io.of("/").adapter, "close").mockImplementation(async () => {
        await new Promise(setImmediate);
        order.add("adapter");
      });
      const { close } = io.engine;
      io.engine.close = () => {
        order.add("engine");
        return close.call(io.engine);
      };
      io.httpServer.on("close", () => order.add("HTTP server"));
      const gone = nextOf(socket, "disconnect");
      await io.close((error) => order.add(`callback: ${error}`));
      expect((await gone)[0]).toBe("transport close");
      expect([...order]).toEqual([
        "server shutting down",
        "adapter",
        "engine",
        "HTTP server",
        "callback: undefined",
      ]);
    });

    it("goes on when an adapter fails to close", async () => {
      const io = new ServerClass(0);
      await listening(io);
      vi.spyOn(io.of("/").adapter, "close").mockRejectedValue(new Error("no connection"));
      await expect(io.close()).resolves.toBeUndefined();
      expect(io.httpServer.listening).toBe(false);
    });

    it("does not reject when it is closed already, and tells the callback", async () => {
      const io = new ServerClass(0);
      await listening(io);
      await io.close();
      const errors: unknown[] = [];
      await expect(io.close((error) => errors.push(error))).resolves.toBeUndefined();
      expect(errors).toMatchObject([{ code: "ERR_SERVER_NOT_RUNNING" }]);
    });

    const credentials = { key: TEST_KEY, cert: TEST_CERTIFICATE };
    it.each<[string, () => Server["httpServer"]]>([
      ["https", () => https.createServer(credentials)],
      ["http2", () => http2.createSecureServer({ ...credentials, allowHTTP1: true })],
    ])("closes a server of node:%s with its clients", async (_name, create) => {
      const io = new ServerClass(create());
      io.httpServer.listen(0);
      await once(io.httpServer, "listening");
      const { port } = io.httpServer.address() as AddressInfo;
      const socket = client(`https://127.0.0.1:${port}`, "", { rejectUnauthorized: false });
      expect(await admission(socket)).toBe("connected");
      const gone = nextOf(socket, "disconnect");
      await io.close();
      expect((await gone)[0]).toBe("transport close");
    });
  });
}

describe("tautline: where upstream's server fails (server.md §28)", () => {
  it("S3: closes the adapters that it replaces", () => {
    const io = new Server();
    const closed = [io.of("/"), io.of("/a")].map(({ adapter }) => vi.spyOn(adapter, "close"));
    io.adapter(io.adapter());
    for (const close of closed) expect(close).toHaveBeenCalledOnce();
  });

  it("takes an arrow function for an adapter", () => {
    const { constructor: Adapter } = new Server().of("/").adapter;
    const io = new Server({ adapter: (nsp) => Reflect.construct(Adapter, [nsp]) });
    expect(io.of("/").adapter).toBeInstanceOf(Adapter);
  });

  it("reports an adapter whose init is rejected, and goes on", async () => {
    const errors: unknown[] = [];
    const { constructor: Adapter } = new Server().of("/").adapter;
    const io = new Server({
      adapter: (nsp) =>
        Object.assign(Reflect.construct(Adapter, [nsp]), {
          init: () => Promise.reject(new Error("no broker")),
        }),
      onError: (error) => errors.push(error),
    });
    await vi.waitFor(() => expect(errors).toMatchObject([{ message: "no broker" }]));
    expect(io.emit("still", "works")).toBe(true);
  });

  it("S20: resolves when it was never attached, and calls back", async () => {
    const callback = vi.fn();
    await expect(new Server().close(callback)).resolves.toBeUndefined();
    expect(callback).toHaveBeenCalledWith();
  });

  it("closes although a connection of HTTP/2 is idle", async () => {
    const io = new Server(http2.createServer());
    const session = http2.connect(
      `http://127.0.0.1:${await new Promise<number>((resolve) => {
        io.httpServer.listen(0, () => resolve((io.httpServer.address() as AddressInfo).port));
      })}`,
    );
    const stream = session.request({ ":path": "/socket.io/" });
    await once(stream.resume(), "end");
    const gone = once(session, "close");
    await io.close();
    await gone;
    expect(io.httpServer.listening).toBe(false);
  });

  it("takes undefined for an option that is not given", async () => {
    const io = new Server(0, { pingInterval: undefined as never });
    await listening(io);
    expect(io.engine.opts.pingInterval).toBe(25_000);
  });
});
