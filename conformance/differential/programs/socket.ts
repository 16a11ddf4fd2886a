import type { Program } from "../program.ts";

/** server.md §9. */
export const socket: readonly Program[] = [
  {
    name: "§9.1: has the attributes of a socket",
    async run({ io, note, connected }) {
      io.on("connection", (socket) => {
        note("server", socket.id, socket.nsp.name, socket.connected, socket.disconnected, socket.recovered);
        note("server", socket.data, socket.rooms, socket.client.conn === socket.conn, socket.id.length);
        note("server", socket.request === socket.conn.request);
        note("server", socket.listenerCount("error"), socket.eventNames());
      });
      await connected();
    },
  },
  {
    name: "§8.3: sees incoming events in catch-all listeners, then in middleware, then in listeners",
    async run({ io, note, connected, until }) {
      let isDone = false;
      io.on("connection", (socket) => {
        socket.onAny((event, ...args) => note("server", "any", event, ...args));
        socket.prependAny((event) => note("server", "any before", event));
        socket.use(([event, ...args], next) => {
          note("server", "use", event, ...args);
          next();
        });
        socket.use((packet, next) => {
          packet[1] = "changed";
          next(packet[0] === "refused" ? new Error("refused") : undefined);
        });
        socket.on("error", (error) => note("server", "error", error));
        socket.on("event", (...args) => note("server", "on", ...args));
        socket.on("refused", () => note("server", "never"));
        socket.on("last", () => {
          isDone = true;
        });
      });
      const client = await connected();
      client.emit("event", "value", 2);
      client.emit("event", "with ack", () => undefined);
      client.emit("refused", 1);
      client.emit("last");
      await until(() => isDone);
    },
  },
  {
    name: "§9.3: sees outgoing events, single and broadcast, without acknowledgements",
    async run({ io, note, connected, settle }) {
      const client = await connected();
      const socket = io.sockets.sockets.get(client.id ?? "");
      await settle(client);
      const listener = (event: string, ...args: unknown[]) => note("server", event, ...args);
      socket?.onAnyOutgoing(listener);
      socket?.prependAnyOutgoing((event) => note("server", "before", event));
      note("server", socket?.listenersAnyOutgoing().length);
      socket?.emit("single", 1, Buffer.from([2]));
      socket?.emit("with ack", 1, () => undefined);
      io.emit("broadcast", 3);
      io.to("nobody").emit("unseen");
      socket?.send("text");
      socket?.offAnyOutgoing(listener);
      socket?.emit("after");
      socket?.offAnyOutgoing();
      note("server", socket?.listenersAnyOutgoing().length);
    },
  },
  {
    name: "§9.3: adds and removes catch-all listeners",
    async run({ io, note, connected, until }) {
      const client = await connected();
      const socket = io.sockets.sockets.get(client.id ?? "");
      const first = () => note("server", "first");
      const second = () => note("server", "second");
      socket?.onAny(first);
      socket?.onAny(second);
      socket?.prependAny(second);
      note("server", socket?.listenersAny().length, socket?.listenersAny()[0] === second);
      socket?.offAny(second);
      note("server", socket?.listenersAny().length);
      let count = 0;
      socket?.on("event", () => {
        count++;
      });
      client.emit("event");
      await until(() => count === 1);
      socket?.offAny();
      client.emit("event");
      await until(() => count === 2);
      note("server", socket?.listenersAny());
    },
  },
  {
    name: "§9.3: joins and leaves rooms at once, in memory",
    async run({ io, note, connected }) {
      const client = await connected();
      const socket = io.sockets.sockets.get(client.id ?? "");
      note("server", socket?.join("a"), socket?.join(["b", "c", "a"]), socket?.rooms);
      note("server", socket?.leave("b"), socket?.leave("unknown"), socket?.rooms);
      socket?.leave(socket.id);
      note("server", socket?.rooms, [...io.of("/").adapter.rooms.keys()], io.of("/").adapter.sids.size);
      io.to(socket?.id ?? "").emit("to nobody");
    },
  },
  {
    name: "§9.3: returns what its methods are said to return",
    async run({ io, note, connected }) {
      const client = await connected();
      const socket = io.sockets.sockets.get(client.id ?? "");
      if (socket === undefined) return;
      note("server", socket.emit("x"), socket.send("x") === socket, socket.write("x") === socket);
      note(
        "server",
        socket.volatile === socket,
        socket.compress(true) === socket,
        socket.timeout(5) === socket,
      );
      note(
        "server",
        socket.use((_event, next) => next()) === socket,
        socket.onAny(() => undefined) === socket,
      );
      note(
        "server",
        socket.to("a") === socket.in("a"),
        io.emit("x"),
        io.to("a").emit("x"),
        io.of("/").emit("x"),
      );
    },
  },
  {
    name: "§9.4: gives events of any name and shape, numbers among them",
    async run({ io, note, connected, until }) {
      let isDone = false;
      io.on("connection", (socket) => {
        for (const name of [
          "",
          "with space",
          "error",
          "connection",
          "message",
          "__proto__",
          "constructor",
          "7",
        ]) {
          socket.on(name, (...args) => note("server", `"${name}"`, ...args));
        }
        socket.on("last", () => {
          isDone = true;
        });
      });
      const client = await connected();
      for (const name of ["", "with space", "error", "connection", "message", "__proto__", "constructor"]) {
        client.emit(name, 1);
      }
      client.send("text", { a: [1] });
      client.emit("7", Buffer.from([1]));
      client.emit("last");
      await until(() => isDone);
    },
  },
  {
    name: "§9.3: removes listeners as any emitter does",
    async run({ io, note, connected, until }) {
      let isDone = false;
      io.on("connection", (socket) => {
        const once = () => note("server", "once");
        socket.once("event", once);
        const removed = () => note("server", "removed");
        socket.on("event", removed);
        socket.prependListener("event", () => note("server", "prepended"));
        socket.off("event", removed);
        note("server", socket.listenerCount("event"), socket.listeners("event")[1] === once);
        socket.on("last", () => {
          note("server", socket.listenerCount("event"), socket.removeAllListeners("event") === socket);
          isDone = true;
        });
      });
      const client = await connected();
      client.emit("event");
      client.emit("event");
      client.emit("last");
      await until(() => isDone);
    },
  },
];
