import { EventEmitter } from "node:events";
import type { Program } from "../program.ts";

const seen: unknown[][] = [];

interface Packet {
  readonly type: number;
  readonly nsp: string;
  readonly data?: unknown;
  readonly id?: number;
}

/** Writes packets as JSON, and keeps what it is given. */
class JsonEncoder {
  encode(packet: Packet): string[] {
    const { type, nsp, data, id, ...rest } = packet;
    if (!Object.keys(rest).includes("options")) seen.push([type, nsp, data, id]);
    return [JSON.stringify({ type, nsp, data, id })];
  }
}

class JsonDecoder extends EventEmitter {
  add(chunk: unknown): void {
    const { twice, ...packet } = JSON.parse(String(chunk));
    this.emit("decoded", packet);
    if (twice) this.emit("decoded", packet);
  }

  destroy(): void {
    this.removeAllListeners();
  }
}

const parser = { Encoder: JsonEncoder, Decoder: JsonDecoder, protocol: 5, PacketType: {} };
const speaking = { parser } as never;

/** protocol.md §37: a codec of the program's own. */
export const parsers: readonly Program[] = [
  {
    name: "SIO §37: is given each packet that the server sends, once",
    options: speaking,
    async run({ io, note, connected, settle, client, until }) {
      seen.length = 0;
      io.of("/refusing").use((_socket, next) => next(Object.assign(new Error("no"), { data: 1 })));
      io.on("connection", (socket) => socket.on("ask", (ack) => ack("answer", undefined)));
      const one = await connected("/", speaking);
      const two = await connected("/", speaking);
      for (const each of [one, two]) each.on("ask", (ack) => ack("yes"));
      io.emit("to all", 1);
      io.emit("nothing");
      io.sockets.sockets.get(one.id ?? "")?.emit("single", { a: undefined });
      note("server", await one.emitWithAck("ask"), await io.timeout(5000).emitWithAck("ask"));
      await settle(one);
      const refused = client("/refusing", speaking);
      let isDone = false;
      refused.on("connect_error", (error) => {
        note("client", error);
        isDone = true;
      });
      await until(() => isDone);
      io.sockets.sockets.get(one.id ?? "")?.disconnect();
      await until(() => one.disconnected);
      for (const packet of seen) note("server", JSON.stringify(packet));
    },
  },
  {
    name: "SIO §37: takes what its decoder emits for what the client sent",
    options: speaking,
    async run({ io, note, session, until }) {
      let events = 0;
      let isClosed = false;
      io.on("connection", (socket) => {
        socket.onAny((event, ...args) => {
          note("server", event, ...args);
          events++;
        });
        socket.on("error", (error) => note("server", error instanceof Error));
        // Which of the two it is depends on whether a poll was pending (S13).
        socket.on("disconnect", (reason) => {
          note("server", reason.replace("forced server close", "forced close"));
          isClosed = true;
        });
      });
      const client = await session();
      client.send('{"type":0,"nsp":"/","data":{"token":1}}');
      await until(() => io.sockets.sockets.size === 1);
      client.send('{"type":2,"nsp":"/","data":["event",1]}');
      client.send('{"type":5,"nsp":"/","data":["binary",1]}');
      client.send('{"type":2,"nsp":"/","data":["twice"],"twice":true}');
      client.send('{"type":2,"nsp":"/","data":["connect","reserved names are the concern of the codec"]}');
      await until(() => events === 5);
      client.send("no JSON");
      await until(() => isClosed);
    },
  },
];
