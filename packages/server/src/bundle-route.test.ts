import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, createSecureServer, connect as openHttp2 } from "node:http2";
import { createServer as createHttpsServer, request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { TEST_CERTIFICATE, TEST_KEY } from "@tautline/hosts/node/testing/certificate";
import { afterEach, describe, expect, it } from "vitest";
import { type AnyHttpServer, Server } from "./node-server.ts";
import type { ServerOptions } from "./options.ts";
import { version } from "./version.ts";

const { sendFile } = Server;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  Server.sendFile = sendFile;
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server whose bundles are their names, beside an application that answers "application". */
async function serve(options: Partial<ServerOptions> = {}): Promise<Server> {
  Server.sendFile = (name, _req, res) => {
    res.end(`the file ${name}`);
  };
  const io = new Server(options);
  return attach(io, createServer(application));
}

async function attach(io: Server, httpServer: AnyHttpServer): Promise<Server> {
  io.attach(httpServer);
  cleanups.push(() => io.close());
  httpServer.listen(0, "127.0.0.1");
  await once(httpServer, "listening");
  return io;
}

function application(_req: IncomingMessage, res: ServerResponse): void {
  res.end("application");
}

function portOf(io: Server): number {
  return (io.httpServer.address() as AddressInfo).port;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

function ask(io: Server, path: string, { method = "GET", headers = {} }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: portOf(io), path, method, headers, agent: false })
      .on("response", (response) => readAnswer(response).then(resolve))
      .on("error", reject)
      .end();
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  let body = "";
  for await (const chunk of response) body += chunk;
  const { date: _, connection: __, ...headers } = response.headers;
  return { status: response.statusCode ?? 0, headers, body };
}

describe("the route of the client bundles (server.md §17)", () => {
  it.each([
    ["/socket.io/socket.io.js", "application/javascript; charset=utf-8"],
    ["/socket.io/socket.io.msgpack.min.js?v=3", "application/javascript; charset=utf-8"],
    ["/socket.io/socket.io.esm.min.js.map", "application/json; charset=utf-8"],
  ])("answers %s", async (path, type) => {
    const { status, headers, body } = await ask(await serve(), path);
    expect(status).toBe(200);
    expect(headers).toEqual({
      "cache-control": "public, max-age=0",
      "content-type": type,
      etag: `"${version}"`,
      "content-length": String(body.length),
    });
    expect(body).toBe(`the file ${path.slice("/socket.io/".length).replace("?v=3", "")}`);
  });

  it.each(["POST", "PUT", "DELETE", "OPTIONS"])("answers %s as it does GET", async (method) => {
    const { status, body } = await ask(await serve(), "/socket.io/socket.io.js", { method });
    expect([status, body]).toEqual([200, "the file socket.io.js"]);
  });

  it.each([`"${version}"`, `W/"${version}"`])("answers 304 to who has %s", async (known) => {
    const answer = await ask(await serve(), "/socket.io/socket.io.js", {
      headers: { "If-None-Match": known },
    });
    expect(answer).toEqual({ status: 304, headers: {}, body: "" });
  });

  it("answers in full to who has another version", async () => {
    const answer = await ask(await serve(), "/socket.io/socket.io.js", {
      headers: { "If-None-Match": '"4.0"' },
    });
    expect(answer.status).toBe(200);
  });

  it("leaves all other names below the path to the engine", async () => {
    const io = await serve();
    for (const path of [
      "/socket.io/socket.io.esm.js",
      "/socket.io/a/socket.io.js",
      "/socket.io/%73ocket.io.js",
    ]) {
      const { status, body } = await ask(io, path);
      expect([status, body]).toEqual([400, '{"code":0,"message":"Transport unknown"}']);
    }
  });

  it("leaves everything outside the path to the application", async () => {
    const io = await serve();
    for (const path of [
      "/socket.io",
      "/socket.ioxyz/socket.io.js",
      "/socket.io.js",
      "/a/socket.io/socket.io.js",
    ]) {
      expect((await ask(io, path)).body).toBe("application");
    }
  });

  it("stands at the path that was set", async () => {
    Server.sendFile = (name, _req, res) => {
      res.end(name);
    };
    const io = await attach(new Server().path("/live/"), createServer(application));
    expect((await ask(io, "/live/socket.io.js")).body).toBe("socket.io.js");
    expect((await ask(io, "/socket.io/socket.io.js")).body).toBe("application");
  });

  it.each<[string, (io: Server) => unknown]>([
    ["the option", () => {}],
    ["the setter", (io) => io.serveClient(false)],
  ])("is left out by %s", async (name, change) => {
    const io = new Server(name === "the option" ? { serveClient: false } : {});
    change(io);
    expect(io.serveClient()).toBe(false);
    await attach(io, createServer(application));
    const { status, body } = await ask(io, "/socket.io/socket.io.js");
    expect([status, body]).toEqual([400, '{"code":0,"message":"Transport unknown"}']);
    io.serveClient(true);
    expect((await ask(io, "/socket.io/socket.io.js")).status).toBe(400);
  });

  it("sends the headers of CORS, on 304 too, and answers preflights", async () => {
    const io = await serve({ cors: { origin: "https://page.example", credentials: true } });
    const path = "/socket.io/socket.io.js";
    const cors = {
      "access-control-allow-origin": "https://page.example",
      "access-control-allow-credentials": "true",
      vary: "Origin",
    };
    expect((await ask(io, path)).headers).toMatchObject(cors);
    const known = await ask(io, path, { headers: { "If-None-Match": `"${version}"` } });
    expect(known).toMatchObject({ status: 304, headers: cors });
    const preflight = await ask(io, path, { method: "OPTIONS" });
    const vary = "Origin, Access-Control-Request-Headers";
    expect(preflight).toMatchObject({
      status: 204,
      headers: { ...cors, vary, "content-length": "0" },
      body: "",
    });
  });

  it("reports an error of the cors delegate, and answers without the headers of CORS", async () => {
    const errors: unknown[] = [];
    const io = await serve({
      cors: (_req: unknown, callback: (error: Error) => void) => callback(new Error("no list of origins")),
      onError: (error) => errors.push(error),
    });
    const { status, headers } = await ask(io, "/socket.io/socket.io.js");
    expect([status, headers["access-control-allow-origin"]]).toEqual([200, undefined]);
    expect(errors).toMatchObject([{ message: "no list of origins" }]);
  });

  it.each<[string, typeof Server.sendFile]>([
    [
      "throws",
      () => {
        throw new Error("no file");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no file"))],
  ])("reports a sendFile that %s, and answers 500 without what would be cached", async (_name, failing) => {
    const errors: unknown[] = [];
    const io = await serve({ onError: (error) => errors.push(error) });
    Server.sendFile = failing;
    const { status, headers, body } = await ask(io, "/socket.io/socket.io.js");
    expect([status, body]).toEqual([500, "no file"]);
    expect(headers).not.toHaveProperty("etag");
    expect(headers).not.toHaveProperty("cache-control");
    expect(errors).toMatchObject([{ message: "no file" }]);
  });

  it("leaves the listeners of the application in their order, behind the engine's", async () => {
    const order: string[] = [];
    const httpServer = createServer(() => order.push("first"));
    httpServer.on("request", (_req, res) => {
      order.push("second");
      res.end();
    });
    const io = await attach(new Server(), httpServer);
    await ask(io, "/elsewhere");
    expect(order).toEqual(["first", "second"]);
  });

  it("works over HTTPS", async () => {
    await serve();
    const credentials = { key: TEST_KEY, cert: TEST_CERTIFICATE };
    const io = await attach(new Server(), createHttpsServer(credentials));
    const path = "/socket.io/socket.io.js";
    const asked = httpsRequest({ port: portOf(io), path, rejectUnauthorized: false, agent: false }).end();
    const [response] = await once(asked, "response");
    expect(await readAnswer(response)).toMatchObject({ status: 200, body: "the file socket.io.js" });
  });

  it.each<[string, (secure: boolean) => AnyHttpServer]>([
    ["plain", () => createHttp2Server()],
    ["encrypted", () => createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATE, allowHTTP1: true })],
  ])("works over HTTP/2, %s", async (name, create) => {
    const io = await attach(new Server(), create(name === "encrypted"));
    Server.sendFile = (file, _req, res) => {
      res.end(`the file ${file}`);
    };
    const origin = `${name === "encrypted" ? "https" : "http"}://127.0.0.1:${portOf(io)}`;
    const session = openHttp2(origin, { rejectUnauthorized: false });
    cleanups.push(() => session.close());
    const stream = session.request({ ":path": "/socket.io/socket.io.js" });
    const [headers] = await once(stream, "response");
    let body = "";
    for await (const chunk of stream) body += chunk;
    expect(headers).toMatchObject({ ":status": 200, etag: `"${version}"` });
    expect(body).toBe("the file socket.io.js");
  });
});
