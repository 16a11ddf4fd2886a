import type { IncomingMessage } from "node:http";
import type { Program } from "../program.ts";

/** server.md §20: the engine and its sessions, as a program reaches them. */
export const sessions: readonly Program[] = [
  {
    name: "§20.3: finds the members of a session",
    async run({ io, note, connected }) {
      io.on("connection", ({ conn, request }) => {
        const members = ["id", "protocol", "readyState", "request", "remoteAddress", "transport", "upgraded"];
        members.push("upgrading", "write", "send", "close", "on", "once", "off", "removeListener", "server");
        note("server", ...members.map((name) => `${name}: ${typeof Reflect.get(conn, name)}`));
        note("server", conn.readyState, conn.upgraded, conn.upgrading, conn.request === request);
        const { transport } = conn;
        note("server", transport.readyState, typeof transport.writable, transport.protocol);
        note("server", Reflect.get(Reflect.get(io.engine, "clients"), Reflect.get(conn, "id")) === conn);
        note(
          "server",
          request.method,
          request.url?.startsWith("/socket.io/"),
          typeof Reflect.get(request, "_query"),
        );
        note("server", Reflect.get(request, "_query")?.EIO);
      });
      await connected();
    },
  },
  {
    name: "§20.3: tells of what goes through a session, in order",
    async run({ io, note, connected, settle }) {
      io.engine.on("connection", (conn: NonNullable<ReturnType<typeof io.sockets.sockets.get>>["conn"]) => {
        note("server", "connection", conn.readyState);
        conn.on("packet", ({ type, data }: { type: string; data: unknown }) =>
          note("server", "packet", type, data),
        );
        conn.on("data", (data: unknown) => note("server", "data", data));
        conn.on("message", (data: unknown) => note("server", "message", data));
        conn.on(
          "packetCreate",
          ({ type, data, options }: { type: string; data: unknown; options: object }) => {
            note("created", type, data, Reflect.get(options ?? {}, "compress"));
          },
        );
      });
      io.on("connection", (socket) => {
        socket.compress(false).emit("uncompressed", Buffer.from([1]));
        socket.on("event", (_bytes, ack) => ack("answer"));
      });
      const client = await connected();
      client.emit("event", Buffer.from([2]), () => undefined);
      await settle(client);
    },
  },
  {
    name: "§20.3: writes messages of its own to a session, and is told when they are gone",
    async run({ io, note, connected, settle, until }) {
      const client = await connected();
      let written = 0;
      const [socket] = io.sockets.sockets.values();
      const conn = socket?.conn as never as {
        write(data: unknown, ...rest: unknown[]): unknown;
        send(data: unknown, ...rest: unknown[]): unknown;
      };
      client.onAny((event, ...args) => {
        if (!event.startsWith("conformance")) note("client", event, ...args);
      });
      note("server", conn.write('2["written",1]', {}, () => written++) === conn);
      note("server", conn.send('2["sent",2]', undefined, () => written++) === conn);
      conn.write('2["with the callback as second",3]', () => written++);
      await settle(client);
      await until(() => written === 3);
    },
  },
  {
    name: "§20.1: makes the ids of sessions as the program says",
    async run({ io, note, connected }) {
      const { engine } = io;
      let count = 0;
      engine.generateId = (request: IncomingMessage) => {
        note("server", typeof request.headers, request.url?.includes("EIO=4"));
        count++;
        return `session-${count}`;
      };
      const first = await connected();
      note("client", first.io.engine.id);
      engine.generateId = async () => "later";
      const second = await connected();
      note("client", second.io.engine.id, Object.keys(Reflect.get(engine, "clients")).sort());
    },
  },
  {
    name: "§20.1: takes other options of the engine while it runs",
    async run({ io, note, url }) {
      const opts = io.engine.opts as Record<string, unknown>;
      const open = async () => (await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).text();
      const noteOpen = async () => {
        const { sid, ...rest } = JSON.parse((await open()).slice(1));
        note("client", typeof sid, rest);
      };
      await noteOpen();
      opts.pingInterval = 1234;
      opts.pingTimeout = 567;
      opts.maxHttpBufferSize = 89;
      opts.allowUpgrades = false;
      await noteOpen();
      opts.transports = ["websocket"];
      note("client", await open());
      opts.transports = ["polling"];
      opts.allowRequest = (_request: unknown, done: (error: string | null, ok: boolean) => void) =>
        done("no", false);
      note("client", await open());
      opts.allowRequest = undefined;
      opts.allowEIO3 = true;
      const old = await fetch(`${url}/socket.io/?EIO=3&transport=polling`);
      note("client", old.status);
    },
  },
  {
    name: "§20.2: tells of each session before its sockets",
    async run({ io, note, connected, until }) {
      io.engine.on("connection", (conn: { readyState: string; transport: { name: string } }) => {
        note("server", "engine", conn.readyState, io.engine.clientsCount);
      });
      io.use((_socket, next) => {
        note("server", "middleware", io.engine.clientsCount);
        next();
      });
      io.on("connection", (socket) => {
        note("server", "connection");
        socket.conn.on("close", (reason: string, description: unknown) => {
          note("server", "close", reason, typeof description, socket.connected, io.engine.clientsCount);
        });
        socket.on("disconnecting", () => note("server", "disconnecting", io.engine.clientsCount));
        socket.on("disconnect", (reason, description) => {
          note("server", "disconnect", reason, typeof description, socket.conn.readyState);
        });
      });
      const client = await connected();
      client.io.engine.close();
      await until(() => io.engine.clientsCount === 0 && io.sockets.sockets.size === 0);
    },
  },
  {
    name: "§9.1: does without the request of a session, once the program has dropped it",
    async run({ io, note, connected, until, settle }) {
      io.on("connection", (socket) => {
        socket.conn.request = null as never;
        note("server", socket.request, socket.client.request, socket.handshake.auth);
        socket.on("event", () => note("server", "event"));
      });
      const client = await connected();
      client.emit("event");
      await settle(client);
      note("server", (await io.fetchSockets()).length);
      io.of("/a").on("connection", ({ handshake }) => {
        note("server", handshake.headers, handshake.secure, handshake.query, handshake.xdomain);
      });
      const a = client.io.socket("/a");
      await until(() => a.connected);
    },
  },
];
