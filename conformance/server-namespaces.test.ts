import { type Namespace, Server } from "@tautline/server";
import { describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { admission, client, listening, nextOf, serverClasses, whenDone } from "./peers/server-classes.ts";

// The main namespace, named ones, and those that patterns make (server.md §4–6, §23).

const listener = (): void => {};

for (const [name, ServerClass] of serverClasses) {
  describe(`${name}: the server as its main namespace (server.md §4)`, () => {
    it("is the namespace / ", () => {
      const io = new ServerClass();
      expect(io.sockets).toBe(io.of("/"));
    });

    it.each([
      "on",
      "once",
      "addListener",
      "prependListener",
      "prependOnceListener",
      "off",
      "removeListener",
    ] as const)("S4: %s works on the main namespace, and returns it", (method) => {
      const io = new ServerClass();
      io.sockets.on("connection", listener);
      const count = { off: 0, removeListener: 0 }[method as string] ?? 2;
      expect(io[method]("connection", listener)).toBe(io.sockets);
      expect(io.sockets.listenerCount("connection")).toBe(count);
      expect(io.listenerCount("connection")).toBe(count);
    });

    it("S4: removeAllListeners and setMaxListeners work on it and return it", () => {
      const io = new ServerClass();
      io.on("connection", listener);
      expect(io.setMaxListeners(3)).toBe(io.sockets);
      expect([io.getMaxListeners(), io.sockets.getMaxListeners()]).toEqual([3, 3]);
      expect(io.removeAllListeners("connection")).toBe(io.sockets);
      expect(io.eventNames()).toEqual([]);
    });

    it("shows its listeners", () => {
      const io = new ServerClass();
      io.on("connection", listener);
      io.once("connect", listener);
      expect(io.eventNames()).toEqual(["connection", "connect"]);
      expect(io.listeners("connect")).toEqual([listener]);
      expect(io.rawListeners("connect")).not.toEqual([listener]);
      expect(io.rawListeners("connection")).toEqual([listener]);
    });

    it("fires connect, then connection, of both", async () => {
      const io = new ServerClass(0);
      const order: string[] = [];
      io.of("/").on("connection", () => order.push("connection of /"));
      io.on("connection", () => order.push("connection"));
      io.on("connect", () => order.push("connect"));
      expect(await admission(client(await listening(io)))).toBe("connected");
      expect(order).toEqual(["connect", "connection of /", "connection"]);
    });

    it("broadcasts what it emits, and fires none of its own listeners", async () => {
      const io = new ServerClass(0);
      const own = vi.fn();
      io.on("news" as never, own as never);
      const socket = client(await listening(io));
      await nextOf(socket, "connect");
      const heard = nextOf(socket, "message");
      expect([io.emit("news", 1), io.sockets.emit("news", 2)]).toEqual([true, true]);
      expect([io.send("a"), io.write("b"), io.use((_one, next) => next())]).toEqual([io, io, io]);
      expect([io.sockets.send("c"), io.sockets.write("d")]).toEqual([io.sockets, io.sockets]);
      expect(await heard).toEqual(["a"]);
      expect(own).not.toHaveBeenCalled();
    });

    it("passes its broadcasts and utilities on", async () => {
      const io = new ServerClass(0);
      io.on("connection", (one) => one.join("r"));
      const socket = client(await listening(io));
      await nextOf(socket, "connect");
      const heard: unknown[] = [];
      socket.onAny((event, ...args) => {
        const ack = args.at(-1);
        if (typeof ack === "function") ack(event);
        heard.push(event);
      });
      io.to("r").emit("to");
      io.in("r").emit("in");
      io.except("r").emit("except");
      io.local.emit("local");
      io.compress(false).emit("compress");
      expect(await io.timeout(2000).emitWithAck("ask")).toEqual(["ask"]);
      io.volatile.emit("volatile");
      expect((await io.fetchSockets()).map(({ id }) => id)).toEqual([socket.id]);
      expect(await io.allSockets()).toEqual(new Set([socket.id]));
      io.socketsJoin("s");
      expect((await io.in("s").fetchSockets()).length).toBe(1);
      io.socketsLeave(["s", "r"]);
      expect((await io.in("s").fetchSockets()).length).toBe(0);
      await vi.waitFor(() => expect(heard).toEqual(["to", "in", "local", "compress", "ask", "volatile"]));
      const gone = nextOf(socket, "disconnect");
      io.disconnectSockets();
      expect((await gone)[0]).toBe("io server disconnect");
    });

    it.each(["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"])(
      "refuses to emit %s (§23)",
      (event) => {
        const io = new ServerClass();
        const text = `"${event}" is a reserved event name`;
        expect(() => io.emit(event)).toThrow(text);
        expect(() => io.of("/a").emit(event)).toThrow(text);
        expect(() => io.to("r").emit(event)).toThrow(text);
      },
    );

    it.each(["connection", "new_namespace", "error", "message"])("lets %s be emitted (§23)", (event) => {
      const io = new ServerClass();
      expect([io.emit(event), io.to("r").emit(event)]).toEqual([true, true]);
    });

    it("refuses to send connect, connection and new_namespace to other servers, and nothing else (§23)", () => {
      const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
      whenDone(() => warned.mockRestore());
      const io = new ServerClass();
      for (const event of ["connect", "connection", "new_namespace"]) {
        expect(() => io.serverSideEmit(event)).toThrow(`"${event}" is a reserved event name`);
      }
      expect(io.serverSideEmit("disconnect")).toBe(true);
    });
  });

  describe(`${name}: of (server.md §4.4, §5)`, () => {
    it("adds a missing slash, and gives a namespace that is there", () => {
      const io = new ServerClass();
      expect(io.of("chat")).toBe(io.of("/chat"));
      expect(io.of("")).toBe(io.sockets);
      expect(io.of(5 as never).name).toBe("/5");
    });

    it("adds its second argument as listener of connect", () => {
      const io = new ServerClass();
      const nsp = io.of("/chat", listener);
      io.of("chat", listener);
      expect([nsp.listenerCount("connect"), nsp.listenerCount("connection")]).toEqual([2, 0]);
    });

    it("announces each namespace but the main one, once", () => {
      const io = new ServerClass();
      const announced: string[] = [];
      io.on("new_namespace", (nsp) => announced.push(nsp.name));
      io.of("/a");
      io.of("/a");
      io.of(/^\/tenant-/);
      io.of("/tenant-1");
      io.of("/");
      expect(announced).toEqual(["/a", "/tenant-1"]);
    });

    it("shows a namespace's name, sockets, adapter and server", () => {
      const io = new ServerClass();
      const nsp = io.of("/a");
      expect([nsp.name, nsp.sockets, nsp.server]).toEqual(["/a", new Map(), io]);
      expect(nsp.adapter.nsp).toBe(nsp);
    });

    it("numbers acknowledgements by namespace, from 0, single and broadcast alike (§5.2)", async () => {
      const io = new ServerClass(0);
      const port = await listening(io);
      io.on("connection", (socket) => {
        socket.emit("a", () => {});
        io.timeout(1000).emit("b", () => {});
        socket.emit("c", () => {});
      });
      const raw = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
      const sent: string[] = [];
      raw.on("message", (data) => sent.push(String(data)));
      raw.on("open", () => raw.send("40"));
      await vi.waitFor(() => expect(sent.slice(2)).toEqual(['420["a"]', '421["b"]', '422["c"]']));
      raw.terminate();
    });
  });

  describe(`${name}: namespaces that patterns make (server.md §6)`, () => {
    it("S8: refuses a stateful expression", () => {
      const io = new ServerClass();
      expect(() => io.of(/x/g)).toThrow("stateful regular expressions are not supported");
      expect(() => io.of(/x/y)).toThrow("stateful regular expressions are not supported");
    });

    it("keeps the pattern itself apart: private name, never joined, never listed", async () => {
      const io = new ServerClass(0);
      const parent = io.of(/^\/a/);
      expect(parent.name).toMatch(/^\/_\d+$/);
      expect(await admission(client(await listening(io), parent.name))).toMatchObject({
        message: "Invalid namespace",
      });
    });

    it("gives children what is registered when they are made", async () => {
      const io = new ServerClass(0);
      const port = await listening(io);
      const order: string[] = [];
      const parent = io.of(/^\/a-/);
      parent.use((_socket, next) => {
        order.push("middleware");
        next();
      });
      parent.on("connect", () => order.push("connect"));
      parent.once("connection", () => order.push("connection"));
      const join = async (nsp: string) => expect(await admission(client(port, nsp))).toBe("connected");
      await join("/a-1");
      parent.use((_socket, next) => {
        order.push("later");
        next();
      });
      await join("/a-1");
      await join("/a-2");
      expect(order.join(" ")).toBe(
        "middleware connect connection middleware connect connection middleware later connect connection",
      );
    });

    it("asks matchers in order, with the name and auth of the client, until one allows", async () => {
      const io = new ServerClass(0);
      const asked: unknown[] = [];
      io.of((nsp, auth, next) => {
        asked.push([1, nsp, auth]);
        next(new Error("not mine"), true);
      });
      io.of((nsp, auth, next) => {
        asked.push([2, nsp, auth]);
        next(null, nsp !== "/denied");
      });
      const port = await listening(io);
      expect(await admission(client(port, "/a", { auth: { token: 1 } }))).toBe("connected");
      expect(asked).toEqual([
        [1, "/a", { token: 1 }],
        [2, "/a", { token: 1 }],
      ]);
      const denied = client(port, "/denied");
      expect(await admission(denied)).toMatchObject({ message: "Invalid namespace" });
      expect(asked.at(-1)).toEqual([2, "/denied", {}]);
      expect(io.engine.clientsCount).toBe(2);
    });

    it("lets clients that ask at the same time into the same namespace, or into one that came meanwhile", async () => {
      const io = new ServerClass(0);
      const announced: string[] = [];
      io.on("new_namespace", (nsp) => announced.push(nsp.name));
      const waiting: (() => void)[] = [];
      io.of((_nsp, _auth, next) => waiting.push(() => next(null, true)));
      const port = await listening(io);
      const admitted = ["/same", "/same", "/late"].map((nsp) => admission(client(port, nsp)));
      await vi.waitFor(() => expect(waiting.length).toBe(3));
      io.of("/late");
      for (const answer of waiting) answer();
      expect(await Promise.all(admitted)).toEqual(["connected", "connected", "connected"]);
      expect(announced).toEqual(["/late", "/same"]);
      expect([io.of("/same").sockets.size, io.of("/late").sockets.size]).toEqual([2, 1]);
    });

    it("sends to all children what is sent to the pattern, with its rooms and flags", async () => {
      const io = new ServerClass(0);
      const port = await listening(io);
      const parent = io.of(/^\/a-/);
      parent.on("connection", (socket) => socket.join("r"));
      const sockets = ["/a-1", "/a-2"].map((nsp) => client(port, nsp));
      const heard: string[][] = sockets.map((socket) => {
        const events: string[] = [];
        socket.onAny((event) => events.push(event));
        return events;
      });
      expect(await Promise.all(sockets.map(admission))).toEqual(["connected", "connected"]);
      expect(parent.emit("all")).toBe(true);
      parent.to("r").emit("to");
      parent.in("nobody").emit("in");
      parent.except("r").emit("except");
      parent.local.emit("local");
      parent.compress(false).emit("compress");
      parent.send("x");
      for (const events of heard) {
        await vi.waitFor(() => expect(events).toEqual(["all", "to", "local", "compress", "message"]));
      }
      parent.volatile.emit("volatile");
      for (const events of heard) await vi.waitFor(() => expect(events.at(-1)).toBe("volatile"));
    });

    it("cannot fetch sockets by the pattern itself, and finds none by its rooms", async () => {
      const parent = new ServerClass().of(/^\/a-/);
      expect(() => parent.fetchSockets()).toThrow("fetchSockets() is not supported on parent namespaces");
      expect(await parent.to("r").fetchSockets()).toEqual([]);
    });

    it("cleans up children that are left or refused, if asked to, and nothing else (§6.3)", async () => {
      const io = new ServerClass(0, { cleanupEmptyChildNamespaces: true });
      const port = await listening(io);
      const parent = io.of(/^\/a-/);
      parent.use((socket, next) => next(socket.handshake.auth.out ? new Error("refused") : undefined));
      const names = () => [...namespacesOf(io).keys()];
      expect(await admission(client(port, "/a-1", { auth: { out: true } }))).toMatchObject({
        message: "refused",
      });
      await vi.waitFor(() => expect(names()).toEqual(["/"]));
      const closed = vi.spyOn(io.of("/a-manual").adapter, "close");
      io.of("/plain");
      const sockets = ["/a-manual", "/plain"].map((nsp) => client(port, nsp));
      expect(await Promise.all(sockets.map(admission))).toEqual(["connected", "connected"]);
      for (const socket of sockets) socket.disconnect();
      await vi.waitFor(() => expect(names()).toEqual(["/", "/plain"]));
      expect(closed).toHaveBeenCalledOnce();
      expect(await admission(client(port, "/a-manual"))).toBe("connected");
      expect(names()).toEqual(["/", "/plain", "/a-manual"]);
    });

    it("keeps empty children unless asked to", async () => {
      const io = new ServerClass(0);
      io.of(/^\/a-/);
      const socket = client(await listening(io), "/a-1");
      await nextOf(socket, "connect");
      const left = nextOf([...io.of("/a-1").sockets.values()][0] as never, "disconnect");
      socket.disconnect();
      await left;
      expect([...namespacesOf(io).keys()]).toEqual(["/", "/a-1"]);
    });
  });

  describe(`${name}: what a client may not send (server.md §23, §7.1)`, () => {
    it.each<[string | Buffer, string]>([
      ["9", "unknown packet type 9"],
      ["x", "unknown packet type NaN"],
      ["2{", "invalid payload"],
      ['2["connect"]', "invalid payload"],
      ["2[{}]", "invalid payload"],
      ['5x-["a"]', "Illegal attachments"],
      ['511-["a",{"_placeholder":true,"num":0}]', "too many attachments"],
      ['51-["a",{"_placeholder":true,"num":0}]\n2["x"]', "got plaintext data when reconstructing a packet"],
      [Buffer.from("binary"), "got binary data when not reconstructing a packet"],
    ])("%s is shown as an error of its sockets, and the session is closed", async (message, error) => {
      const io = new ServerClass(0);
      const port = await listening(io);
      const raw = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
      const seen = new Promise((resolve) => {
        io.on("connection", (socket) => {
          const errors: unknown[] = [];
          socket.on("error", (one: Error) => errors.push(one.message));
          socket.on("disconnect", (reason) => resolve([...errors, reason]));
          for (const one of typeof message === "string" ? message.split("\n") : [message]) {
            raw.send(typeof one === "string" ? `4${one}` : one);
          }
        });
      });
      raw.on("open", () => raw.send("40"));
      expect(await seen).toEqual([error, "forced close"]);
      raw.terminate();
    });
  });
}

describe("tautline: where upstream's patterns do nothing (server.md §28)", () => {
  it("S6: collects the acknowledgements of all children", async () => {
    const io = new Server(0);
    const port = await listening(io);
    const parent = io.of(/^\/a-/);
    const sockets = ["/a-1", "/a-2"].map((nsp) => client(port, nsp));
    for (const socket of sockets) socket.on("ask", (ack) => ack((socket as unknown as { nsp: string }).nsp));
    await Promise.all(sockets.map(admission));
    const answers = await parent.timeout(2000).emitWithAck("ask");
    expect(new Set(answers)).toEqual(new Set(["/a-1", "/a-2"]));
  });

  it("S7: moves and disconnects the sockets of all children on this node", async () => {
    const io = new Server(0);
    const parent = io.of(/^\/a-/);
    const socket = client(await listening(io), "/a-1");
    await nextOf(socket, "connect");
    parent.socketsJoin("r");
    expect((await io.of("/a-1").in("r").fetchSockets()).length).toBe(1);
    parent.socketsLeave("r");
    expect((await io.of("/a-1").in("r").fetchSockets()).length).toBe(0);
    const gone = nextOf(socket, "disconnect");
    parent.disconnectSockets();
    expect((await gone)[0]).toBe("io server disconnect");
  });
});

/** By name, as packages look at them. */
function namespacesOf(io: Server): Map<string, Namespace> {
  return (io as unknown as { _nsps: Map<string, Namespace> })._nsps;
}
