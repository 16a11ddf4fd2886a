import type { RemoteSocket } from "socket.io";
import { Adapter, type BroadcastOptions } from "socket.io-adapter";
import type { Program } from "../program.ts";

/** An adapter that shows the sockets of this node as those of another one. */
class DistantAdapter extends Adapter {
  override async fetchSockets(options: BroadcastOptions): Promise<never[]> {
    const found = await super.fetchSockets(options);
    return found.map(({ id, handshake, rooms, data }) => ({
      id,
      handshake,
      rooms: [...rooms],
      data,
    })) as never[];
  }
}

/** An adapter with other nodes, which answer as they are told. */
class TalkingAdapter extends Adapter {
  static said: unknown[][] = [];
  static answer: [error: Error | null, responses: unknown[]] = [null, []];

  override serverSideEmit(packet: unknown[]): void {
    const ack = packet.at(-1);
    TalkingAdapter.said.push(packet);
    if (typeof ack === "function") ack(...TalkingAdapter.answer);
  }
}

/** server.md §12, §15, §2.6, §26: adapters, of a program's own and while the server runs. */
export const adapters: readonly Program[] = [
  {
    name: "§12: acts on a socket of another node as on one of its own",
    options: { adapter: DistantAdapter as never },
    async run({ io, note, connected, until, settle }) {
      const client = await connected("/", { auth: { token: 1 } });
      client.on("tell", (...values) => note("client", ...values));
      client.on("ask", (...args) => args.pop()("yes", "more"));
      const [socket] = io.sockets.sockets.values();
      socket?.join("r");
      if (socket) socket.data = { name: "Ada" };
      const [remote] = (await io.fetchSockets()) as [RemoteSocket<never, unknown>];
      note("server", (remote as unknown) === socket, remote.id === socket?.id, remote.rooms, remote.data);
      note("server", remote.handshake.auth, remote.handshake === socket?.handshake);
      const emitting = remote as unknown as NonNullable<typeof socket>;
      note("server", emitting.emit("tell", 1, Buffer.from([2])));
      note("server", remote.join("joined"), socket?.rooms, remote.rooms);
      note("server", remote.join(["a", "b"]), remote.leave("a"), socket?.rooms);
      let answers = 0;
      emitting.timeout(5000).emit("ask", "with timeout", (...values: unknown[]) => {
        note("server", ...values);
        answers++;
      });
      await until(() => answers === 1);
      note("server", await emitting.timeout(5000).emitWithAck("ask"));
      try {
        emitting.emit("disconnect" as never);
      } catch (error) {
        note("server", error);
      }
      await settle(client);
      note("server", remote.disconnect() === remote);
      await until(() => client.disconnected);
    },
  },
  {
    name: "§12: waits for the answer of a socket of another node in vain",
    options: { adapter: DistantAdapter as never },
    async run({ io, note, connected, until }) {
      const client = await connected();
      const [remote] = (await io.fetchSockets()) as unknown as [
        NonNullable<ReturnType<typeof io.sockets.sockets.get>>,
      ];
      let isDone = false;
      remote.timeout(30).emit("ask", (...values: unknown[]) => {
        note("server", ...values);
        isDone = true;
      });
      await until(() => isDone);
      await remote
        .timeout(30)
        .emitWithAck("ask")
        .catch((error) => note("server", error, error.responses));
      client.disconnect();
      await until(() => io.sockets.sockets.size === 0);
      isDone = false;
      remote.timeout(30).emit("ask", (...values: unknown[]) => {
        note("server", "gone", ...values);
        isDone = true;
      });
      await until(() => isDone);
      remote.disconnect(true);
    },
  },
  {
    name: "§15: sends to other servers through the adapter, and hears them",
    options: { adapter: TalkingAdapter as never },
    async run({ io, note }) {
      TalkingAdapter.said = [];
      TalkingAdapter.answer = [null, ["one", 2]];
      note("server", io.serverSideEmit("event", 1, { a: 1 }), TalkingAdapter.said);
      io.serverSideEmit("ask", (error: unknown, responses: unknown) => note("server", error, responses));
      note(
        "server",
        await io.serverSideEmitWithAck("ask"),
        await io.of("/a").serverSideEmitWithAck("ask", 1),
      );
      TalkingAdapter.answer = [new Error("late"), ["some"]];
      io.serverSideEmit("ask", (error: unknown, responses: unknown) => note("server", error, responses));
      await io.serverSideEmitWithAck("ask").catch((error) => note("server", error, error.responses));
      const answer = (value: unknown) => note("server", "answered", value);
      io.on(
        "custom" as never,
        ((value: unknown, ack: (value: string) => void) => {
          note("server", "custom", value, typeof ack);
          ack?.("yes");
        }) as never,
      );
      io.of("/a").once("custom" as never, ((value: unknown) => note("a", "custom", value)) as never);
      note("server", io.of("/")._onServerSideEmit(["custom", 1, answer] as never));
      io.of("/")._onServerSideEmit(["custom"] as never);
      io.of("/a")._onServerSideEmit(["custom", 2] as never);
      io.of("/a")._onServerSideEmit(["custom", 3] as never);
      io.of("/a")._onServerSideEmit(["unheard", 3] as never);
    },
  },
  {
    name: "§2.6: takes another adapter while clients are connected, and reaches them by it",
    repairs: {
      quirk:
        "whoever is connected when the adapter is replaced is out of reach, and in the rooms of the old one",
      transcript: {
        server: ["true true", "false true", "true true", "Set(id1) 1", "1 2"],
        client: ["to all", "to itself", "by itself", "to s"],
        second: ["to others"],
      },
    },
    async run({ io, note, connected, settle, until }) {
      class Another extends Adapter {}
      const client = await connected();
      client.onAny((event) => {
        if (!event.startsWith("conformance")) note("client", event);
      });
      const [socket] = io.sockets.sockets.values();
      socket?.join("r");
      const before = io.of("/").adapter;
      io.of("/a");
      note("server", io.adapter(Another as never) === io, io.adapter() === (Another as never));
      note("server", io.of("/").adapter === before, io.of("/").adapter instanceof Another);
      note("server", io.of("/a").adapter instanceof Another, io.of("/b").adapter instanceof Another);
      note("server", socket?.rooms, io.of("/").adapter.rooms.size);
      io.emit("to all");
      io.to("r").emit("to r");
      io.to(socket?.id ?? "").emit("to itself");
      socket?.emit("by itself");
      socket?.join("s");
      io.to("s").emit("to s");
      socket?.broadcast.emit("to others");
      await settle(client);
      const second = await connected();
      second.on("to others", () => note("second", "to others"));
      socket?.broadcast.emit("to others");
      await settle(second);
      client.disconnect();
      await until(() => io.sockets.sockets.size === 1);
      note("server", io.of("/").adapter.rooms.size, before.rooms.size);
    },
  },
  {
    name: "§26: makes its adapters of functions and of classes, and starts and closes them",
    async run({ io, note }) {
      class Own extends Adapter {
        override init(): void {
          note("server", "init", this.nsp.name);
        }

        override close(): void {
          note("server", "close", this.nsp.name);
        }
      }
      io.of("/a");
      io.adapter(Own as never);
      io.of("/b");
      await io.close();
    },
  },
  {
    name: "§26: calls its adapter for all that happens to rooms and broadcasts",
    async run({ io, note, connected, until }) {
      const calls = ["addAll", "del", "delAll", "broadcast", "broadcastWithAck", "socketRooms", "sockets"];
      calls.push("fetchSockets", "addSockets", "delSockets", "disconnectSockets", "serverCount");
      const { adapter } = io.of("/");
      for (const name of calls) {
        const original = Reflect.get(adapter, name) as (...args: unknown[]) => unknown;
        Reflect.set(adapter, name, (...args: unknown[]) => {
          if (name !== "socketRooms") note("adapter", name, ...args);
          return original.apply(adapter, args);
        });
      }
      const client = await connected();
      client.on("ask", (ack) => ack("answer"));
      const [socket] = io.sockets.sockets.values();
      socket?.join("a");
      socket?.join(["b", "c"]);
      socket?.leave("a");
      io.emit("x", 1);
      io.to("b").except("c").volatile.compress(false).emit("x");
      socket?.to("b").emit("x");
      socket?.broadcast.timeout(5).local.emit("x");
      await io.timeout(5000).emitWithAck("ask");
      await io.in("b").fetchSockets();
      await io.allSockets();
      io.in("b").socketsJoin("d");
      io.local.socketsLeave(["d", "e"]);
      io.to("b").disconnectSockets(true);
      await until(() => client.disconnected && io.engine.clientsCount === 0);
    },
  },
];
