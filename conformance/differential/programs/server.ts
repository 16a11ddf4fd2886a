import type { Program } from "../program.ts";

/** server.md §2, §4, §5. */
export const server: readonly Program[] = [
  {
    name: "§2.6: reads and sets what can be set",
    async run({ io, note }) {
      note("server", io.path(), io.connectTimeout(), io.serveClient());
      note("server", io.path("/my/") === io, io.path(), io.connectTimeout(5) === io, io.connectTimeout());
      note("server", io.serveClient(false) === io, io.serveClient(), typeof io.adapter());
      io.path("/socket.io");
    },
  },
  {
    name: "§4.2 S4: is an emitter of its main namespace",
    async run({ io, note }) {
      const listener = () => undefined;
      note(
        "server",
        (io.on("connection", listener) as unknown) === io.sockets,
        io.listenerCount("connection"),
      );
      note("server", io.of("/").listeners("connection")[0] === listener, io.eventNames());
      note("server", (io.removeListener("connection", listener) as unknown) === io.sockets);
      note("server", io.sockets.listenerCount("connection"), io.getMaxListeners());
      note("server", io.use((_socket, next) => next()) === io, io.send("x") === io, io.write("x") === io);
    },
  },
  {
    name: "§5.2: emits to clients and never to its own listeners",
    async run({ io, note, connected, settle }) {
      const client = await connected();
      client.on("event", (value) => note("client", value));
      (io.of("/") as unknown as NodeJS.EventEmitter).on("event", () => note("server", "local"));
      note("server", io.of("/").emit("event", 1), io.emit("event", 2));
      await settle(client);
    },
  },
  {
    name: "§2.3: refuses a request handler",
    async run({ io, note }) {
      try {
        io.attach((() => undefined) as never);
      } catch (error) {
        note("server", error);
      }
    },
  },
  {
    name: "§20.2: counts sessions and tells of refused requests",
    async run({ io, note, connected, url }) {
      io.engine.on("connection_error", ({ code, message, context }) =>
        note("server", code, message, context),
      );
      io.engine.on("initial_headers", (headers: Record<string, string>) => {
        headers["x-first"] = "1";
      });
      io.engine.on("headers", (headers: Record<string, string>) => {
        headers["x-each"] = "2";
      });
      await connected("/", { transports: ["polling"] });
      note("server", io.engine.clientsCount);
      for (const query of [
        "EIO=3&transport=polling",
        "EIO=4&transport=carrier",
        "EIO=4&transport=polling&sid=nobody",
        "EIO=4&transport=websocket",
        "EIO=4",
      ]) {
        const response = await fetch(`${url}/socket.io/?${query}`);
        note("client", query, response.status, response.headers.get("content-type"), await response.text());
      }
      const opened = await fetch(`${url}/socket.io/?EIO=4&transport=polling`);
      note("client", opened.status, opened.headers.get("x-first"), opened.headers.get("x-each"));
      const posted = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { method: "POST", body: "x" });
      note("client", posted.status, await posted.text());
    },
  },
  {
    name: "§21: closes once, calls back, and complains the second time only to the callback",
    async run({ io, note }) {
      await io.close((error) => note("server", "first", error));
      await io.close((error) => note("server", "second", (error as NodeJS.ErrnoException | undefined)?.code));
    },
  },
  {
    name: "§20.3: shows the raw socket",
    async run({ io, note, connected, until }) {
      io.on("connection", ({ conn }) => {
        note("server", conn.protocol, conn.readyState, conn.transport.name);
        conn.on("upgrade", (transport: { name: string }) => note("server", "upgrade", transport.name));
        conn.on("packet", ({ type, data }: { type: string; data?: unknown }) => {
          if (type === "message") note("server", "packet", data);
        });
        conn.on("packetCreate", ({ type, data }: { type: string; data?: unknown }) => {
          if (type === "message") note("server", "packetCreate", data);
        });
        conn.on("close", (reason: string) => note("server", "close", reason));
      });
      const client = await connected("/", { transports: ["polling", "websocket"] });
      await until(() =>
        [...io.sockets.sockets.values()].every(({ conn }) => conn.transport.name === "websocket"),
      );
      let isAnswered = false;
      client.on("x", () => {
        isAnswered = true;
      });
      client.emit("hello", 1);
      io.emit("x", "text");
      await until(() => isAnswered);
      client.disconnect();
      await until(() => io.engine.clientsCount === 0);
    },
  },
  {
    name: "§15: sends server-side events to nobody when it is alone, and says so",
    repairs: { quirk: "S17", transcript: { server: ["true", "null []", "[]"] } },
    async run({ io, note }) {
      note("server", io.serverSideEmit("event", 1));
      io.serverSideEmit("event", (error: unknown, responses: unknown) => note("server", error, responses));
      const answers = await Promise.race([
        io.serverSideEmitWithAck("event"),
        new Promise((resolve) => setTimeout(() => resolve("none"), 50)),
      ]);
      note("server", answers);
    },
  },
];
