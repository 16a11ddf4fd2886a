import {
  type Server as HttpServer,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type * as EnginePackage from "engine.io";
import { Socket as ClientSocket } from "engine.io-client";
import { Notes } from "./notes.ts";
import type { Transcript } from "./program.ts";
import { until } from "./until.ts";

/** What a program of the engine alone is given: the package, and what it needs to be observed. */
export interface EngineStage {
  readonly engine: typeof EnginePackage;
  note(actor: string, ...values: unknown[]): void;
  /** Listens with an engine of the given options. */
  listen(options?: EnginePackage.ServerOptions & EnginePackage.AttachOptions): Promise<Listening>;
  until(condition: () => boolean): Promise<void>;
}

interface Listening {
  readonly server: EnginePackage.Server;
  readonly url: string;
  /** A stock client, over WebSocket alone unless told otherwise. */
  client(options?: Record<string, unknown>): ClientSocket;
}

/** A program written for engine.io, run on upstream's package and on ours. */
export interface EngineProgram {
  readonly name: string;
  run(stage: EngineStage): Promise<void>;
}

/** Runs a program with one of the packages, and gives what was noted. */
export async function runEngineProgram(
  program: EngineProgram,
  engine: typeof EnginePackage,
): Promise<Transcript> {
  const notes = new Notes();
  const httpServers: HttpServer[] = [];
  const clients: ClientSocket[] = [];
  const servers: EnginePackage.Server[] = [];
  const listen: EngineStage["listen"] = async (options = {}) => {
    const server = engine.listen(0, options, () => undefined);
    const { httpServer } = server;
    if (httpServer === undefined) throw new Error("an engine that listens has an HTTP server");
    await until(() => httpServer.listening);
    httpServers.push(httpServer);
    servers.push(server);
    const url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
    const client = (given: Record<string, unknown> = {}): ClientSocket => {
      const socket = new ClientSocket(url, { transports: ["websocket"], ...given });
      clients.push(socket);
      return socket;
    };
    return { server, url, client };
  };
  try {
    await program.run({ engine, note: (actor, ...values) => notes.add(actor, values), listen, until });
  } finally {
    for (const client of clients) client.close();
    for (const server of servers) server.close();
    for (const httpServer of httpServers) httpServer.close();
  }
  return notes.transcript();
}

/** protocol.md §39–§44. */
export const enginePrograms: readonly EngineProgram[] = [
  {
    name: "EIO §39: finds the same exports",
    async run({ engine, note }) {
      const expected = [
        "Server",
        "Socket",
        "Transport",
        "transports",
        "listen",
        "attach",
        "parser",
        "protocol",
      ];
      note("program", ...expected.map((name) => `${name}: ${typeof Object(engine)[name]}`));
      note("program", engine.protocol, Object.keys(engine.transports).sort());
      note("program", Object.keys(engine.parser).sort());
      const { errors, errorMessages } = engine.Server as unknown as Record<string, object>;
      note("program", errors, errorMessages);
    },
  },
  {
    name: "EIO §40: answers what is not the engine's with 501",
    async run({ listen, note }) {
      const { url } = await listen();
      for (const path of ["/", "/socket.io/", "/engine.io/?EIO=4&transport=nothing", "/engine.io"]) {
        const response = await fetch(`${url}${path}`);
        note("client", path, response.status, await response.text());
      }
    },
  },
  {
    name: "EIO §41: finds its options merged with the defaults",
    async run({ engine, note }) {
      const { opts } = new engine.Server({
        pingInterval: 5,
        maxHttpBufferSize: 7,
        cookie: true as never,
      }) as unknown as {
        opts: Record<string, unknown>;
      };
      for (const name of [
        "pingTimeout",
        "pingInterval",
        "upgradeTimeout",
        "maxHttpBufferSize",
        "transports",
      ]) {
        note("program", name, opts[name]);
      }
      for (const name of ["allowUpgrades", "httpCompression", "cookie", "allowEIO3"]) {
        note("program", name, opts[name]);
      }
    },
  },
  {
    name: "EIO §42, §43: is told of a session from its beginning to its end",
    async run({ listen, note, until }) {
      const { server, client } = await listen();
      let isClosed = false;
      server.on("connection", (socket: EnginePackage.Socket) => {
        note(
          "server",
          socket.readyState,
          socket.protocol,
          socket.upgraded,
          socket.upgrading,
          server.clientsCount,
        );
        note("server", socket.transport.name, socket.transport.readyState, socket.request.method);
        socket.on("packet", (packet) => note("server", "packet", packet));
        socket.on("data", (data) => note("server", "data", data));
        socket.on("message", (data) => note("server", "message", data));
        socket.on("packetCreate", ({ type, data }) => note("server", "packetCreate", type, data));
        socket.on("close", (reason, description) => {
          note("server", "close", reason, typeof description, server.clientsCount);
          isClosed = true;
        });
        socket.send("hello", { compress: false }, (transport) => note("server", "written", transport.name));
      });
      const socket = client();
      let count = 0;
      socket.on("message", (data) => {
        note("client", data);
        count++;
      });
      await until(() => count === 1);
      socket.send("text");
      socket.send(Uint8Array.of(1, 2, 3));
      socket.send("");
      const [session] = Object.values(
        (server as unknown as { clients: Record<string, EnginePackage.Socket> }).clients,
      );
      session?.send(Buffer.from([9]));
      session?.write("last");
      await until(() => count === 3);
      socket.send("ended");
      await new Promise((resolve) => session?.once("message", resolve));
      socket.close();
      await until(() => isClosed);
      note("server", session?.readyState, session?.send("late") === session);
    },
  },
  {
    name: "EIO §14.1: closes a session, at once or behind what is queued",
    async run({ listen, note, until }) {
      const { server, client } = await listen();
      for (const discard of [false, true]) {
        let closed = 0;
        server.once("connection", (socket: EnginePackage.Socket) => {
          socket.on("close", (reason) => {
            note("server", reason);
            closed++;
          });
          socket.send("before");
          socket.close(discard);
        });
        const socket = client();
        socket.on("message", (data) => note("client", data));
        socket.on("close", (reason) => {
          note("client", reason);
          closed++;
        });
        await until(() => closed === 2);
      }
    },
  },
  {
    name: "EIO §13: is told of an upgrade",
    async run({ listen, note, until }) {
      const { server, client } = await listen();
      let upgraded = 0;
      server.on("connection", (socket: EnginePackage.Socket) => {
        note("server", socket.transport.name, server.upgrades("polling"), server.upgrades("websocket"));
        socket.on("upgrading", (transport) => note("server", "upgrading", transport.name, socket.upgrading));
        socket.on("upgrade", (transport) => {
          note("server", "upgrade", transport.name, socket.upgraded, socket.transport === transport);
          upgraded++;
        });
      });
      const socket = client({ transports: ["polling", "websocket"] });
      socket.on("upgrade", (transport) => {
        note("client", transport.name);
        upgraded++;
      });
      await until(() => upgraded === 2);
    },
  },
  {
    name: "EIO §21: decides with hooks who may come, under which id and with which headers",
    async run({ listen, note, until }) {
      const { server, client, url } = await listen({
        allowRequest: (req, done) =>
          done(req.headers["x-let-me"] ? null : "who are you?", Boolean(req.headers["x-let-me"])),
      });
      server.generateId = () => "my-id";
      server.on("connection_error", ({ code, message, context }) => note("server", code, message, context));
      server.on("initial_headers", (headers) => {
        headers["x-first"] = "1";
      });
      server.on("headers", (headers) => {
        headers["x-each"] = "2";
      });
      server.use((req: IncomingMessage, res: ServerResponse, next: () => void) => {
        note("server", "middleware", req.method, res.getHeader("x-none"));
        next();
      });
      const refused = await fetch(`${url}/engine.io/?EIO=4&transport=polling`);
      note("client", refused.status, refused.headers.get("x-each"), await refused.text());
      const let_in = await fetch(`${url}/engine.io/?EIO=4&transport=polling`, {
        headers: { "x-let-me": "in" },
      });
      note("client", let_in.status, let_in.headers.get("x-first"), await let_in.text());
      server.generateId = () => Promise.resolve("another");
      const socket = client({ extraHeaders: { "x-let-me": "in" } });
      await until(() => socket.readyState === "open");
      note("client", socket.id, server.clientsCount);
    },
  },
  {
    name: "EIO §42: takes requests that a program routes by itself",
    async run({ engine, note, until }) {
      const server = new engine.Server();
      const { createServer } = await import("node:http");
      const httpServer = createServer((req, res) => server.handleRequest(req as never, res as never));
      httpServer.on("upgrade", (req, socket, head) =>
        server.handleUpgrade(req as never, socket as never, head),
      );
      await new Promise<void>((resolve) => httpServer.listen(0, "127.0.0.1", resolve));
      const { port } = httpServer.address() as AddressInfo;
      const socket = new ClientSocket(`http://127.0.0.1:${port}`, { path: "/anything" });
      await until(() => socket.transport?.name === "websocket" && server.clientsCount === 1);
      note("server", server.clientsCount, (server as unknown as { httpServer?: unknown }).httpServer);
      socket.close();
      await until(() => server.clientsCount === 0);
      server.close();
      httpServer.close();
    },
  },
  {
    name: "EIO §12: keeps sessions alive by its heartbeat, and ends silent ones",
    async run({ listen, note, until }) {
      const { server, client, url } = await listen({ pingInterval: 30, pingTimeout: 60 });
      let beats = 0;
      server.once("connection", (socket: EnginePackage.Socket) => {
        socket.on("heartbeat", () => {
          beats++;
        });
      });
      client();
      await until(() => beats >= 3);
      let isEnded = false;
      server.once("connection", (socket: EnginePackage.Socket) => {
        socket.on("close", (reason) => {
          note("server", reason);
          isEnded = true;
        });
      });
      const silent = requestHttp(`${url}/engine.io/?EIO=4&transport=polling`, { agent: false });
      silent.on("response", (response) => response.resume());
      silent.end();
      await until(() => isEnded);
      note("server", server.clientsCount);
    },
  },
];
