import { once } from "node:events";
import type { Program } from "../program.ts";

/** server.md §9.3, §9.4: listeners as any emitter has them, also while events are told. */
export const listeners: readonly Program[] = [
  {
    name: "§9.3: calls the listeners that there were when the event came",
    async run({ io, note, connected, settle }) {
      io.on("connection", (socket) => {
        const second = () => note("server", "second");
        const added = () => note("server", "added");
        socket.on("event", () => {
          note("server", "first");
          socket.off("event", second);
          socket.on("event", added);
        });
        socket.on("event", second);
        socket.onAny(function any() {
          socket.offAny(any);
          socket.onAny((event) => note("any, added", event));
        });
      });
      const client = await connected();
      client.emit("event");
      await settle(client);
      client.emit("event");
      await settle(client);
    },
  },
  {
    name: "§9.3: calls listeners on the socket itself, with what the client sent",
    async run({ io, note, connected, settle }) {
      io.on("connection", function connection(this: unknown, socket) {
        note("server", this === io.sockets);
        socket.on("event", function listener(this: unknown, ...args) {
          note("server", this === socket, args.length, ...args);
        });
        socket.onAny(function any(this: unknown) {
          note("server", "any", this === socket);
        });
        socket.onAnyOutgoing(function any(this: unknown, event) {
          if (event === "out") note("server", "any outgoing", this === socket);
        });
        socket.on("disconnect", function left(this: unknown) {
          note("server", "disconnect", this === socket);
        });
        socket.use(function middleware(this: unknown, _event, next) {
          next();
        });
        socket.emit("out");
      });
      const client = await connected();
      client.emit("event");
      await settle(client);
      client.emit("event", undefined, null, [undefined]);
      await settle(client);
    },
  },
  {
    name: "§9.4: calls listeners of numbers by numbers and by text",
    async run({ io, note, connected, settle }) {
      io.on("connection", (socket) => {
        socket.on(7 as never, () => note("server", "by number"));
        socket.on("7", () => note("server", "by text"));
        note("server", socket.listenerCount(7 as never), socket.listenerCount("7"));
        note("server", socket.emit(8 as never, "x"));
      });
      const client = await connected();
      client.on(8 as never, (value) => note("client", value));
      client.emit(7 as never);
      await settle(client);
    },
  },
  {
    name: "§8.3: filters events with middleware that takes its time, one by one",
    async run({ io, note, connected, until }) {
      const goOn: (() => void)[] = [];
      let isDone = false;
      io.on("connection", (socket) => {
        socket.use(([event], next) => {
          if (event === "slow") goOn.push(() => next());
          else next();
        });
        socket.on("slow", (value) => {
          note("server", "slow", value);
          isDone = true;
        });
        socket.on("fast", () => {
          note("server", "fast");
          for (const one of goOn) one();
        });
      });
      const client = await connected();
      client.emit("slow", 1);
      client.emit("fast");
      await until(() => isDone);
    },
  },
  {
    name: "§8.3: may change in middleware what listeners get, its name included",
    async run({ io, note, connected, settle }) {
      io.on("connection", (socket) => {
        socket.use((event, next) => {
          if (event[0] !== "event") return next();
          event[0] = "renamed";
          event.push("added");
          next();
        });
        socket.on("event", () => note("server", "never"));
        socket.on("renamed", (...args) => note("server", ...args));
      });
      const client = await connected();
      client.emit("event", 1);
      await settle(client);
      await settle(client);
    },
  },
  {
    name: "§8.3: refuses events that wait for an answer, and answers them in middleware",
    async run({ io, note, connected, until }) {
      io.on("connection", (socket) => {
        socket.use((event, next) => {
          const ack = event.at(-1);
          if (event[0] === "answered") ack("by middleware");
          next(event[0] === "answered" ? new Error("enough") : undefined);
        });
        socket.on("error", (error) => note("server", "error", error));
        socket.on("answered", () => note("server", "never"));
        socket.use(([event], next) => {
          note("server", "second", event);
          next();
        });
      });
      const client = await connected();
      let isDone = false;
      client.emit("answered", (value: unknown) => {
        note("client", value);
        isDone = true;
      });
      await until(() => isDone);
    },
  },
  {
    name: "§9.3: can be waited for as any emitter can",
    async run({ io, note, connected }) {
      const connection = once(io as never, "connection");
      const client = await connected();
      const [socket] = await connection;
      const hello = once(socket, "hello");
      client.emit("hello", 1, 2);
      note("server", await hello);
      const left = once(socket, "disconnect");
      client.disconnect();
      note("server", (await left)[0]);
    },
  },
  {
    name: "§9.3: shows the lists of catch-all listeners, live or empty",
    async run({ io, note, connected }) {
      await connected();
      const [socket] = io.sockets.sockets.values();
      if (socket === undefined) return;
      const none = socket.listenersAny();
      note("server", none, none === socket.listenersAny());
      const listener = () => undefined;
      note("server", socket.offAny(listener) === socket, socket.offAnyOutgoing() === socket);
      socket.onAny(listener).onAny(listener).prependAny(listener);
      const three = socket.listenersAny();
      note("server", three.length, three === socket.listenersAny());
      socket.offAny(listener);
      socket.offAny(() => undefined);
      note("server", socket.listenersAny().length);
      socket.offAny();
      note("server", socket.listenersAny(), socket.listenersAnyOutgoing());
    },
  },
  {
    name: "§9.3: sees what it sends before it is written, also in answer to itself",
    async run({ io, note, connected, settle }) {
      const client = await connected();
      client.onAny((event) => {
        if (!String(event).startsWith("conformance")) note("client", event);
      });
      const [socket] = io.sockets.sockets.values();
      socket?.onAnyOutgoing((event, ...args) => {
        note("server", event, ...args);
        if (event === "first") socket.emit("second");
        if (event === "broadcast") args[0].changed = true;
      });
      socket?.emit("first");
      socket?.timeout(5000).emit("with ack", 1, () => undefined);
      socket?.emit(5 as never, "number");
      io.timeout(10).emit("asked of all", 2, () => undefined);
      io.emit("broadcast", { changed: false });
      socket?.broadcast.emit("to others");
      await settle(client);
    },
  },
  {
    name: "§5.2: listens on a namespace, also with what is given to of()",
    async run({ io, note, connected }) {
      io.of("/a", (socket) => note("server", "first", socket.nsp.name));
      io.of("/a", (socket) => note("server", "second", socket.nsp.name));
      io.of("/a").on("connection", () => note("server", "connection"));
      io.of("/a").once("connect", () => note("server", "once"));
      io.of(/^\/b/, (socket) => note("server", "pattern", socket.nsp.name));
      note("server", io.of("/a").listenerCount("connect"), io.of("/a").eventNames());
      await connected("/a");
      await connected("/a");
      await connected("/b1");
    },
  },
];
