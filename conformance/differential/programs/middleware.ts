import type { Program } from "../program.ts";

/** server.md §8.2, §8.3, §8.4: middleware of namespaces, events and requests. */
export const middleware: readonly Program[] = [
  {
    name: "§8.2: takes whatever is given to next for a refusal, if it is not falsy",
    async run({ io, note, client, until }) {
      let given: unknown;
      io.use((_socket, next) => next(given as never));
      const refusals: unknown[] = [
        "text",
        { message: "an object", data: [1] },
        { other: 1 },
        true,
        7,
        null,
        0,
        "",
      ];
      refusals.push(Object.assign(new Error("with data"), { data: null }), new TypeError("typed"));
      for (const [index, refusal] of refusals.entries()) {
        given = refusal;
        const asking = client();
        let isDone = false;
        asking.on("connect", () => {
          note("client", index, "connect");
          isDone = true;
        });
        asking.on("connect_error", (error) => {
          note("client", index, error.message, (error as { data?: unknown }).data);
          isDone = true;
        });
        await until(() => isDone);
      }
    },
  },
  {
    name: "§8.2: runs for a socket what was registered when its turn began",
    async run({ io, note, connected }) {
      let count = 0;
      io.use((_socket, next) => {
        count++;
        const mine = count;
        io.use((_other, go) => {
          note("server", "added by", mine);
          go();
        });
        next();
      });
      io.use((_socket, next) => {
        note("server", "second");
        setTimeout(next, 5);
      });
      for (const _ of [1, 2]) {
        await connected();
        note("server", "connected");
      }
    },
  },
  {
    name: "§8.2: waits for middleware that is an async function",
    async run({ io, note, connected, client, until }) {
      io.use(async (socket, next) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        socket.data.user = "Ada";
        next(socket.handshake.auth.refuse ? new Error("no") : undefined);
      });
      io.on("connection", ({ data }) => note("server", data));
      await connected();
      const refused = client("/", { auth: { refuse: true } });
      let isDone = false;
      refused.on("connect_error", (error) => {
        note("client", error);
        isDone = true;
      });
      await until(() => isDone);
    },
  },
  {
    name: "§8.1: finds a socket in middleware in none of the places where connected ones are",
    async run({ io, note, connected }) {
      io.use(async (socket, next) => {
        socket.join("r");
        note(
          "server",
          io.sockets.sockets.has(socket.id),
          Reflect.get(io.of("/"), "_preConnectSockets").has(socket.id),
        );
        note("server", (await io.fetchSockets()).length, (await io.in("r").fetchSockets()).length);
        note("server", (await io.in("r").allSockets()).size, io.of("/").adapter.rooms.get("r")?.size);
        note("server", await io.to("r").timeout(500).emitWithAck("ask"), socket.handshake.auth);
        io.to("r").emit("not for it");
        next();
      });
      await connected();
    },
  },
  {
    name: "§8.3: takes whatever is given to next for a refusal of an event, if it is not falsy",
    async run({ io, note, connected, settle }) {
      const refusals: Record<string, unknown> = { text: "text", object: { a: 1 }, null: null, zero: 0 };
      io.on("connection", (socket) => {
        socket.use(([event], next) => next(refusals[event] as never));
        socket.on("error", (error) => note("server", "error", error));
        for (const name of Object.keys(refusals)) socket.on(name, () => note("server", name));
      });
      const client = await connected();
      for (const name of Object.keys(refusals)) {
        client.emit(name);
        await settle(client);
      }
    },
  },
  {
    name: "§8.4: sees every request of the engine, and refuses some",
    async run({ io, note, client, connected, until }) {
      io.engine.on("connection_error", ({ req, code, message, context }) => {
        if (req._query.sid === undefined) note("errors", code, message, context);
      });
      let refusing = false;
      io.engine.use(
        (req: { _query: Record<string, string>; method: string }, res: never, next: () => void) => {
          if (req._query.sid === undefined)
            note("server", "first", req.method, req._query.transport, typeof res);
          next();
        },
      );
      io.engine.use((req: { _query: Record<string, string> }, _res: never, next: (error?: Error) => void) => {
        if (req._query.sid === undefined) note("server", "second");
        next(refusing ? new Error("not that") : undefined);
      });
      const first = await connected();
      first.disconnect();
      refusing = true;
      let isDone = false;
      client().on("connect_error", (error) => {
        note("client", error.message);
        isDone = true;
      });
      await until(() => isDone);
    },
  },
  {
    name: "§7.1: closes the session of who was refused, once it has joined nothing for too long",
    options: { connectTimeout: 500 },
    async run({ io, note, client, session, until }) {
      io.use((_socket, next) => next(new Error("no")));
      io.of("/a").on("connection", (socket) => socket.disconnect());
      const left = await session();
      left.send("0/a,");
      const refused = client();
      let isClosed = false;
      refused.on("connect_error", () => note("client", "refused"));
      refused.io.on("close", (reason) => {
        note("client", reason);
        isClosed = true;
      });
      await until(() => isClosed);
      note("left", left.readyState);
    },
  },
];
