import type { Program } from "../program.ts";

/** server.md §9.2, §9.3, §13; protocol.md §28, §30: what can be sent, and what cannot. */
export const oddValues: readonly Program[] = [
  {
    name: "SIO §28: sends what JSON and the binary attachments can say",
    async run({ io, note, connected, settle }) {
      const client = await connected();
      client.on("values", (...values: unknown[]) => note("client", ...values));
      const [socket] = io.sockets.sockets.values();
      class Point {
        x = 1;
        readonly #y = 2;
        get sum() {
          return this.x + this.#y;
        }
      }
      const values: unknown[] = [
        new Map([[1, 2]]),
        new Set([1]),
        new Point(),
        Object.create({ inherited: 1 }),
        Object.create(null),
        { toJSON: () => ({ bytes: Buffer.from([1]) }) },
        { toJSON: () => ({ toJSON: () => "twice" }) },
        { buffer: new Uint8Array([1, 2, 3]).subarray(1), view: new DataView(new ArrayBuffer(2)) },
        new Float64Array([1.5]),
        { _placeholder: true, num: 0 },
        { bytes: Buffer.from([7]), fake: { _placeholder: true, num: 0 } },
        [Buffer.from([1]), undefined, Buffer.from([2])],
        -0,
        Number.POSITIVE_INFINITY,
        "\u2028\ud800",
        Symbol("s"),
        { symbol: Symbol("s"), fn: () => 1, undef: undefined },
        new Error("lost"),
        /a/,
        new Date(Number.NaN),
      ];
      for (const [index, value] of values.entries()) {
        socket?.emit("values", index, value);
        io.emit("values", index, value);
      }
      const twice = Buffer.from([5]);
      socket?.emit("values", twice, twice);
      await settle(client);
    },
  },
  {
    name: "§9.3: throws for what cannot be sent, and goes on",
    repairs: {
      quirk: "who asks by what cannot be sent is told so, and called back besides",
      transcript: { server: Array(12).fill("true"), client: ["fine"] },
    },
    async run({ io, note, connected, settle }) {
      const client = await connected();
      client.on("values", (...values: unknown[]) => note("client", ...values));
      const [socket] = io.sockets.sockets.values();
      const circular: Record<string, unknown> = {};
      circular.self = circular;
      const failing = {
        toJSON: () => {
          throw new Error("of the program");
        },
      };
      for (const value of [1n, circular, failing]) {
        for (const send of [
          () => socket?.emit("values", value),
          () => socket?.emit("values", value, () => note("server", "answered")),
          () => io.emit("values", value),
          () => io.timeout(5).emit("values", value, () => note("server", "answered")),
        ]) {
          try {
            note("server", send());
          } catch (error) {
            note("server", error instanceof Error);
          }
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
      socket?.emit("values", "fine");
      await settle(client);
    },
  },
  {
    name: "§9.2: takes query and auth as the client gives them",
    async run({ io, note, connected }) {
      io.on("connection", ({ handshake }) => {
        const { EIO, transport, t, ...query } = handshake.query;
        note("server", EIO, transport, query, handshake.auth);
        note("server", typeof t, Object.hasOwn(handshake.query, "__proto__"));
      });
      io.on("connection", (socket) => {
        const { handshake } = socket;
        note("server", handshake === socket.handshake);
      });
      const queries: Record<string, unknown>[] = [
        { "a b": "c&d=é", empty: "", n: 5, list: ["a", "b"] },
        { "a[]": "1" },
        { constructor: "x" },
      ];
      for (const query of queries) await connected("/", { query: query as never });
      const auths = [
        { nested: { a: [1, null] } },
        { bytes: "text" },
        ((done: (auth: object) => void) => done({ from: "fn" })) as never,
      ];
      for (const auth of auths) await connected("/", { auth });
    },
  },
  {
    name: "§13.1: takes the first of several answers, and no answer of somebody else",
    async run({ io, note, session, until }) {
      const clients = [await session(), await session()];
      for (const [index, client] of clients.entries()) {
        client.on("message", (message) => {
          if (!message.startsWith("0")) note(`client ${index}`, message);
        });
        client.send("0");
        await until(() => io.sockets.sockets.size === index + 1);
      }
      const [socket] = io.sockets.sockets.values();
      const answers: unknown[][] = [];
      let ended = 0;
      for (const each of io.sockets.sockets.values()) each.on("end", () => ended++);
      socket?.emit("ask", (...values: unknown[]) => answers.push(values));
      clients[1]?.send('30["of another"]');
      clients[1]?.send('2["end"]');
      await until(() => ended === 1);
      clients[0]?.send('30["first",1]');
      clients[0]?.send('30["second"]');
      clients[0]?.send('2["end"]');
      await until(() => ended === 2);
      note("server", ...answers);
    },
  },
  {
    name: "§7.1: closes the session of who speaks in a namespace before it is let in",
    async run({ io, note, session, until }) {
      io.of("/slow").use((socket, next) => {
        socket.join("early");
        note("server", "middleware");
        setTimeout(next, 30);
      });
      io.of("/slow").on("connection", () => note("server", "connection"));
      for (const early of ['2/slow,["x"]', "1/slow,", "3/slow,1[]"]) {
        const client = await session();
        let isClosed = false;
        client.on("close", (reason) => {
          note("client", early, reason);
          isClosed = true;
        });
        client.send("0/slow,");
        await until(() => io.of("/slow").adapter.rooms.size === 1);
        client.send(early);
        await until(() => isClosed && io.engine.clientsCount === 0);
        await until(() => io.of("/slow").adapter.rooms.size === 0);
      }
    },
  },
  {
    name: "§7.1: tells the sockets of all namespaces of what could not be decoded",
    async run({ io, note, session, until }) {
      let left = 0;
      for (const name of ["/", "/a"]) {
        io.of(name).on("connection", (socket) => {
          socket.on("error", (error) => note(name, error, socket.connected));
          socket.on("disconnect", (reason) => {
            note(name, reason.replace("forced server close", "forced close"));
            left++;
          });
        });
      }
      const client = await session();
      client.send("0");
      client.send("0/a,");
      await until(() => io.of("/").sockets.size === 1 && io.of("/a").sockets.size === 1);
      client.send("2nonsense");
      await until(() => left === 2);
    },
  },
];
