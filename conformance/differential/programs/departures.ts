import type { Program } from "../program.ts";

/** A turn of the event loop, in which what is due by then has happened. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** server.md §8.1, §9.4, §9.5: somebody leaves in the middle of something. */
export const departures: readonly Program[] = [
  {
    name: "§8.1: cannot disconnect a socket in middleware, where it is not yet connected",
    async run({ io, note, connected, settle }) {
      io.use((socket, next) => {
        socket.on("disconnect", (reason) => note("server", reason));
        note("server", socket.disconnect() === socket, socket.disconnect(true) === socket, socket.connected);
        next();
      });
      io.on("connection", () => note("server", "connection"));
      await settle(await connected());
    },
  },
  {
    name: "§8.1: hears nothing of a session that its middleware closes",
    async run({ io, note, client, until }) {
      let isClosed = false;
      io.use((socket, next) => {
        socket.join("early");
        socket.on("disconnecting", () => note("server", "disconnecting"));
        socket.on("disconnect", () => note("server", "disconnect"));
        socket.conn.on("close", (reason: string) => {
          note("server", "close", reason);
          isClosed = true;
        });
        socket.conn.close();
        next();
      });
      io.on("connection", () => note("server", "connection"));
      const lost = client();
      lost.on("connect", () => note("client", "connect"));
      await until(() => isClosed && io.engine.clientsCount === 0);
      await turn();
      note("server", io.sockets.sockets.size, io.of("/").adapter.rooms.size);
    },
  },
  {
    name: "§8.2: refuses a client that asks again and again, and lets it in at last",
    async run({ io, note, client, until }) {
      let count = 0;
      io.use((_socket, next) => {
        count++;
        next(count < 3 ? new Error(`not at ${count}`) : undefined);
      });
      io.on("connection", () => note("server", "connection", count));
      const refused = client();
      refused.on("connect_error", (error) => {
        note("client", error);
        refused.connect();
      });
      await until(() => refused.connected);
    },
  },
  {
    name: "§8.1: calls both connect and connection listeners, even when the first of them disconnects",
    async run({ io, note, client, until }) {
      io.on("connect", (socket) => {
        socket.on("disconnect", (reason) => note("server", "disconnect", reason));
        socket.disconnect();
      });
      io.on("connect", (socket) => note("server", "second connect", socket.connected));
      io.on("connection", (socket) => note("server", "connection", socket.connected, socket.rooms));
      const unwanted = client();
      let isDone = false;
      unwanted.on("disconnect", (reason) => {
        note("client", reason);
        isDone = true;
      });
      await until(() => isDone);
    },
  },
  {
    name: "§8.1: closes the whole connection in a connection listener",
    async run({ io, note, client, until }) {
      io.on("connection", (socket) => {
        socket.on("disconnect", (reason) => note("server", "disconnect", reason));
        socket.emit("last words");
        socket.disconnect(true);
        note("server", socket.connected, socket.conn.readyState === "open");
      });
      const unwanted = client();
      unwanted.on("last words", () => note("client", "last words"));
      let isDone = false;
      unwanted.on("disconnect", (reason) => {
        note("client", reason);
        isDone = true;
      });
      await until(() => isDone && io.engine.clientsCount === 0);
    },
  },
  {
    name: "§9.4: may say goodbye to rooms in disconnecting, and join none",
    async run({ io, note, connected, until, settle }) {
      const stayer = await connected();
      stayer.onAny((event, ...args) => {
        if (!event.startsWith("conformance")) note("stayer", event, ...args);
      });
      io.sockets.sockets.get(stayer.id ?? "")?.join("r");
      let isGone = false;
      io.on("connection", (socket) => {
        socket.join("r");
        socket.on("disconnecting", () => {
          socket.to("r").emit("leaving", socket.id);
          socket.broadcast.emit("leaving all");
          io.to(socket.id).emit("to myself");
          note("server", socket.emit("to nobody"), socket.join("late"), socket.rooms);
        });
        socket.on("disconnect", () => {
          socket.to("r").emit("left", socket.id);
          io.to(socket.id).emit("to nobody");
          note("server", socket.emit("to nobody"), socket.join("late"), socket.rooms);
          isGone = true;
        });
      });
      const leaver = await connected();
      leaver.disconnect();
      await until(() => isGone);
      await settle(stayer);
      note("server", [...io.of("/").adapter.rooms.keys()]);
    },
  },
  {
    name: "§9.3: sends nothing to a client that it disconnects, from disconnecting on",
    async run({ io, note, connected, until }) {
      io.on("connection", (socket) => {
        socket.on("disconnecting", () => socket.emit("in disconnecting"));
        socket.on("disconnect", () => {
          socket.emit("in disconnect");
          socket.emit("with ack", () => note("server", "answered"));
        });
      });
      const client = await connected();
      const other = client.io.socket("/other");
      io.of("/other");
      client.onAny((event) => note("client", event));
      for (const socket of io.sockets.sockets.values()) socket.disconnect();
      await until(() => client.disconnected);
      other.disconnect();
    },
  },
  {
    name: "§8.3: delivers an event no further once its catch-all listener has disconnected the socket",
    async run({ io, note, connected, until }) {
      io.on("connection", (socket) => {
        socket.onAny((event) => {
          note("server", "any", event);
          socket.disconnect();
        });
        socket.on("event", () => note("server", "on"));
      });
      const client = await connected();
      client.emit("event");
      await until(() => client.disconnected);
      await turn();
    },
  },
  {
    name: "§8.3: delivers an event no further once its middleware has disconnected the socket",
    async run({ io, note, connected, until }) {
      io.on("connection", (socket) => {
        socket.use((_event, next) => {
          socket.disconnect();
          next();
        });
        socket.use((_event, next) => {
          note("server", "second");
          next(new Error("refused"));
        });
        socket.on("error", () => note("server", "error"));
        socket.on("event", () => note("server", "on"));
      });
      const client = await connected();
      client.emit("event");
      await until(() => client.disconnected);
      await turn();
    },
  },
  {
    name: "§9.4: calls all listeners of an event, even when the first of them disconnects",
    async run({ io, note, connected, until }) {
      io.on("connection", (socket) => {
        socket.on("event", (ack) => {
          socket.disconnect();
          note("server", ack("too late"));
        });
        socket.on("event", () => note("server", "second", socket.connected));
      });
      const client = await connected();
      client.emit("event", () => note("client", "answered"));
      await until(() => client.disconnected);
    },
  },
  {
    name: "§13.1: waits for the answer of a client that leaves until the timeout",
    async run({ io, note, connected, until }) {
      const client = await connected();
      const [socket] = io.sockets.sockets.values();
      let isDone = false;
      socket?.timeout(60).emit("ask", (...values: unknown[]) => {
        note("server", ...values);
        isDone = true;
      });
      client.disconnect();
      await until(() => io.sockets.sockets.size === 0);
      note("server", "left");
      await until(() => isDone);
    },
  },
  {
    name: "§13.2: waits for the answers of clients that leave until the timeout",
    async run({ io, note, connected, until }) {
      const clients = [await connected(), await connected()];
      clients[0]?.on("ask", (ack) => ack("here"));
      clients[1]?.on("ask", () => clients[1]?.disconnect());
      let isDone = false;
      io.timeout(400).emit("ask", (...values: unknown[]) => {
        note("server", ...values);
        isDone = true;
      });
      await until(() => isDone);
      note("server", io.sockets.sockets.size);
    },
  },
  {
    name: "§13.1: asks with a timeout somebody who has left",
    async run({ io, note, connected, until }) {
      const client = await connected();
      const [socket] = io.sockets.sockets.values();
      client.disconnect();
      await until(() => io.sockets.sockets.size === 0);
      let isDone = false;
      socket?.timeout(10).emit("ask", (...values: unknown[]) => {
        note("server", ...values);
        isDone = true;
      });
      await until(() => isDone);
      await socket
        ?.timeout(10)
        .emitWithAck("ask")
        .catch((error) => note("server", error));
      note("server", await socket?.broadcast.timeout(10).emitWithAck("ask"));
    },
  },
  {
    name: "§8.1: lets others join while one leaves in its connection listener",
    async run({ io, note, connected, until }) {
      io.on("connection", (socket) => {
        note("server", "connection", socket.handshake.auth.name, io.sockets.sockets.size);
        io.except(socket.id).disconnectSockets();
        note("server", io.sockets.sockets.size);
      });
      const first = await connected("/", { auth: { name: "first" } });
      await connected("/", { auth: { name: "second" } });
      await until(() => first.disconnected);
    },
  },
  {
    name: "§21: shuts down while a client is in middleware",
    async run({ io, note, client, until }) {
      let goOn: (() => void) | undefined;
      io.use((socket, next) => {
        socket.on("disconnect", (reason) => note("server", reason));
        goOn = () => next();
      });
      io.on("connection", () => note("server", "connection"));
      const waiting = client();
      waiting.on("connect", () => note("client", "connect"));
      await until(() => goOn !== undefined);
      await io.close();
      goOn?.();
      await turn();
      note("server", io.sockets.sockets.size);
    },
  },
  {
    name: "§9.3: comes back to a namespace that it left, as somebody else",
    async run({ io, note, connected, until }) {
      io.of("/a").on("connection", (socket) => {
        note("server", "connection", socket.id, io.of("/a").sockets.size);
        socket.on("disconnect", (reason) => note("server", reason, io.of("/a").sockets.size));
      });
      const main = await connected();
      const a = main.io.socket("/a");
      await until(() => a.connected);
      a.disconnect();
      await until(() => io.of("/a").sockets.size === 0);
      a.connect();
      await until(() => a.connected);
      note("client", a.id);
    },
  },
  {
    name: "§10: closes its sessions by the raw socket, behind what was sent before",
    async run({ io, note, client, until }) {
      let isClosed = false;
      io.once("connection", (socket) => {
        socket.on("disconnect", (reason) => {
          note("reason", reason);
          isClosed = true;
        });
        socket.emit("before");
        socket.conn.close();
        note("server", socket.emit("behind"), socket.conn.readyState === "open");
      });
      const closed = client();
      closed.onAny((event) => note("client", event));
      let isTold = false;
      closed.on("disconnect", (reason) => {
        note("client", reason);
        isTold = true;
      });
      await until(() => isClosed && isTold && io.engine.clientsCount === 0);
    },
  },
];
