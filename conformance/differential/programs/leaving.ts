import type { Socket } from "socket.io";
import type { Program, ProgramStage } from "../program.ts";

type Ending = (
  stage: ProgramStage,
  socket: Socket,
  client: Awaited<ReturnType<ProgramStage["connected"]>>,
) => unknown;

/** A program that ends one socket in some way and notes what both sides are told. */
function ending(name: string, end: Ending): Program {
  return {
    name: `§9.5, §10: is told in the right order ${name}`,
    async run(stage) {
      const { io, note, connected, until } = stage;
      let left = 0;
      const { adapter } = io.of("/");
      adapter.on("leave-room", (room) => note("server", "leave-room", room));
      adapter.on("delete-room", (room) => note("server", "delete-room", room));
      io.on("connection", (socket) => {
        socket.join("r");
        socket.on("disconnecting", (reason) => {
          note("server", "disconnecting", reason, socket.rooms, socket.connected, io.sockets.sockets.size);
        });
        socket.on("disconnect", (reason) => {
          note("server", "disconnect", reason, socket.rooms, socket.connected, io.sockets.sockets.size);
          left++;
        });
      });
      const client = await connected();
      client.on("disconnect", (reason) => {
        note("client", "disconnect", reason, client.active);
        left++;
      });
      const [socket] = io.sockets.sockets.values();
      if (socket === undefined) throw new Error("the client has no socket");
      await end(stage, socket, client);
      await until(() => left === 2);
      note("server", adapter.rooms.size, adapter.sids.size, socket.disconnected);
    },
  };
}

/** server.md §9.5, §10. */
export const leaving: readonly Program[] = [
  ending("when the client leaves", (_stage, _socket, client) => client.disconnect()),
  ending("when the server disconnects it", (_stage, socket) => socket.disconnect()),
  ending("when the server closes its connection", (_stage, socket) => socket.disconnect(true)),
  ending("when the session is closed", (_stage, socket) => socket.conn.close()),
  ending("when the connection breaks", (_stage, _socket, client) => client.io.engine.close()),
  ending("when the server disconnects everybody", ({ io }) => io.disconnectSockets()),
  ending("when the server closes all connections", ({ io }) => io.disconnectSockets(true)),
  {
    name: "§21: is told that the server shuts down",
    async run({ io, note, connected, until }) {
      io.on("connection", (socket) => socket.on("disconnect", (reason) => note("server", reason)));
      io.of("/other").on("connection", (socket) =>
        socket.on("disconnect", (reason) => note("other", reason)),
      );
      const client = await connected();
      await connected("/other");
      client.on("disconnect", (reason) => note("client", reason, client.active));
      await io.close();
      await until(() => client.disconnected);
    },
  },
  {
    name: "§9.3: may disconnect twice, leave rooms afterwards and join none",
    async run({ io, note, connected }) {
      const client = await connected();
      const socket = io.sockets.sockets.get(client.id ?? "");
      note("server", socket?.disconnect() === socket, socket?.disconnect(true) === socket);
      socket?.join("late");
      socket?.leave("late");
      note("server", socket?.rooms, io.of("/").adapter.rooms.size, socket?.emit("nothing"));
    },
  },
  {
    name: "§13.1: answers a client that has left, to no effect",
    async run({ io, note, connected, until }) {
      let answer: ((value: number) => void) | undefined;
      io.on("connection", (socket) =>
        socket.on("ask", (ack) => {
          answer = ack;
        }),
      );
      const client = await connected();
      client.emit("ask", () => note("client", "answered"));
      await until(() => answer !== undefined);
      client.disconnect();
      await until(() => io.sockets.sockets.size === 0);
      note("server", answer?.(1));
    },
  },
  {
    name: "§10: keeps other namespaces of a client that leaves one",
    async run({ io, note, connected, until, settle }) {
      io.on("connection", (socket) => socket.on("disconnect", (reason) => note("main", reason)));
      io.of("/a").on("connection", (socket) => socket.on("disconnect", (reason) => note("a", reason)));
      const main = await connected();
      const a = main.io.socket("/a");
      await until(() => a.connected);
      a.disconnect();
      await until(() => io.of("/a").sockets.size === 0);
      await settle(main);
      note("main", main.connected, io.sockets.sockets.size);
      a.connect();
      await until(() => a.connected);
      for (const socket of io.sockets.sockets.values()) socket.disconnect(true);
      await until(() => io.engine.clientsCount === 0);
    },
  },
];
