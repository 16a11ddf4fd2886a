import type { Program } from "../program.ts";

/** server.md §9.3, §13, §14: many events, one after the other. */
export const streams: readonly Program[] = [
  {
    name: "§9.3: keeps the order of what is sent in whichever way",
    async run({ io, note, connected, settle }) {
      const client = await connected();
      client.onAny((event, ...args) => {
        if (!event.startsWith("conformance"))
          note("client", event, ...args.filter((arg) => typeof arg !== "function"));
      });
      const [socket] = io.sockets.sockets.values();
      socket?.join("r");
      for (let at = 0; at < 30; at++) {
        if (at % 5 === 0) socket?.emit("single", at, Buffer.from([at]));
        if (at % 5 === 1) io.emit("all", at);
        if (at % 5 === 2)
          io.to("r")
            .compress(false)
            .emit("room", at, Buffer.from([at]), Buffer.alloc(0));
        if (at % 5 === 3) socket?.emit("ask", at, () => undefined);
        if (at % 5 === 4) io.timeout(50).emit("ask all", at, () => undefined);
      }
      await settle(client);
    },
  },
  {
    name: "§9.3: keeps the order of what comes in whichever way",
    async run({ io, note, connected, settle }) {
      io.on("connection", (socket) => {
        for (const event of ["plain", "binary"])
          socket.on(event, (...args) => note("server", event, ...args));
        socket.on("ask", (at, ack) => {
          note("server", "ask", at);
          ack(at);
        });
      });
      const client = await connected();
      const answers: number[] = [];
      for (let at = 0; at < 30; at++) {
        if (at % 3 === 0) client.emit("plain", at);
        if (at % 3 === 1) client.emit("binary", at, Buffer.from([at]));
        if (at % 3 === 2) client.emit("ask", at, (answer: number) => answers.push(answer));
      }
      await settle(client);
      note("client", ...answers);
    },
  },
  {
    name: "SIO §25: loses, repeats and swaps nothing while a client moves to WebSocket",
    async run({ io, note, client, until }) {
      let sent = 0;
      io.on("connection", (socket) => {
        const timer = setInterval(() => {
          for (let more = 0; more < 5; more++) socket.emit("tick", sent++, Buffer.from([sent % 256]));
          if (sent >= 200 && socket.conn.upgraded) clearInterval(timer);
        }, 1);
        socket.on("tock", (at: number) => tocks.push(at));
      });
      const tocks: number[] = [];
      const ticks: number[] = [];
      const moving = client("/", { transports: ["polling", "websocket"] });
      moving.on("tick", (at: number) => {
        ticks.push(at);
        moving.emit("tock", at);
      });
      await until(() => moving.io.engine?.transport?.name === "websocket");
      await until(() => ticks.length >= 200 && ticks.length === sent && tocks.length === sent);
      const isInOrder = (list: number[]) => list.every((at, index) => at === index);
      note("client", isInOrder(ticks));
      note("server", isInOrder(tocks));
    },
  },
  {
    name: "§10: ends who sends more at once than it may",
    options: { maxHttpBufferSize: 1000 },
    async run({ io, note, connected, settle, until }) {
      let isDone = false;
      io.on("connection", (socket) => {
        socket.on("big", (text: string) => note("server", text.length));
        socket.on("disconnect", (reason) => {
          note("server", reason);
          isDone = true;
        });
      });
      const client = await connected();
      client.emit("big", "a".repeat(900));
      await settle(client);
      client.emit("big", "a".repeat(2000));
      await until(() => isDone);
    },
  },
  {
    name: "§10: ends who sends what is no packet",
    async run({ io, note, session, until }) {
      let isDone = false;
      io.on("connection", (socket) => {
        socket.on("disconnect", (reason) => {
          note("server", reason);
          isDone = true;
        });
      });
      const odd = await session();
      odd.send("0");
      await until(() => io.sockets.sockets.size === 1);
      odd.transport?.send([{ type: "unheard of" as never, data: "x" }]);
      await until(() => isDone);
    },
  },
  {
    name: "§13.1: gives up at once, late or never, by the timeout",
    async run({ io, note, connected, until }) {
      const client = await connected();
      client.on("ask", (ack) => setTimeout(ack, 30, "answer"));
      const [socket] = io.sockets.sockets.values();
      const timeouts: unknown[] = [0, -1, Number.NaN, null, "1", undefined, 5000];
      let done = 0;
      for (const timeout of timeouts) {
        socket?.timeout(timeout as never).emit("ask", (...values: unknown[]) => {
          note("single", String(timeout), ...values);
          done++;
        });
      }
      await until(() => done === timeouts.length);
      for (const timeout of [0, -1, null, undefined, 5000]) {
        io.timeout(timeout as never).emit("ask", (...values: unknown[]) => {
          note("all", String(timeout), ...values);
          done++;
        });
      }
      await until(() => done === timeouts.length + 5);
    },
  },
];
