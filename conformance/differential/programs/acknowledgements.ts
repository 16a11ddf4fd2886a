import type { Program } from "../program.ts";

/** server.md §13. */
export const acknowledgements: readonly Program[] = [
  {
    name: "§13.1: is given all values of an answer, or the first of them as a promise",
    async run({ io, note, connected, until }) {
      const client = await connected();
      client.on("ask", (...args) => args.pop()("one", { two: 2 }, args.length));
      const socket = io.sockets.sockets.get(client.id ?? "");
      let isDone = false;
      socket?.emit("ask", 1, 2, (...values: unknown[]) => {
        note("server", ...values);
        isDone = true;
      });
      await until(() => isDone);
      note("server", await socket?.emitWithAck("ask", 1));
      note("server", await socket?.timeout(5000).emitWithAck("ask"));
      isDone = false;
      socket?.timeout(5000).emit("ask", (...values: unknown[]) => {
        note("server", ...values);
        isDone = true;
      });
      await until(() => isDone);
    },
  },
  {
    name: "§13.1: is told of an answer that does not come, once",
    async run({ io, note, connected, until }) {
      const client = await connected();
      let late: ((value: string) => void) | undefined;
      client.on("ask", (ack) => {
        late = ack;
      });
      const socket = io.sockets.sockets.get(client.id ?? "");
      let isDone = false;
      socket?.timeout(20).emit("ask", (...values: unknown[]) => {
        note("server", ...values);
        isDone = true;
      });
      await until(() => isDone && late !== undefined);
      late?.("late");
      await socket
        ?.timeout(20)
        .emitWithAck("ask")
        .catch((error) => note("server", error, error instanceof Error));
    },
  },
  {
    name: "§13.1: answers once, with any number of values",
    async run({ io, note, connected, settle }) {
      io.on("connection", (socket) => {
        socket.on("ask", (ack) => {
          note("server", typeof ack, ack("first", 1, [2]));
          ack("second");
        });
      });
      const client = await connected();
      client.emit("ask", (...values: unknown[]) => note("client", ...values));
      await settle(client);
    },
  },
  {
    name: "§13.2: collects the first value of each answer",
    async run({ io, note, connected, until }) {
      const clients = [await connected(), await connected(), await connected()];
      for (const [index, client] of clients.entries())
        client.on("ask", (ack) => ack(`answer ${index}`, "more"));
      const answers = await io.timeout(5000).emitWithAck("ask");
      note("server", answers.sort());
      let isDone = false;
      io.timeout(5000).emit("ask", (error: unknown, values: string[]) => {
        note("server", error, values.sort());
        isDone = true;
      });
      await until(() => isDone);
      note("server", await io.to("nobody").timeout(5000).emitWithAck("ask"));
      note("server", await io.of("/empty").timeout(5000).emitWithAck("ask"));
    },
  },
  {
    name: "§13.2: is given what came in time with the error",
    async run({ io, note, connected, until }) {
      const clients = [await connected(), await connected()];
      clients[0]?.on("ask", (ack) => ack("in time"));
      clients[1]?.on("ask", () => undefined);
      let isDone = false;
      io.timeout(50).emit("ask", (error: unknown, values: unknown) => {
        note("server", error, values);
        isDone = true;
      });
      await until(() => isDone);
      await io
        .timeout(50)
        .emitWithAck("ask")
        .catch((error) => note("server", error, error.responses));
    },
  },
  {
    name: "§12: asks one fetched socket like the socket itself",
    async run({ io, note, connected, until }) {
      const client = await connected();
      client.on("ask", (ack) => ack("yes", "more"));
      const [fetched] = await io.fetchSockets();
      let isDone = false;
      fetched?.timeout(5000).emit("ask", (...values: unknown[]) => {
        note("server", ...values);
        isDone = true;
      });
      await until(() => isDone);
      note("server", fetched?.id === client.id, fetched?.rooms, fetched?.data, fetched?.handshake.auth);
    },
  },
  {
    name: "§13.2: asks everybody but the sender",
    async run({ io, note, connected }) {
      const clients = [await connected(), await connected()];
      for (const [index, client] of clients.entries()) client.on("ask", (ack) => ack(index));
      const socket = io.sockets.sockets.get(clients[0]?.id ?? "");
      note("server", await socket?.broadcast.timeout(5000).emitWithAck("ask"));
      note(
        "server",
        await socket
          ?.to(clients[0]?.id ?? "")
          .timeout(5000)
          .emitWithAck("ask"),
      );
    },
  },
];
