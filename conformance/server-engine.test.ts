import http, { type IncomingHttpHeaders } from "node:http";
import type { Server, ServerOptions } from "@tautline/server";
import { describe, expect, it, vi } from "vitest";
import {
  admission,
  ask,
  askUpgrade,
  client,
  listening,
  nextOf,
  type ServerClass,
  serverClasses,
} from "./peers/server-classes.ts";

// `io.engine`: its members, its events, its middleware, and CORS (server.md §8.4, §18, §20.2).

const handshake = "/socket.io/?EIO=4&transport=polling";
const fromPage = { origin: "http://page.example" };

async function start(
  ServerClass: ServerClass,
  options: Partial<ServerOptions> = {},
): Promise<{ io: Server; port: number }> {
  const io = new ServerClass(0, options);
  return { io, port: await listening(io) };
}

/** The errors that the engine reports, as they come. */
function errorsOf(io: Server): unknown[] {
  const errors: unknown[] = [];
  io.engine.on("connection_error", ({ code, message, context }) => errors.push([code, message, context]));
  return errors;
}

function corsHeaders(headers: IncomingHttpHeaders): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name === "vary" || name.startsWith("access-control-")),
  );
}

for (const [name, ServerClass] of serverClasses) {
  describe(`${name}: members of the engine (server.md §20.2)`, () => {
    it("count and hold the sessions", async () => {
      const { io, port } = await start(ServerClass);
      const opened = nextOf(io.engine as never, "connection");
      const socket = client(port);
      await nextOf(socket, "connect");
      const [raw] = (await opened) as [{ id: string }];
      expect(io.engine.clientsCount).toBe(1);
      expect(Object.keys(io.engine.clients)).toEqual([raw.id]);
      expect(io.engine.clients[raw.id]).toBe(raw);
      expect(socket.io.engine.id).toBe(raw.id);
      socket.disconnect();
      await vi.waitFor(() => expect(io.engine.clientsCount).toBe(0));
      expect(Object.keys(io.engine.clients)).toEqual([]);
    });

    it.each<[string, (id: string) => unknown]>([
      ["text", (id) => id],
      ["a promise", async (id) => id],
    ])("take ids from a generateId that returns %s", async (_name, generate) => {
      const { io, port } = await start(ServerClass);
      const asked: unknown[] = [];
      io.engine.generateId = ((req: { url: string }) => {
        asked.push(req.url.split("?")[0]);
        return generate("my-id");
      }) as never;
      const socket = client(port);
      await nextOf(socket, "connect");
      expect(socket.io.engine.id).toBe("my-id");
      expect(asked).toEqual(["/socket.io/"]);
    });

    it("close all sessions", async () => {
      const { io, port } = await start(ServerClass);
      const socket = client(port);
      await nextOf(socket, "connect");
      const reason = new Promise((resolve) =>
        io.sockets.sockets.get(socket.id ?? "")?.on("disconnect", resolve),
      );
      const gone = nextOf(socket, "disconnect");
      io.engine.close();
      expect((await gone)[0]).toBe("transport close");
      expect(await reason).toBe("forced close");
    });
  });

  describe(`${name}: events of the engine (server.md §20.2)`, () => {
    it("let listeners edit headers, before the handshake and before every response", async () => {
      const { io, port } = await start(ServerClass);
      const seen: string[] = [];
      io.engine.on("initial_headers", (headers, req) => {
        headers["x-initial"] = "yes";
        seen.push(`initial_headers ${req.method}`);
      });
      io.engine.on("headers", (headers, req) => {
        headers["x-every"] = "yes";
        seen.push(`headers ${req.method}`);
      });
      const first = await ask(port, handshake);
      expect(first.headers).toMatchObject({ "x-initial": "yes", "x-every": "yes" });
      const { sid } = JSON.parse(first.body.slice(1));
      const second = await ask(port, `${handshake}&sid=${sid}`, { method: "POST", body: "40" });
      expect(second.headers).toMatchObject({ "x-every": "yes" });
      expect(second.headers).not.toHaveProperty("x-initial");
      const upgraded = await askUpgrade(port, "/socket.io/?EIO=4&transport=websocket");
      expect(upgraded).toMatch(/^HTTP\/1\.1 101[\s\S]*x-initial: yes\r\n/);
      expect(upgraded).toMatch(/x-every: yes\r\n/);
      expect(seen).toEqual([
        "initial_headers GET",
        "headers GET",
        "headers POST",
        "initial_headers GET",
        "headers GET",
      ]);
    });

    it("tell of each flush with its packets, and of each drain", async () => {
      const { io, port } = await start(ServerClass);
      const flushed: string[] = [];
      io.engine.on("flush", (raw, packets) => {
        expect(raw.id).toBeDefined();
        for (const { type, data } of packets) flushed.push(`${type} ${data}`);
      });
      const drained = nextOf(io.engine as never, "drain");
      const socket = client(port);
      await nextOf(socket, "connect");
      io.emit("news");
      await nextOf(socket, "news");
      expect(flushed.slice(1)).toEqual([expect.stringMatching(/^message 0\{"sid"/), 'message 2["news"]']);
      expect((await drained)[0]).toHaveProperty("id");
    });

    it("tell why a request was refused: connection_error", async () => {
      const { io, port } = await start(ServerClass, {
        allowRequest: (req, callback) => callback("not today", !req.url?.includes("out=1")),
      });
      const errors = errorsOf(io);
      const { body } = await ask(port, handshake);
      const { sid } = JSON.parse(body.slice(1));
      const socket = client(port);
      await nextOf(socket, "connect");
      const refusals: [path: string, method: string, status: number, error: unknown[]][] = [
        ["/socket.io/?transport=x", "GET", 400, [0, "Transport unknown", { transport: "x" }]],
        [`${handshake}&sid=nope`, "GET", 400, [1, "Session ID unknown", { sid: "nope" }]],
        [handshake, "POST", 400, [2, "Bad handshake method", { method: "POST" }]],
        [
          `${handshake}&sid=${socket.io.engine.id}`,
          "GET",
          400,
          [
            3,
            "Bad request",
            { name: "TRANSPORT_MISMATCH", transport: "polling", previousTransport: "websocket" },
          ],
        ],
        [
          `/socket.io/?EIO=3&transport=polling&sid=${sid}`,
          "GET",
          400,
          [3, "Bad request", { name: "PROTOCOL_MISMATCH", protocol: 3, previousProtocol: 4 }],
        ],
        [
          "/socket.io/?EIO=4&transport=websocket",
          "GET",
          400,
          [3, "Bad request", { name: "TRANSPORT_HANDSHAKE_ERROR" }],
        ],
        [`${handshake}&out=1`, "GET", 403, [4, "Forbidden", { message: "not today" }]],
        [
          "/socket.io/?EIO=3&transport=polling",
          "GET",
          400,
          [5, "Unsupported protocol version", { protocol: 3 }],
        ],
      ];
      for (const [path, method, status, [code, message, context]] of refusals) {
        errors.length = 0;
        const answer = await ask(port, path, { method });
        expect(errors).toEqual([[code, message, context]]);
        const text = code === 4 ? "not today" : message;
        expect(answer).toEqual({
          status,
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ code, message: text }),
        });
      }
    });

    it("tell of an id that could not be made", async () => {
      const { io, port } = await start(ServerClass, { onError: () => {} });
      const errors = errorsOf(io);
      const error = new Error("no ids left");
      io.engine.generateId = () => Promise.reject(error);
      expect((await ask(port, handshake)).body).toBe('{"code":3,"message":"Bad request"}');
      expect(errors).toEqual([[3, "Bad request", { name: "ID_GENERATION_ERROR", error }]]);
    });

    it("tell of an origin that no header may carry", async () => {
      // Node's parser refuses it by itself, unless told to be lenient.
      const io = new ServerClass(http.createServer({ insecureHTTPParser: true }).listen(0));
      const port = await listening(io);
      const errors = errorsOf(io);
      const answer = await askUpgrade(port, "/socket.io/?EIO=4&transport=websocket", ["Origin: a\u0001b"]);
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      expect(errors).toEqual([[3, "Bad request", { name: "INVALID_ORIGIN", origin: "a\u0001b" }]]);
    });

    it("answer a refused upgrade with the message alone, and cut the connection", async () => {
      const { port } = await start(ServerClass);
      expect(await askUpgrade(port, "/socket.io/?EIO=4&transport=websocket&sid=nope")).toBe(
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-type: text/html\r\nContent-Length: 18\r\n\r\n" +
          "Session ID unknown",
      );
    });
  });

  describe(`${name}: middleware of the engine (server.md §8.4)`, () => {
    it("sees every request and upgrade, with a response that takes headers", async () => {
      const { io, port } = await start(ServerClass);
      const seen: unknown[] = [];
      io.engine.use((req, res, next) => {
        const { _query } = req as unknown as { _query: Record<string, string> };
        const methods = ["setHeader", "getHeader", "removeHeader", "write", "writeHead", "end"] as const;
        seen.push([
          _query.transport,
          _query.sid === undefined,
          methods.every((one) => typeof res[one] === "function"),
        ]);
        res.setHeader("x-middleware", "yes");
        next();
      });
      const first = await ask(port, handshake);
      expect(first.headers["x-middleware"]).toBe("yes");
      const { sid } = JSON.parse(first.body.slice(1));
      await ask(port, `${handshake}&sid=${sid}`, { method: "POST", body: "40" });
      const upgraded = await askUpgrade(port, "/socket.io/?EIO=4&transport=websocket");
      expect(upgraded).toMatch(/^HTTP\/1\.1 101[\s\S]*x-middleware: yes\r\n/);
      expect(seen).toEqual([
        ["polling", true, true],
        ["polling", false, true],
        ["websocket", true, true],
      ]);
    });

    it.each<[string, Parameters<Server["engine"]["use"]>[0]]>([
      ["gives next an error", (_req, _res, next) => next(new Error("out"))],
      [
        "throws",
        () => {
          throw new Error("out");
        },
      ],
      ["rejects", () => Promise.reject(new Error("out"))],
    ])("refuses when it %s", async (_name, middleware) => {
      const { io, port } = await start(ServerClass, { onError: () => {} });
      const errors = errorsOf(io);
      io.engine.use(middleware);
      expect(await ask(port, handshake)).toMatchObject({
        status: 400,
        body: '{"code":3,"message":"Bad request"}',
      });
      expect(await askUpgrade(port, "/socket.io/?EIO=4&transport=websocket")).toMatch(
        /^HTTP\/1\.1 400 Bad Request/,
      );
      expect(errors).toMatchObject([
        [3, "Bad request", { name: "MIDDLEWARE_FAILURE" }],
        [3, "Bad request", { name: "MIDDLEWARE_FAILURE" }],
      ]);
    });

    it("counts its first next only, and may answer itself", async () => {
      const { io, port } = await start(ServerClass);
      io.engine.use((req, res, next) => {
        if (req.url?.includes("own=1")) {
          res.end("own answer");
          return;
        }
        next();
        next(new Error("too late"));
      });
      expect((await ask(port, handshake)).status).toBe(200);
      expect(io.engine.clientsCount).toBe(1);
      expect((await ask(port, `${handshake}&own=1`)).body).toBe("own answer");
      expect(await askUpgrade(port, "/socket.io/?EIO=4&transport=websocket&own=1")).toBe("");
      expect(await admission(client(port))).toBe("connected");
    });
  });

  describe(`${name}: CORS (server.md §18)`, () => {
    const page = fromPage.origin;
    it.each<[string, unknown, Record<string, string>]>([
      ["nothing", undefined, {}],
      ["false", false, {}],
      ["no origin", {}, { "access-control-allow-origin": "*" }],
      ['"*"', { origin: "*" }, { "access-control-allow-origin": "*" }],
      ["a text", { origin: "http://a" }, { "access-control-allow-origin": "http://a", vary: "Origin" }],
      ["true", { origin: true }, { "access-control-allow-origin": page, vary: "Origin" }],
      ["origin false", { origin: false }, {}],
      [
        "an expression",
        { origin: /page\.example$/ },
        { "access-control-allow-origin": page, vary: "Origin" },
      ],
      ["an expression that does not match", { origin: /other$/ }, { vary: "Origin" }],
      ["a list", { origin: ["http://a", /page/] }, { "access-control-allow-origin": page, vary: "Origin" }],
      ["a list without it", { origin: ["http://a"] }, { vary: "Origin" }],
      [
        "a function of the origin",
        { origin: (_origin: string, found: (error: null, value: string[]) => void) => found(null, [page]) },
        { "access-control-allow-origin": page, vary: "Origin" },
      ],
      [
        "a delegate",
        (_req: unknown, found: (error: null, options: object) => void) =>
          found(null, { origin: "http://d", credentials: true, exposedHeaders: ["x-e"] }),
        {
          "access-control-allow-origin": "http://d",
          "access-control-allow-credentials": "true",
          "access-control-expose-headers": "x-e",
          vary: "Origin",
        },
      ],
    ])("%s", async (_name, cors, expected) => {
      const { port } = await start(ServerClass, { cors });
      expect(corsHeaders((await ask(port, handshake, { headers: fromPage })).headers)).toEqual(expected);
      const refused = await ask(port, `${handshake}&sid=nope`, { headers: fromPage });
      expect([refused.status, corsHeaders(refused.headers)]).toEqual([400, expected]);
      const script = await ask(port, "/socket.io/socket.io.js", {
        method: "HEAD",
        headers: { ...fromPage, "accept-encoding": "identity" },
      });
      const { vary, ...others } = corsHeaders(script.headers);
      // Ours also says that the coding varies.
      const varies = String(vary ?? "").replace(/(, )?Accept-Encoding/, "");
      expect({ ...others, ...(varies && { vary: varies }) }).toEqual(expected);
    });

    const preflight = {
      method: "OPTIONS",
      headers: {
        ...fromPage,
        "access-control-request-method": "POST",
        "access-control-request-headers": "x-a, x-b",
      },
    };

    it("answers a preflight at once, by default with all methods and the headers that are asked for", async () => {
      const { port } = await start(ServerClass, { cors: { origin: page } });
      expect(await ask(port, handshake, preflight)).toEqual({
        status: 204,
        headers: {
          "access-control-allow-origin": page,
          "access-control-allow-methods": "GET,HEAD,PUT,PATCH,POST,DELETE",
          "access-control-allow-headers": "x-a, x-b",
          "content-length": "0",
          vary: "Origin, Access-Control-Request-Headers",
        },
        body: "",
      });
    });

    it("answers a preflight with what is set", async () => {
      const cors = {
        origin: page,
        methods: ["GET", "POST"],
        allowedHeaders: ["x-c"],
        credentials: true,
        maxAge: 5,
        optionsSuccessStatus: 200,
      };
      const { port } = await start(ServerClass, { cors });
      const { status, headers } = await ask(port, handshake, preflight);
      expect([status, headers]).toEqual([
        200,
        {
          "access-control-allow-origin": page,
          "access-control-allow-credentials": "true",
          "access-control-allow-methods": "GET,POST",
          "access-control-allow-headers": "x-c",
          "access-control-max-age": "5",
          "content-length": "0",
          vary: "Origin",
        },
      ]);
    });

    it("hands a preflight to the engine with preflightContinue, or without CORS", async () => {
      for (const cors of [{ origin: page, preflightContinue: true }, undefined]) {
        const { port } = await start(ServerClass, { cors });
        const { status, body } = await ask(port, handshake, preflight);
        expect([status, body]).toEqual([400, '{"code":2,"message":"Bad handshake method"}']);
      }
    });

    it("refuses when its delegate fails", async () => {
      const cors = (_req: unknown, found: (error: Error) => void) => found(new Error("no list"));
      const { io, port } = await start(ServerClass, { cors, onError: () => {} });
      const errors = errorsOf(io);
      expect((await ask(port, handshake)).status).toBe(400);
      expect(errors).toMatchObject([[3, "Bad request", { name: "MIDDLEWARE_FAILURE" }]]);
    });

    it("does not keep a WebSocket out", async () => {
      const { port } = await start(ServerClass, { cors: { origin: "http://other" } });
      expect(await admission(client(port, "", { extraHeaders: fromPage }))).toBe("connected");
    });
  });
}
