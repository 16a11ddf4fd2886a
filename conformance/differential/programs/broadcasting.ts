import type { Program } from "../program.ts";

/** server.md §9.3, §11, §14. */
export const broadcasting: readonly Program[] = [
  {
    name: "§11: reaches exactly the rooms it names, each socket once",
    async run({ io, note, connected, settle }) {
      const names = ["a", "b", "c"];
      const clients = [];
      for (const name of names) {
        const client = await connected();
        client.onAny((event) => {
          if (!event.startsWith("conformance")) note(name, event);
        });
        clients.push(client);
      }
      const [a, b, c] = clients.map((client) => io.sockets.sockets.get(client.id ?? ""));
      a?.join(["r1", "r2"]);
      b?.join("r2");
      c?.join("r3");
      io.emit("all");
      io.to("r1").emit("to r1");
      io.to("r1").to("r2").emit("to r1 and r2");
      io.in(["r1", "r3"]).emit("in r1 and r3");
      io.except("r2").emit("except r2");
      io.to("r2").except("r1").emit("r2 except r1");
      io.to("nobody").emit("to nobody");
      io.local.emit("local");
      io.compress(false).emit("uncompressed");
      a?.to("r2").emit("a to r2");
      a?.broadcast.emit("a to others");
      a?.to(a.id).emit("a to itself");
      a?.except("r2").emit("a except r2");
      b?.local.to("r1").emit("b local to r1");
      io.to(c?.id ?? "").emit("to c alone");
      io.of("/").send("text", 1);
      io.write("text", 2);
      for (const client of clients) await settle(client);
    },
  },
  {
    name: "§11: keeps operators apart that come from one another",
    async run({ io, note, connected, settle }) {
      const client = await connected();
      client.onAny((event) => {
        if (!event.startsWith("conformance")) note("client", event);
      });
      const socket = io.sockets.sockets.get(client.id ?? "");
      socket?.join("r1");
      const base = io.to("r1");
      const narrowed = base.except("r1");
      base.emit("base");
      narrowed.emit("narrowed");
      base.to("r2").emit("wider");
      note("server", base === narrowed, base.to("r2") === base);
      await settle(client);
    },
  },
  {
    name: "§5.2, §4.3: moves, finds and disconnects sockets in groups",
    async run({ io, note, connected, until }) {
      const clients = [await connected(), await connected(), await connected()];
      const [a, b, c] = clients.map((client) => io.sockets.sockets.get(client.id ?? ""));
      a?.join("r1");
      io.in("r1").socketsJoin(["r2", "r3"]);
      note("server", a?.rooms, b?.rooms);
      io.socketsJoin("everyone");
      io.in("r2").socketsLeave("r3");
      io.except("r1").socketsLeave("everyone");
      note("server", a?.rooms, b?.rooms, c?.rooms);
      note(
        "server",
        (await io.in("r1").fetchSockets()).map(({ id }) => id === a?.id),
      );
      note(
        "server",
        (await io.fetchSockets()).length,
        (await io.to("r1").except("r1").fetchSockets()).length,
      );
      note("server", (await io.in("r1").allSockets()).size, (await io.allSockets()).size);
      io.in("r1").disconnectSockets();
      await until(() => clients[0]?.disconnected === true);
      note("server", io.sockets.sockets.size, io.of("/").adapter.rooms.has("r1"));
    },
  },
  {
    name: "§9.3, §23: sends binary at any depth, undefined and odd values as upstream does",
    async run({ io, note, connected, settle }) {
      const client = await connected();
      client.on("values", (...values: unknown[]) => note("client", ...values));
      io.emit(
        "values",
        Buffer.from([1, 2]),
        { deep: [new Uint8Array([3])] },
        undefined,
        null,
        Number.NaN,
        true,
      );
      io.emit("values", { a: undefined, date: new Date(0), nested: { toJSON: () => "json" } }, [undefined]);
      io.emit("values");
      io.emit("values", new Uint8Array([9, 8, 7, 6]).subarray(1, 3), new Uint16Array([258]).buffer);
      await settle(client);
    },
  },
  {
    name: "§23: refuses reserved names where it emits",
    async run({ io, note, connected }) {
      const client = await connected();
      const socket = io.sockets.sockets.get(client.id ?? "");
      for (const name of [
        "connect",
        "connect_error",
        "disconnect",
        "disconnecting",
        "newListener",
        "removeListener",
      ]) {
        for (const target of [io, socket, io.to("r"), io.of("/x")]) {
          try {
            note("server", name, target?.emit(name));
          } catch (error) {
            note("server", error);
          }
        }
      }
      for (const name of ["connection", "new_namespace", "error", "message"])
        note("server", socket?.emit(name));
      for (const name of ["connect", "connection", "new_namespace", "disconnect"]) {
        try {
          note("server", name, io.serverSideEmit(name));
        } catch (error) {
          note("server", error);
        }
      }
    },
  },
  {
    name: "§14: drops volatile packets while one is being written",
    async run({ io, note, connected, settle }) {
      const client = await connected();
      client.on("position", (at) => note("client", at));
      const socket = io.sockets.sockets.get(client.id ?? "");
      await settle(client);
      for (let at = 1; at <= 5; at++) socket?.volatile.emit("position", at);
      await settle(client);
      socket?.volatile.emit("position", 6);
      await settle(client);
    },
  },
];
