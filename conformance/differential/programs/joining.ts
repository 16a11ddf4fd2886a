import type { Program } from "../program.ts";

/** server.md §8. */
export const joining: readonly Program[] = [
  {
    name: "§8.1: sees middleware, room events, connect and connection in this order",
    async run({ io, note, connected }) {
      const { adapter } = io.of("/");
      for (const event of ["create-room", "join-room", "leave-room", "delete-room"]) {
        adapter.on(event, (...args: string[]) => note("server", event, ...args));
      }
      io.use((socket, next) => {
        note(
          "server",
          "middleware",
          socket.connected,
          socket.disconnected,
          socket.rooms,
          io.sockets.sockets.size,
        );
        next();
      });
      io.on("connection", (socket) =>
        note("server", "connection", socket.connected, socket.rooms, io.sockets.sockets.has(socket.id)),
      );
      io.on("connect", (socket) => note("server", "connect", socket.connected, socket.rooms));
      await connected();
    },
  },
  {
    name: "§8.2: runs middleware in order, once for each socket, and gives refusals with their data",
    async run({ io, note, client, until }) {
      io.use((_socket, next) => {
        note("server", "first");
        next();
      });
      io.use((socket, next) => {
        note("server", "second", socket.handshake.auth);
        const refusal: Error & { data?: unknown } = new Error("not you");
        if (socket.handshake.auth.with === "data") refusal.data = { code: 7, list: [1, null] };
        next(refusal);
      });
      io.use(() => note("server", "third"));
      for (const auth of [{}, { with: "data" }]) {
        const refused = client("/", { auth });
        let isDone = false;
        refused.on("connect_error", (error) => {
          note(
            "client",
            error,
            (error as Error & { data?: unknown }).data,
            refused.active,
            refused.connected,
          );
          isDone = true;
        });
        await until(() => isDone);
      }
      note("server", io.sockets.sockets.size);
    },
  },
  {
    name: "§8.1: keeps rooms joined in middleware, and cleans up those of a refused socket",
    async run({ io, note, client, connected, until }) {
      io.use((socket, next) => {
        socket.join("early");
        note("server", socket.rooms);
        next(socket.handshake.auth.refuse ? new Error("no") : undefined);
      });
      io.on("connection", (socket) => note("server", socket.rooms));
      await connected();
      note("server", io.of("/").adapter.rooms.get("early")?.size);
      const refused = client("/", { auth: { refuse: true } });
      let isRefused = false;
      refused.on("connect_error", () => {
        isRefused = true;
      });
      await until(() => isRefused);
      note("server", io.of("/").adapter.rooms.get("early")?.size, io.of("/").adapter.sids.size);
    },
  },
  {
    name: "§8.1: may emit in middleware, before the client is connected",
    async run({ io, note, client, until }) {
      io.use((socket, next) => {
        socket.emit("early", 1);
        next();
      });
      io.on("connection", (socket) => socket.emit("late", 2));
      const early = client();
      let isDone = false;
      early.on("early", (value) => note("client", "early", value, early.connected));
      early.on("connect", () => note("client", "connect"));
      early.on("late", (value) => {
        note("client", "late", value);
        isDone = true;
      });
      await until(() => isDone);
    },
  },
  {
    name: "§8.1: is told nothing of a client that leaves while middleware is at work",
    async run({ io, note, client, until }) {
      let goOn: (() => void) | undefined;
      io.use((socket, next) => {
        socket.join("early");
        socket.on("disconnect", (reason) => note("server", "disconnect", reason));
        goOn = () => next();
      });
      io.on("connection", () => note("server", "connection"));
      const leaving = client();
      await until(() => goOn !== undefined);
      leaving.disconnect();
      await until(() => io.engine.clientsCount === 0);
      goOn?.();
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      note("server", io.sockets.sockets.size, io.of("/").adapter.rooms.size, io.of("/").adapter.sids.size);
    },
  },
  {
    name: "§8.2 S10: connects a client once, however often next is called",
    repairs: { quirk: "S10", transcript: { server: ["connection"] } },
    async run({ io, note, connected, settle }) {
      io.use((_socket, next) => {
        next();
        next();
      });
      io.on("connection", () => note("server", "connection"));
      await settle(await connected());
    },
  },
  {
    name: "§7.1: connects a client once that asks twice at once",
    repairs: { quirk: "a second socket", transcript: { server: ["connection", "1"], client: ["connect"] } },
    async run({ io, note, connected, settle, until }) {
      io.of("/a").on("connection", () => note("server", "connection"));
      // One message each, in one chunk: over polling they may come apart, and then the second one is an offence.
      const main = await connected("/", { transports: ["websocket"] });
      const a = main.io.socket("/a");
      a.connect();
      a.on("connect", () => note("client", "connect"));
      await until(() => a.connected);
      await settle(main);
      note("server", io.of("/a").sockets.size);
    },
  },
  {
    name: "§8.1: may disconnect a socket in its connection listener",
    async run({ io, note, client, until }) {
      io.on("connection", (socket) => {
        socket.on("disconnecting", (reason) => note("server", "disconnecting", reason, socket.rooms));
        socket.on("disconnect", (reason) => note("server", "disconnect", reason, socket.rooms));
        socket.disconnect();
        note("server", socket.connected, io.sockets.sockets.size);
      });
      const unwanted = client();
      let isDone = false;
      unwanted.on("connect", () => note("client", "connect"));
      unwanted.on("disconnect", (reason) => {
        note("client", "disconnect", reason);
        isDone = true;
      });
      await until(() => isDone);
    },
  },
  {
    name: "§4.4: reaches namespaces by every spelling of their names, and unknown ones not at all",
    async run({ io, note, connected, client, until }) {
      note("server", io.of("chat").name, io.of("/chat") === io.of("chat"), io.of("/") === io.sockets);
      io.of("/chat").on("connection", (socket) => note("server", "connection", socket.nsp.name));
      await connected("/chat");
      const lost = client("/nowhere");
      let isDone = false;
      lost.on("connect_error", (error) => {
        note("client", error, (error as Error & { data?: unknown }).data);
        isDone = true;
      });
      await until(() => isDone);
    },
  },
  {
    name: "§9.2: finds in the handshake what the client sent",
    async run({ io, note, connected }) {
      io.on("connection", ({ handshake, request }) => {
        note("server", Object.keys(handshake), handshake.auth, handshake.xdomain, handshake.secure);
        note("server", handshake.query.a, handshake.query.EIO, handshake.query.transport);
        note("server", handshake.headers["x-mine"], handshake.headers === request.headers);
        note("server", handshake.url.startsWith("/socket.io/?"), handshake.address, typeof handshake.issued);
        note("server", handshake.time === String(new Date(handshake.issued)));
      });
      await connected("/", { auth: { token: "t" }, query: { a: "1" }, extraHeaders: { "x-mine": "yes" } });
    },
  },
];
