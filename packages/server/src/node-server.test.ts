import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { type Socket as ClientSocket, io as connect } from "socket.io-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Server } from "./node-server.ts";
import type { ServerOptions } from "./options.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listening(io: Server): Promise<number> {
  cleanups.push(() => io.close());
  if (!io.httpServer.listening) await once(io.httpServer, "listening");
  return (io.httpServer.address() as AddressInfo).port;
}

function client(port: number, options: Parameters<typeof connect>[1] = {}): ClientSocket {
  const socket = connect(`http://127.0.0.1:${port}`, { reconnection: false, forceNew: true, ...options });
  cleanups.push(() => socket.disconnect());
  return socket;
}

describe("a server on Node", () => {
  it.each<[string, (options: Partial<ServerOptions>) => Server]>([
    ["a port", (options) => new Server(0, options)],
    ["a port as text", (options) => new Server("0", options)],
    ["an HTTP server", (options) => new Server(createServer().listen(0), options)],
    ["nothing, then a port to listen on", (options) => new Server(options).listen(0)],
    [
      "nothing, then an HTTP server",
      (options) => new Server(undefined, options).attach(createServer().listen(0)),
    ],
  ])("accepts clients when it is given %s", async (_name, create) => {
    const io = create({ path: "/live/" });
    const port = await listening(io);
    expect(io.path()).toBe("/live");
    const socket = client(port, { path: "/live/" });
    await once(socket as never, "connect");
    expect(io.engine.clientsCount).toBe(1);
    expect(io.sockets.sockets.has(socket.id ?? "")).toBe(true);
  });

  it("refuses a request handler in place of a server", () => {
    expect(() => new Server(express() as never)).toThrow(
      "You are trying to attach socket.io to an express request handler function. Please pass a http.Server instance.",
    );
  });

  it("leaves other routes to the application that it stands beside", async () => {
    const app = express();
    app.get("/hello", (_request, response) => {
      response.send("from express");
    });
    const io = new Server(createServer(app).listen(0));
    const port = await listening(io);
    const response = await fetch(`http://127.0.0.1:${port}/hello`);
    expect(await response.text()).toBe("from express");
    const own = await fetch(`http://127.0.0.1:${port}/socket.io/?EIO=4&transport=polling`);
    expect(await own.text()).toMatch(/^0\{"sid"/);
  });

  it("closes every socket with server shutting down, which clients see as transport close", async () => {
    const io = new Server(0);
    const port = await listening(io);
    const reasons: string[] = [];
    io.on("connection", (socket) => socket.on("disconnect", (reason) => reasons.push(reason)));
    const socket = client(port, { transports: ["websocket"] });
    await once(socket as never, "connect");
    const gone = once(socket as never, "disconnect");
    let error: unknown = "not called";
    await io.close((closeError) => {
      error = closeError;
    });
    expect(reasons).toEqual(["server shutting down"]);
    expect((await gone)[0]).toBe("transport close");
    expect(error).toBeUndefined();
    await io.close((closeError) => {
      error = closeError;
    });
    expect(error).toMatchObject({ code: "ERR_SERVER_NOT_RUNNING" });
  });

  it("closes although a client comes back on a connection that was kept", async () => {
    const io = new Server(0);
    const port = await listening(io);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    cleanups.push(() => agent.destroy());
    const get = (query: string) =>
      new Promise<IncomingMessage & { text: string }>((resolve, reject) => {
        request({ port, agent, path: `/socket.io/?EIO=4&transport=polling${query}` }, async (response) => {
          let text = "";
          for await (const chunk of response) text += chunk;
          resolve(Object.assign(response, { text }));
        })
          .on("error", reject)
          .end();
      });
    const opened = await get("");
    const { sid } = JSON.parse(opened.text.slice(1));
    const poll = get(`&sid=${sid}`);
    const again = poll.then(() => get(""));
    await vi.waitFor(() => expect(io.engine.clients[sid]?.transport.writable).toBe(true));
    const closed = io.close();
    expect((await poll).text).toBe("1");
    const refused = await again.catch((error) => error);
    await closed;
    // Either the connection was closed at once, or the handshake was refused and closed it.
    if (refused instanceof Error) expect(refused).toMatchObject({ code: expect.stringMatching(/ECONN/) });
    else expect([refused.statusCode, refused.headers.connection]).toEqual([503, "close"]);
    expect(io.engine.clientsCount).toBe(0);
  });

  it("accepts clients again when its HTTP server listens again", async () => {
    const io = new Server(0);
    const port = await listening(io);
    await io.close();
    io.httpServer.listen(port);
    await once(io.httpServer, "listening");
    const socket = client(port);
    await once(socket as never, "connect");
    expect(io.engine.clientsCount).toBe(1);
  });

  it("S20: closes without an error when it was never attached", async () => {
    await expect(new Server().close()).resolves.toBeUndefined();
  });

  it.each([
    [
      "socket.io:server,engine",
      /^\S+ socket\.io:server attached to \/socket\.io\n\S+ engine session .{4}… opened by websocket\n$/,
    ],
    ["express:*", /^$/],
    [undefined, /^$/],
  ])("writes to standard error what DEBUG asks for: %s", async (setting, expected) => {
    vi.stubEnv("DEBUG", setting);
    cleanups.push(() => vi.unstubAllEnvs());
    const written: unknown[] = [];
    const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(text) > 0);
    cleanups.push(() => write.mockRestore());
    const io = new Server(0);
    const socket = client(await listening(io), { transports: ["websocket"] });
    await once(socket as never, "connect");
    expect(written.join("")).toMatch(expected);
  });

  it("prints what a listener throws, and keeps serving", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    cleanups.push(() => printed.mockRestore());
    const io = new Server(0);
    const port = await listening(io);
    io.on("connection", (socket) => {
      socket.on("fail", () => {
        throw new Error("listener failed");
      });
      socket.on("ask", (ack) => ack("still here"));
    });
    const socket = client(port);
    socket.emit("fail");
    expect(await socket.timeout(5000).emitWithAck("ask")).toBe("still here");
    expect(printed.mock.calls[0]?.[1]).toMatchObject({ message: "listener failed" });
  });

  it("gives errors to onError instead, when the program sets it", async () => {
    const errors: unknown[] = [];
    const io = new Server(0, { onError: (error) => errors.push(error) });
    const port = await listening(io);
    io.use(async () => {
      throw new Error("no database");
    });
    const socket = client(port);
    const [refusal] = await once(socket as never, "connect_error");
    expect(refusal.message).toBe("no database");
    expect(errors).toMatchObject([{ message: "no database" }]);
  });
});
