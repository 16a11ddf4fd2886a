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
];
