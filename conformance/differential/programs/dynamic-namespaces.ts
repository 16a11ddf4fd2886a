import type { Program } from "../program.ts";

/** server.md §6. */
export const dynamicNamespaces: readonly Program[] = [
  {
    name: "§6.1, §6.2: makes namespaces that match, with the middleware and listeners of their pattern",
    async run({ io, note, connected, client, until }) {
      io.on("new_namespace", (nsp) => note("server", "new_namespace", nsp.name));
      const parent = io.of(/^\/room-\d+$/);
      parent.use((socket, next) => {
        note("server", "middleware", socket.nsp.name);
        next();
      });
      parent.on("connection", (socket) => note("server", "connection", socket.nsp.name));
      await connected("/room-1");
      await connected("/room-1");
      await connected("/room-2");
      parent.on("connection", () => note("server", "too late"));
      await connected("/room-1");
      const lost = client("/room-x");
      let isDone = false;
      lost.on("connect_error", (error) => {
        note("client", error);
        isDone = true;
      });
      await until(() => isDone);
      note("server", [...io._nsps.keys()].sort());
    },
  },
  {
    name: "§6.1: broadcasts to all namespaces of a pattern",
    async run({ io, note, connected, settle }) {
      const parent = io.of(/^\/p-/);
      const clients = [await connected("/p-1"), await connected("/p-2"), await connected()];
      for (const [index, client] of clients.entries()) {
        client.onAny((event) => {
          if (!event.startsWith("conformance")) note(`client ${index}`, event);
        });
      }
      for (const socket of io.of("/p-1").sockets.values()) socket.join("r");
      parent.emit("to all");
      parent.to("r").emit("to r");
      parent.except("r").emit("except r");
      for (const client of clients) await settle(client);
      try {
        await parent.fetchSockets();
      } catch (error) {
        note("server", error);
      }
    },
  },
  {
    name: "§6.2: asks functions, in the order of their registration",
    async run({ io, note, connected, client, until }) {
      io.of((name, auth, next) => {
        note("server", "first", name, auth);
        next(name === "/error" ? new Error("ignored") : null, name === "/one");
      }).on("connection", (socket) => note("server", "first has", socket.nsp.name));
      io.of((name, _auth, next) => {
        note("server", "second", name);
        next(null, name !== "/none");
      }).on("connection", (socket) => note("server", "second has", socket.nsp.name));
      await connected("/one", { auth: { a: 1 } });
      await connected("/two");
      await connected("/error");
      const lost = client("/none");
      let isDone = false;
      lost.on("connect_error", (error) => {
        note("client", error);
        isDone = true;
      });
      await until(() => isDone);
    },
  },
  {
    name: "§6.3: forgets an empty child, and makes it anew",
    options: { cleanupEmptyChildNamespaces: true },
    async run({ io, note, connected, until }) {
      io.on("new_namespace", (nsp) => note("server", "new_namespace", nsp.name));
      io.of(/^\/c-/).on("connection", () => note("server", "connection"));
      io.of("/static");
      const first = await connected("/c-1");
      note("server", [...io._nsps.keys()].sort());
      first.disconnect();
      await until(() => !io._nsps.has("/c-1"));
      note("server", [...io._nsps.keys()].sort());
      await connected("/c-1");
      note("server", [...io._nsps.keys()].sort());
    },
  },
  {
    name: "§4.4: lets a name that a pattern matches be its child",
    async run({ io, note, connected }) {
      io.of(/^\/d-/).on("connection", (socket) => note("server", "pattern", socket.nsp.name));
      io.of("/d-1").on("connection", (socket) => note("server", "own", socket.nsp.name));
      await connected("/d-1");
    },
  },
  {
    name: "§6.2 S8: refuses patterns with a memory",
    async run({ io, note }) {
      for (const pattern of [/a/g, /a/y]) {
        try {
          io.of(pattern);
        } catch (error) {
          note("server", error);
        }
      }
      note("server", io.of(/a/i).name.startsWith("/_"));
    },
  },
  {
    name: "§6.2: lets clients wait for a function that takes its time, and forgets who leaves meanwhile",
    async run({ io, note, client, until }) {
      const decisions: (() => void)[] = [];
      io.of((name, _auth, next) => {
        note("server", "asked", name);
        decisions.push(() => next(null, true));
      }).on("connection", (socket) => note("server", "connection", socket.nsp.name));
      const stayer = client("/slow");
      await until(() => decisions.length === 1);
      const other = client("/slow");
      await until(() => decisions.length === 2);
      other.disconnect();
      await until(() => io.engine.clientsCount === 1);
      for (const decide of decisions) decide();
      await until(() => stayer.connected);
      note("server", io.of("/slow").sockets.size);
    },
  },
  {
    name: "§6.1: finds nobody through the rooms of a pattern",
    async run({ io, note, connected }) {
      const parent = io.of(/^\/p-/);
      await connected("/p-1");
      note("server", parent.name.startsWith("/_"), parent.sockets.size, io._nsps.has(parent.name));
      note("server", await parent.to("r").fetchSockets(), parent.emit("x"), parent.to("r").emit("x"));
      for (const name of ["connect", "disconnect"]) {
        try {
          parent.emit(name);
        } catch (error) {
          note("server", error);
        }
      }
    },
  },
  {
    name: "§6.1: passes on the flags of a pattern",
    async run({ io, note, connected, settle }) {
      const parent = io.of(/^\/p-/);
      const one = await connected("/p-1");
      one.on("told", (value) => note("client", value));
      for (const socket of io.of("/p-1").sockets.values()) {
        socket.conn.on("packetCreate", ({ data, options }: { data: unknown; options: object }) => {
          if (String(data).includes("told")) note("server", data, Reflect.get(options, "compress"));
        });
      }
      parent.compress(false).emit("told", "compress");
      await settle(one);
      parent.local.emit("told", "local");
      await settle(one);
      parent.volatile.emit("told", "volatile");
      await settle(one);
      parent.send("message");
      await settle(one);
    },
  },
  {
    name: "§6.3: forgets a child whose only client is refused, and closes its adapter",
    options: { cleanupEmptyChildNamespaces: true },
    async run({ io, note, client, until }) {
      io.on("new_namespace", ({ name, adapter }) => {
        note("server", "new_namespace", name);
        const close = adapter.close.bind(adapter);
        adapter.close = () => {
          note("server", "closed", name);
          return close();
        };
      });
      io.of(/^\/c-/).use((_socket, next) => next(new Error("no")));
      const refused = client("/c-1");
      let isRefused = false;
      refused.on("connect_error", (error) => {
        note("client", error);
        isRefused = true;
      });
      await until(() => isRefused);
      note("server", [...io._nsps.keys()]);
    },
  },
  {
    name: "§6.3: keeps an empty child without being told to forget it, and every other namespace",
    async run({ io, note, connected, until }) {
      io.of(/^\/c-/);
      const first = await connected("/c-1");
      first.disconnect();
      await until(() => io.of("/c-1").sockets.size === 0);
      note("server", [...io._nsps.keys()]);
      io._nsps.delete("/c-1");
      await connected("/c-1");
      note("server", [...io._nsps.keys()], io.of("/c-1").sockets.size);
    },
  },
  {
    name: "§6.3: forgets a child that the program itself has made",
    options: { cleanupEmptyChildNamespaces: true },
    async run({ io, note, connected, until }) {
      io.of(/^\/c-/).on("connection", () => note("server", "pattern"));
      io.of("/c-1").on("connection", () => note("server", "own"));
      io.of("/other");
      for (const name of ["/c-1", "/other", "/c-1"]) {
        const client = await connected(name);
        client.disconnect();
        await until(() => io.engine.clientsCount === 0);
        note("server", [...io._nsps.keys()].sort());
      }
    },
  },
  {
    name: "§6.2: takes a query for a part of the name",
    async run({ io, note, session, until }) {
      io.of("/plain");
      io.of(/^\/q/).on("connection", (socket) => note("server", socket.nsp.name));
      const client = await session();
      const answers: unknown[] = [];
      client.on("message", (message) => answers.push(message));
      client.send("0/q?a=b,");
      client.send("0/plain?a=b,");
      await until(() => answers.length === 2);
      note("client", ...answers);
    },
  },
];
