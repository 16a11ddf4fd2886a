import type { Socket } from "socket.io";
import type { Socket as ClientSocket } from "socket.io-client";
import type { Program, ProgramStage } from "../program.ts";

/** What packages reach for (server.md §26), although its type keeps it private. */
interface Shown {
  readonly id: string;
  readonly conn: { readonly id: string };
  readonly request: unknown;
  readonly sockets: Map<string, unknown>;
  readonly nsps: Map<string, unknown>;
  readonly writeToEngine: unknown;
}

function clientOf(socket: Socket): Shown {
  return socket.client as unknown as Shown;
}

/** Three namespaces of one connection, each noting what it is told. */
async function three({ io, note, connected, until }: ProgramStage): Promise<ClientSocket[]> {
  for (const name of ["/", "/a", "/b"]) {
    io.of(name).on("connection", (socket) => {
      socket.on("disconnecting", (reason) =>
        note("server", name, "disconnecting", reason, socket.rooms.size),
      );
      socket.on("disconnect", (reason) => {
        note("server", name, "disconnect", reason, clientOf(socket).sockets.size);
      });
    });
  }
  const main = await connected();
  const clients = [main, main.io.socket("/a"), main.io.socket("/b")];
  for (const [index, client] of clients.entries()) {
    client.on("disconnect", (reason) => note(`client ${index}`, reason));
  }
  await until(() => clients.every((client) => client.connected));
  return clients;
}

/** server.md §7, §9.3, §10: several namespaces of one connection. */
export const multiplexing: readonly Program[] = [
  {
    name: "§9.3: closes all namespaces with one",
    async run(stage) {
      const clients = await three(stage);
      const [socket] = stage.io.of("/a").sockets.values();
      stage.note("server", socket?.disconnect(true) === socket, socket?.connected);
      await stage.until(() => clients.every(({ disconnected }) => disconnected));
      await stage.until(() => stage.io.engine.clientsCount === 0);
    },
  },
  {
    name: "§9.3: leaves one namespace alone",
    async run(stage) {
      const clients = await three(stage);
      const [socket] = stage.io.of("/a").sockets.values();
      socket?.disconnect();
      await stage.until(() => clients[1]?.disconnected === true);
      stage.note("server", socket && [...clientOf(socket).nsps.keys()], stage.io.engine.clientsCount);
    },
  },
  {
    name: "§25: disconnects the sockets of one namespace, with their connections and without",
    async run(stage) {
      const clients = await three(stage);
      stage.io.of("/b").disconnectSockets();
      await stage.until(() => clients[2]?.disconnected === true);
      stage.note("server", clients[0]?.connected);
      stage.io.of("/a").disconnectSockets(true);
      await stage.until(() => clients.every(({ disconnected }) => disconnected));
      await stage.until(() => stage.io.engine.clientsCount === 0);
    },
  },
  {
    name: "§10: ends all namespaces with the session",
    async run(stage) {
      const clients = await three(stage);
      const [socket] = stage.io.sockets.sockets.values();
      socket?.conn.close();
      await stage.until(() => clients.every(({ disconnected }) => disconnected));
      await stage.until(() => stage.io.engine.clientsCount === 0);
    },
  },
  {
    name: "§7: shows the connection that its sockets share",
    async run({ io, note, connected, until }) {
      const main = await connected();
      io.of("/a");
      const a = main.io.socket("/a");
      await until(() => a.connected);
      const [socket] = io.sockets.sockets.values();
      if (socket === undefined) return;
      const { id, conn, request, sockets, nsps, writeToEngine } = clientOf(socket);
      note("server", conn === (socket.conn as unknown), request === socket.request, id === conn.id);
      note("server", sockets instanceof Map, nsps instanceof Map, typeof writeToEngine);
      note("server", sockets.get(socket.id) === socket, nsps.get("/") === socket);
      note("server", [...nsps.keys()].sort(), sockets.size);
    },
  },
  {
    name: "§8.1: has one namespace refused and another let in, at the same time",
    async run({ io, note, client, until }) {
      io.use((_socket, next) => setTimeout(next, 20, new Error("no")));
      io.of("/a").use((_socket, next) => setTimeout(next, 40));
      io.of("/a").on("connection", (socket) =>
        note("server", socket.nsp.name, socket.client.conn.readyState),
      );
      const main = client();
      const a = main.io.socket("/a");
      main.on("connect_error", (error) => note("client", error, a.connected));
      await until(() => a.connected);
      note("client", main.connected);
    },
  },
  {
    name: "§5.2: numbers the acknowledgements of each namespace apart",
    async run({ io, note, connected, until }) {
      const main = await connected();
      io.of("/a");
      const a = main.io.socket("/a");
      await until(() => a.connected);
      main.io.engine.on("message", (message) => note("client", message));
      const [socket] = io.sockets.sockets.values();
      const [other] = io.of("/a").sockets.values();
      let answers = 0;
      const answered = () => {
        answers++;
      };
      main.on("ask", (ack) => ack());
      a.on("ask", (ack) => ack());
      socket?.emit("ask", answered);
      other?.emit("ask", answered);
      io.timeout(5000).emit("ask", answered);
      io.of("/a").timeout(5000).emit("ask", answered);
      socket?.emit("ask", answered);
      await until(() => answers === 5);
    },
  },
  {
    name: "§7.1: closes a session that joins no namespace in time, and none that has joined one",
    async run({ io, note, session, connected, until }) {
      const stayer = await connected();
      io.connectTimeout(50);
      const idle = await session();
      let isClosed = false;
      idle.on("close", (reason) => {
        note("client", reason);
        isClosed = true;
      });
      await until(() => isClosed && io.engine.clientsCount === 1);
      note("stayer", stayer.connected);
    },
  },
];
