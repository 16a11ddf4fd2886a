import { createRequire } from "node:module";
import type { Program, ProgramStage } from "../program.ts";

/** A client of version 2, as much as is used here. */
interface OldClient {
  readonly id: string;
  readonly connected: boolean;
  readonly io: {
    socket(nsp: string, options?: object): OldClient;
  };
  on(event: string, listener: (...args: never[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  close(): unknown;
}

const connect: (url: string, options: object) => OldClient = createRequire(import.meta.url)(
  "socket.io-client-v2",
);

/** Lets a client of version 2 do something, and closes it. */
async function withClient(
  { url, transport, until }: ProgramStage,
  visit: (client: OldClient) => unknown,
  query: object = {},
): Promise<void> {
  const options = { forceNew: true, reconnection: false, transports: [transport], query };
  const client = connect(url, options);
  try {
    await visit(client);
  } finally {
    client.close();
    await until(() => !client.connected);
  }
}

const options = { allowEIO3: true };

/** server.md §19; protocol.md §33. */
export const version2: readonly Program[] = [
  {
    name: "§19: lets a client of version 2 in, and serves it as any other",
    options,
    async run(stage) {
      const { io, note, until } = stage;
      io.use((socket, next) => {
        note("server", "middleware", socket.handshake.auth, socket.handshake.query.x, socket.connected);
        next();
      });
      io.on("connection", (socket) => {
        note("server", socket.id === Reflect.get(socket.conn, "id"), socket.rooms.size, socket.conn.protocol);
        socket.onAny((event, ...args) =>
          note("server", event, ...args.filter((arg) => typeof arg !== "function")),
        );
        socket.on("ask", (_value, ack) => ack("answer", Buffer.from([1])));
        socket.on("disconnect", (reason) => note("server", reason));
        socket.join("r");
      });
      await withClient(
        stage,
        async (client) => {
          const received: unknown[][] = [];
          for (const event of ["single", "to r", "volatile", "binary"]) {
            client.on(event, (...args) => received.push([event, ...args]));
          }
          client.on("asked", (...args) => (args.at(-1) as unknown as (value: string) => void)("yes"));
          await until(() => client.connected);
          client.emit("ask", { a: [1] }, (...values: unknown[]) => received.push(values));
          await until(() => received.length === 1);
          const [socket] = io.sockets.sockets.values();
          socket?.emit("single", 1, "é€😀");
          io.to("r").emit("to r", null);
          io.emit("binary", Buffer.from([1, 2]), { deep: Buffer.from([3]) });
          await until(() => received.length === 4);
          note("client", ...received);
          note("server", await socket?.emitWithAck("asked", 1), await io.timeout(5000).emitWithAck("asked"));
        },
        { x: "1" },
      );
      await until(() => io.sockets.sockets.size === 0);
    },
  },
  {
    name: "§19: gives a client of version 2 the namespaces that it asks for",
    options,
    async run(stage) {
      const { io, note, until } = stage;
      let events = 0;
      for (const name of ["/a", /^\/dynamic-/] as const) {
        io.of(name).on("connection", (socket) => {
          const { nsp, id, conn, handshake } = socket;
          note("server", nsp.name, id.replace(Reflect.get(conn, "id"), "(id)"), { ...handshake.auth });
          socket.on("event", (...args) => {
            note("server", nsp.name, ...args);
            events++;
          });
          socket.on("disconnect", (reason) => note("server", nsp.name, reason));
        });
      }
      await withClient(stage, async (client) => {
        const a = client.io.socket("/a", { query: { token: "1", other: "a b" } });
        const dynamic = client.io.socket("/dynamic-1");
        await until(() => a.connected && dynamic.connected);
        note("client", a.id.startsWith("/a#"), dynamic.id.startsWith("/dynamic-1#"));
        a.emit("event", 1);
        await until(() => events === 1);
        dynamic.emit("event", 2, Buffer.from([1]));
        await until(() => events === 2);
        const heard: unknown[] = [];
        a.on("told", (value) => heard.push(value));
        io.of("/a").emit("told", 5);
        await until(() => heard.length === 1);
        a.close();
        await until(() => io.of("/a").sockets.size === 0);
      });
      await until(() => io.sockets.sockets.size === 0);
    },
  },
  {
    name: "§19: refuses a client of version 2 in its own way",
    options: { allowEIO3: true, connectTimeout: 100 },
    async run(stage) {
      const { io, note, until } = stage;
      let data: unknown;
      io.use((_socket, next) => next(Object.assign(new Error("denied"), { data })));
      for (const given of [undefined, { code: 1 }, ""]) {
        data = given;
        await withClient(stage, async (client) => {
          let isClosed = false;
          client.on("error", (error) => note("client", error));
          io.engine.once("connection", (conn: { on(event: "close", listener: () => void): unknown }) =>
            conn.on("close", () => {
              isClosed = true;
            }),
          );
          await until(() => isClosed);
        });
      }
    },
  },
  {
    name: "§19: tells a client of version 2 nothing of recovery",
    options: { allowEIO3: true, connectionStateRecovery: {} },
    async run(stage) {
      const { io, note, until } = stage;
      io.on("connection", (socket) => note("server", socket.recovered));
      await withClient(stage, async (client) => {
        const heard: unknown[][] = [];
        client.on("told", (...args) => heard.push(args));
        await until(() => client.connected);
        io.timeout(5).emit("told", 1, () => undefined);
        await until(() => heard.length === 1);
        note("client", heard[0]?.length);
      });
    },
  },
  {
    name: "§19: disconnects a client of version 2",
    options,
    async run(stage) {
      const { io, note, until } = stage;
      io.on("connection", (socket) => socket.on("disconnect", (reason) => note("server", reason)));
      for (const close of [false, true]) {
        await withClient(stage, async (client) => {
          client.on("disconnect", (reason) => note("client", reason));
          await until(() => client.connected);
          io.disconnectSockets(close);
          await until(() => !client.connected && io.sockets.sockets.size === 0);
        });
      }
    },
  },
];
