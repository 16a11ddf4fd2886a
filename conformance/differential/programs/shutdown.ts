import { Adapter } from "socket.io-adapter";
import type { Program } from "../program.ts";

/** server.md §21, §9.5: what is told, and in which order, when a server or everybody goes. */
export const shutdown: readonly Program[] = [
  {
    name: "§21: tells the sockets of all namespaces, then the adapters, then the sessions",
    async run({ io, note, connected, until }) {
      class Own extends Adapter {
        override close(): void {
          note("server", "adapter", this.nsp.name, this.nsp.sockets.size, io.engine.clientsCount);
        }
      }
      io.adapter(Own as never);
      for (const name of ["/", "/a"]) {
        io.of(name).on("connection", (socket) => {
          const { rooms } = socket;
          socket.conn.on("close", () => note("server", "session", name));
          socket.on("disconnecting", (reason) => {
            socket.emit("last words");
            socket.broadcast.emit("last words of another");
            note("server", "disconnecting", name, reason, rooms.size);
          });
          socket.on("disconnect", (reason) => note("server", "disconnect", name, reason, rooms.size));
        });
      }
      const main = await connected();
      const a = main.io.socket("/a");
      await until(() => a.connected);
      await io.close();
      await until(() => main.disconnected && a.disconnected);
      note("server", io.sockets.sockets.size, io.engine.clientsCount);
    },
  },
  {
    name: "§21: waits for adapters that take their time, and calls back",
    async run({ io, note, connected, until }) {
      class Slow extends Adapter {
        override async close(): Promise<void> {
          await new Promise((resolve) => setTimeout(resolve, 20));
          note("server", "adapter closed");
        }
      }
      io.adapter(Slow as never);
      const client = await connected();
      client.on("disconnect", () => note("client", "disconnect"));
      await io.close((error) => note("server", "called back", error));
      note("server", "closed");
      await until(() => client.disconnected);
    },
  },
  {
    name: "§25: disconnects whom it chooses, one after the other",
    async run({ io, note, connected, until }) {
      io.on("connection", (socket) => {
        const { name } = socket.handshake.auth;
        socket.join(name === "c" ? "other" : "r");
        socket.on("disconnecting", (reason) =>
          note("server", name, "disconnecting", reason, io.sockets.sockets.size),
        );
        socket.on("disconnect", (reason) => {
          note("server", name, "disconnect", reason, io.sockets.sockets.size);
          io.in("r").disconnectSockets();
        });
      });
      const connect = (name: string) => connected("/", { auth: { name } });
      const clients = [await connect("a"), await connect("b"), await connect("c")];
      io.in("r").except("other").disconnectSockets();
      await until(() => clients.filter(({ disconnected }) => disconnected).length === 2);
      note("server", io.sockets.sockets.size, [...io.of("/").adapter.rooms.keys()].includes("r"));
    },
  },
  {
    name: "§11: chooses its targets when it is asked, whatever happens meanwhile",
    async run({ io, note, connected, settle }) {
      const clients = [await connected(), await connected(), await connected()];
      const sockets = clients.map(({ id }) => io.sockets.sockets.get(id ?? ""));
      for (const [index, client] of clients.entries())
        client.on("told", () => note(`client ${index}`, "told"));
      for (const socket of sockets) socket?.join("r");
      sockets[0]?.onAnyOutgoing((event) => {
        if (event === "told") sockets[1]?.leave("r");
      });
      const operator = io.to("r");
      operator.emit("told");
      sockets[2]?.leave("r");
      operator.emit("told");
      sockets[1]?.join("r");
      operator.emit("told");
      for (const client of clients) await settle(client);
    },
  },
  {
    name: "§4.4: tells of each new namespace, from wherever it is made",
    async run({ io, note, connected }) {
      io.on("new_namespace", (nsp) => {
        note("server", nsp.name, io.of(nsp.name) === nsp, nsp.sockets.size);
        if (nsp.name === "/a") io.of("/made meanwhile");
        nsp.use((socket, next) => {
          note("server", "middleware of", socket.nsp.name);
          next();
        });
      });
      io.of("/a");
      io.of("/a");
      io.of(/^\/p/);
      await connected("/a");
      await connected("/p1");
      await connected("/p1");
    },
  },
];
