import type { Socket } from "socket.io";
import type { Socket as ClientSocket } from "socket.io-client";
import type { Program, ProgramStage } from "../program.ts";

const recovering = { connectionStateRecovery: {} };

/** Cuts the connection of a client; once it is noticed, `meanwhile` happens, and the client comes back. */
async function lose(
  { io, until }: ProgramStage,
  client: ClientSocket,
  meanwhile: () => unknown = () => undefined,
) {
  const { size } = io.sockets.sockets;
  client.io.engine.close();
  await until(() => io.sockets.sockets.size === size - 1 && client.disconnected);
  await meanwhile();
  client.connect();
  await until(() => client.connected);
}

/** Notes the events of a client, without the offsets, which differ, and those by which it is settled. */
function follow({ note }: ProgramStage, client: ClientSocket): void {
  client.onAny((event, ...args) => {
    if (event.startsWith("conformance")) return;
    const offset = args.at(-1);
    note("client", event, ...args.slice(0, -1), typeof offset === "string" ? "and an offset" : offset);
  });
  client.on("connect", () => note("client", "connect", client.id, client.recovered));
}

function first(io: ProgramStage["io"]): Socket {
  const [socket] = io.sockets.sockets.values();
  if (socket === undefined) throw new Error("nobody is connected");
  return socket;
}

/** server.md §16. */
export const recovery: readonly Program[] = [
  {
    name: "§16.4: gives a client that comes back its id, rooms, data and what it has missed",
    options: recovering,
    async run(stage) {
      const { io, note, client: open, until, settle } = stage;
      io.on("connection", (socket) => {
        note(
          "server",
          "connection",
          socket.id,
          socket.recovered,
          socket.rooms,
          socket.data,
          socket.connected,
        );
        note("server", Object.keys(socket.handshake.auth).sort());
        socket.on("disconnecting", (reason) => note("server", "disconnecting", reason, socket.rooms));
        socket.on("disconnect", (reason) => note("server", "disconnect", reason, socket.rooms));
      });
      const client = open("/", { auth: { token: 1 } });
      follow(stage, client);
      await until(() => client.connected);
      const socket = first(io);
      socket.join(["r", "s"]);
      socket.data.name = "Ada";
      io.emit("before", 1);
      await settle(client);
      await lose(stage, client, () => {
        io.emit("to all", 2, Buffer.from([1]));
        io.to("r").emit("to r");
        io.to("elsewhere").emit("to elsewhere");
        io.except("s").emit("except s");
        io.to(["r", "s"]).emit("once");
        io.to(client.id ?? "").emit("to nobody");
        io.to(socket.id).emit("to itself", { a: [1] });
        io.volatile.emit("volatile");
        io.timeout(10).emit("with ack", () => undefined);
        socket.emit("from the old socket");
      });
      io.emit("behind");
      await settle(client);
    },
  },
  {
    name: "§16.4: passes by middleware, and by none of it when told so",
    options: recovering,
    async run(stage) {
      const { io, note, connected, settle } = stage;
      io.use((socket, next) => {
        note("server", "middleware", socket.recovered);
        next();
      });
      io.on("connection", (socket) => note("server", "connection", socket.recovered));
      const client = await connected();
      io.emit("before");
      await settle(client);
      await lose(stage, client);
    },
  },
  {
    name: "§16.4: lets middleware see who comes back, if it is not skipped",
    options: { connectionStateRecovery: { skipMiddlewares: false } },
    async run(stage) {
      const { io, note, connected, settle } = stage;
      io.use((socket, next) => {
        note("server", "middleware", socket.recovered, socket.rooms, socket.data, socket.connected);
        socket.data.count = (socket.data.count ?? 0) + 1;
        next();
      });
      io.on("connection", (socket) => note("server", "connection", socket.recovered, socket.data));
      const client = await connected();
      first(io).join("r");
      io.emit("before");
      await settle(client);
      await lose(stage, client);
    },
  },
  {
    name: "§8.1: sees the rooms of who comes back before it is connected",
    options: recovering,
    async run(stage) {
      const { io, note, connected, settle } = stage;
      const { adapter } = io.of("/");
      for (const event of ["create-room", "join-room", "leave-room", "delete-room"] as const) {
        adapter.on(event, (...args: string[]) => note("server", event, ...args));
      }
      io.on("connect", (socket) => note("server", "connect", socket.rooms));
      const client = await connected();
      first(io).join("r");
      io.emit("before");
      await settle(client);
      await lose(stage, client);
    },
  },
  {
    name: "§16.3: forgets who was sent away, and who went by itself",
    options: recovering,
    async run(stage) {
      const { io, note, connected, settle, until } = stage;
      io.on("connection", (socket) => note("server", socket.id, socket.recovered, socket.rooms, socket.data));
      const client = await connected();
      for (const leave of [() => client.disconnect(), () => first(io).disconnect()]) {
        first(io).join("r");
        io.emit("before");
        await settle(client);
        leave();
        await until(() => io.sockets.sockets.size === 0 && client.disconnected);
        io.emit("meanwhile");
        client.connect();
        await until(() => client.connected);
        note("client", client.recovered, client.id);
      }
    },
  },
  {
    name: "§16.2: gives each stored event an offset, and no other",
    options: recovering,
    async run(stage) {
      const { io, note, connected, settle } = stage;
      const client = await connected();
      client.on("ask", (...args) => args.pop()());
      follow(stage, client);
      const socket = first(io);
      socket.emit("by itself", 1);
      io.emit("to all", "text");
      socket.emit("ask", 1, () => undefined);
      await settle(client);
      await io.timeout(5000).emitWithAck("ask", 1);
      io.of("/").send("message");
      await settle(client);
      socket.volatile.emit("volatile", 1);
      await settle(client);
      note("server", "done");
    },
  },
  {
    name: "§9.3 S12: shows what is sent to who listens to it, without offsets",
    options: recovering,
    repairs: { quirk: "S12", transcript: { server: ["single 1", "broadcast text", "none"] } },
    async run(stage) {
      const { io, note, connected } = stage;
      await connected();
      first(io).onAnyOutgoing((event, ...args) => note("server", event, ...args));
      first(io).emit("single", 1);
      io.emit("broadcast", "text");
      io.emit("none");
    },
  },
  {
    name: "§8.1 S9: may emit in middleware",
    options: recovering,
    repairs: { quirk: "S9", transcript: { client: ["early 1", "connect"] } },
    async run(stage) {
      const { io, note, client: open, until, settle } = stage;
      io.use((socket, next) => {
        socket.emit("early", 1);
        next();
      });
      const client = open();
      client.on("early", (value) => note("client", "early", value));
      client.on("connect", () => note("client", "connect"));
      await until(() => client.connected);
      await settle(client);
    },
  },
  {
    name: "§16.4: replays again what is missed again",
    options: recovering,
    async run(stage) {
      const { io, connected, settle } = stage;
      const client = await connected();
      io.emit("before");
      await settle(client);
      follow(stage, client);
      for (const round of [1, 2, 3]) {
        await lose(stage, client, () => io.emit("missed", round));
        await settle(client);
      }
    },
  },
  {
    name: "§16.4: does not know who presents what it has never given",
    options: recovering,
    async run({ io, note, connected }) {
      io.on("connection", (socket) => note("server", socket.recovered));
      for (const auth of [
        { pid: "unknown", offset: "unknown" },
        { pid: "unknown" },
        { offset: "unknown" },
        { pid: 1, offset: 2 },
        { pid: ["a"], offset: {} },
      ]) {
        await connected("/", { auth });
      }
    },
  },
  {
    name: "§16.2: recovers each namespace of a connection by itself",
    options: recovering,
    async run(stage) {
      const { io, note, connected, settle, until } = stage;
      io.of("/a").on("connection", (socket) => note("a", socket.recovered, socket.rooms));
      io.on("connection", (socket) => note("main", socket.recovered));
      const main = await connected();
      const a = main.io.socket("/a");
      await until(() => a.connected);
      a.onAny((event) => {
        if (!event.startsWith("conformance")) note("client a", event);
      });
      io.of("/a").emit("before");
      await settle(main);
      await settle(a);
      main.io.engine.close();
      await until(() => io.sockets.sockets.size === 0 && main.disconnected);
      io.of("/a").emit("missed");
      io.emit("missed by the other");
      main.connect();
      a.connect();
      await until(() => main.connected && a.connected);
      await settle(a);
    },
  },
];
