import type { Program } from "../program.ts";

/** server.md §11, §14: flags, rooms and operators. */
export const flags: readonly Program[] = [
  {
    name: "§14: uses a flag once, for what is sent next",
    async run({ io, note, connected, until }) {
      const client = await connected();
      client.on("ask", (ack) => setTimeout(ack, 30, "late"));
      client.on("tell", () => undefined);
      const [socket] = io.sockets.sockets.values();
      let answers = 0;
      const answered =
        (what: string) =>
        (...values: unknown[]) => {
          note(what, ...values);
          answers++;
        };
      socket?.timeout(1).emit("tell");
      socket?.emit("ask", answered("without timeout, behind one that used it"));
      socket?.timeout(1).to("nobody");
      socket?.emit("ask", answered("without timeout, behind an operator that took it"));
      socket?.timeout(5000);
      socket?.emit("ask", answered("with a timeout that was set before"));
      socket?.timeout(1).timeout(5000).emit("ask", answered("with the last of two timeouts"));
      socket?.timeout(5000).send("x");
      socket?.emit("ask", answered("without timeout, behind send"));
      await until(() => answers === 5);
    },
  },
  {
    name: "§14: keeps a flag when a reserved name is refused",
    async run({ io, note, connected, until }) {
      const client = await connected();
      client.on("ask", (ack) => ack("answer"));
      const [socket] = io.sockets.sockets.values();
      try {
        socket?.timeout(5000).emit("disconnect");
      } catch (error) {
        note("server", error);
      }
      let isDone = false;
      socket?.emit("ask", (...values: unknown[]) => {
        note("server", ...values);
        isDone = true;
      });
      await until(() => isDone);
    },
  },
  {
    name: "§14: hands the flags of a socket to the operator that is made of it",
    async run({ io, note, connected, until, settle }) {
      const [sender, receiver] = [await connected(), await connected()];
      receiver.on("ask", (ack) => ack("answer"));
      receiver.on("tell", (value) => note("client", value));
      const socket = io.sockets.sockets.get(sender.id ?? "");
      let isDone = false;
      socket?.timeout(5000).broadcast.emit("ask", (...values: unknown[]) => {
        note("server", ...values);
        isDone = true;
      });
      await until(() => isDone);
      note(
        "server",
        await socket
          ?.timeout(5000)
          .to(receiver.id ?? "")
          .emitWithAck("ask"),
      );
      note("server", await socket?.timeout(5000).except("x").emitWithAck("ask"));
      note("server", await socket?.timeout(5000).local.emitWithAck("ask"));
      await settle(receiver);
      socket?.volatile
        .compress(false)
        .to(receiver.id ?? "")
        .emit("tell", 1);
      socket?.volatile
        .compress(false)
        .to(receiver.id ?? "")
        .emit("tell", 2);
      await settle(receiver);
    },
  },
  {
    name: "§11: takes empty lists of rooms for no rooms, and unknown ones for nobody",
    async run({ io, note, connected, settle }) {
      const clients = [await connected(), await connected()];
      for (const [index, client] of clients.entries()) {
        client.onAny((event) => {
          if (!event.startsWith("conformance")) note(`client ${index}`, event);
        });
      }
      const [socket] = io.sockets.sockets.values();
      io.to([]).emit("to none");
      io.in([]).except([]).emit("in none but none");
      socket?.to([]).emit("socket to none");
      socket?.except([]).emit("socket except none");
      io.to(undefined as never).emit("to undefined");
      io.to("").emit("to the empty name");
      io.to([undefined as never]).emit("to a list with undefined");
      io.except(undefined as never).emit("except undefined");
      io.to(["a"]).to([]).emit("to a and none");
      for (const client of clients) await settle(client);
    },
  },
  {
    name: "§9.3: takes names of rooms as they are, of whatever type",
    async run({ io, note, connected, settle }) {
      const client = await connected();
      client.on("to", (...values) => note("client", ...values));
      const [socket] = io.sockets.sockets.values();
      const { adapter } = io.of("/");
      for (const event of ["create-room", "join-room", "leave-room", "delete-room"] as const) {
        adapter.on(event, (room: unknown) => note("adapter", event, typeof room, room));
      }
      const names: unknown[] = [
        1,
        "2",
        "",
        null,
        undefined,
        true,
        "__proto__",
        "constructor",
        "with space",
        "é\u0000",
      ];
      for (const name of names) socket?.join(name as never);
      note("server", [...(socket?.rooms ?? [])].map((room) => typeof room).join());
      for (const name of [...names, "1", 2, "null", "undefined", 0])
        io.to(name as never).emit("to", typeof name, name);
      for (const name of names)
        io.to(socket?.id ?? "")
          .except(name as never)
          .emit("to", "except", name);
      socket?.leave("1");
      socket?.leave(1 as never);
      socket?.leave(["2", ""] as never);
      note("server", socket?.rooms.size, adapter.rooms.size);
      await settle(client);
    },
  },
  {
    name: "§9.1: shows a live set of rooms",
    async run({ io, note, connected, until }) {
      const client = await connected();
      const [socket] = io.sockets.sockets.values();
      if (socket === undefined) return;
      const { rooms } = socket;
      note("server", rooms === socket.rooms, rooms === io.of("/").adapter.sids.get(socket.id));
      socket.join(["a", "b", "c"]);
      note("server", rooms);
      for (const room of rooms) if (room !== socket.id) socket.leave(room);
      note("server", rooms, io.of("/").adapter.rooms.size);
      socket.join("d");
      client.disconnect();
      await until(() => !socket.connected);
      note("server", rooms, socket.rooms, rooms === socket.rooms);
    },
  },
  {
    name: "§9.1: keeps what is assigned to data, and shows it to who fetches the socket",
    async run({ io, note, connected }) {
      await connected();
      const [socket] = io.sockets.sockets.values();
      if (socket === undefined) return;
      const first = socket.data;
      first.name = "Ada";
      const [fetched] = await io.fetchSockets();
      note("server", fetched === (socket as unknown), fetched?.data === first, fetched?.data);
      socket.data = { other: [1] };
      note("server", (await io.fetchSockets())[0]?.data, first);
      socket.data = 5;
      note("server", (await io.fetchSockets())[0]?.data);
      Object.assign(socket, { user: "Ada", id2: 5 });
      note("server", "user" in socket, Object.keys(socket).includes("user"));
    },
  },
  {
    name: "§11: finds and moves sockets through operators of a socket",
    async run({ io, note, connected, until }) {
      const clients = [await connected(), await connected(), await connected()];
      const [a, b, c] = clients.map(({ id }) => io.sockets.sockets.get(id ?? ""));
      const names = new Map([a, b, c].map((socket, index) => [socket?.id, "abc"[index]]));
      const namesOf = (found: readonly { id: string }[]) => found.map(({ id }) => names.get(id)).sort();
      a?.join("r");
      b?.join(["r", "s"]);
      note("server", namesOf((await a?.broadcast.fetchSockets()) ?? []));
      note("server", namesOf((await a?.to("r").fetchSockets()) ?? []));
      note("server", namesOf((await a?.to(["r", "s"]).except("s").fetchSockets()) ?? []));
      note("server", namesOf(await io.local.fetchSockets()), namesOf(await io.except("s").fetchSockets()));
      note("server", namesOf(await io.timeout(5).fetchSockets()), namesOf(await io.to("x").fetchSockets()));
      const ids = await io.to("r").except("s").allSockets();
      note("server", [...ids].map((id) => names.get(id)).sort());
      a?.broadcast.socketsJoin("t");
      a?.to("r").socketsJoin(["u", "v"]);
      a?.to("r").socketsLeave(["u"]);
      note("server", a?.rooms.size, [...(b?.rooms ?? [])].slice(1), [...(c?.rooms ?? [])].slice(1));
      io.in("r").socketsJoin([]);
      io.socketsLeave("r");
      note("server", io.of("/").adapter.rooms.has("r"));
      a?.broadcast.disconnectSockets();
      await until(() => clients[1]?.disconnected === true && clients[2]?.disconnected === true);
      note("server", namesOf(await io.fetchSockets()), io.engine.clientsCount > 0);
    },
  },
  {
    name: "§13.2 S15: gives up at once on an acknowledged broadcast without timeout, unless nobody is asked",
    async run({ io, note, connected, until }) {
      let done = 0;
      const noted =
        (what: string) =>
        (...values: unknown[]) => {
          note(what, ...values);
          done++;
        };
      io.emit("ask", noted("nobody"));
      await until(() => done === 1);
      const client = await connected();
      client.on("ask", (ack) => setTimeout(ack, 50));
      io.emit("ask", noted("somebody"));
      io.to("r").emit("ask", noted("an empty room"));
      await until(() => done === 3);
      await io
        .to(client.id ?? "")
        .emitWithAck("ask")
        .catch((error) => note("promise", error, error.responses));
    },
  },
  {
    name: "§13.1: gives up on a volatile event that was dropped",
    async run({ io, note, connected, settle, until }) {
      const client = await connected();
      client.on("ask", (which, ack) => ack(which));
      const [socket] = io.sockets.sockets.values();
      await settle(client);
      let done = 0;
      for (const which of ["sent", "dropped"]) {
        socket?.volatile.timeout(600).emit("ask", which, (...values: unknown[]) => {
          note(which, ...values);
          done++;
        });
      }
      await until(() => done === 2);
    },
  },
  {
    name: "§13: refuses reserved names in all forms that wait for an answer",
    async run({ io, note, connected }) {
      await connected();
      const [socket] = io.sockets.sockets.values();
      const forms: (() => unknown)[] = [
        () => socket?.emitWithAck("disconnect"),
        () => io.timeout(5).emitWithAck("connect"),
        () => io.serverSideEmitWithAck("connection"),
        () => socket?.timeout(5).emit("disconnecting", () => note("server", "called")),
        () => io.timeout(5).emit("newListener", () => note("server", "called")),
      ];
      for (const [index, form] of forms.entries()) {
        try {
          await form();
        } catch (error) {
          note("server", index, error);
        }
      }
      note("server", io.of("/")._ids);
    },
  },
  {
    name: "§13.1: answers with and asks for whatever can be sent",
    async run({ io, note, connected, until }) {
      io.on("connection", (socket) => {
        socket.on("ask", (what, ack) => {
          if (what === "nothing") ack();
          if (what === "undefined") ack(undefined, null);
          if (what === "error") ack(new Error("lost on the way"));
          if (what === "binary") ack(Buffer.from([1]), { deep: Buffer.from([2]) });
          if (what === "date") ack(new Date(0));
          if (what === "function") ack("a", () => undefined, "b");
        });
      });
      const client = await connected();
      client.on("ask", (ack) => ack(Buffer.from([3]), undefined));
      let done = 0;
      for (const what of ["nothing", "undefined", "error", "binary", "date", "function"]) {
        client.emit("ask", what, (...values: unknown[]) => {
          note("client", what, values.length, ...values);
          done++;
        });
      }
      const [socket] = io.sockets.sockets.values();
      socket?.emit("ask", (...values: unknown[]) => {
        note("server", values.length, ...values);
        done++;
      });
      socket?.emit("function", () => undefined, "not the last");
      await until(() => done === 7);
    },
  },
];
