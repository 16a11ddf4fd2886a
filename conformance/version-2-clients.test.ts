import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { ask, listening, nextOf, serverClasses, whenDone } from "./peers/server-classes.ts";

// Clients of version 2, which `allowEIO3` lets in (server.md §19). In Node, the client of version 2 has no JSONP: it is
// spoken here by hand, and by that client in a page in served-client.test.ts.

/** A client or one of its namespaces, as much as is used here. */
interface Version2Socket {
  readonly id: string;
  readonly io: {
    readonly engine: {
      once(event: string, listener: () => void): unknown;
      readonly transport: { name: string };
    };
    socket(nsp: string, options?: object): Version2Socket;
  };
  once(event: string, listener: (...args: never[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  disconnect(): unknown;
}

const connect: (url: string, options: object) => Version2Socket = createRequire(import.meta.url)(
  "socket.io-client-v2",
);

function client(port: number, transports: readonly string[], options: object = {}): Version2Socket {
  const shared = { forceNew: true, reconnection: false, transports };
  const socket = connect(`http://127.0.0.1:${port}`, { ...shared, ...options });
  whenDone(() => socket.disconnect());
  return socket;
}

for (const [name, ServerClass] of serverClasses) {
  for (const transport of ["polling", "websocket"]) {
    describe(`${name}: a client of version 2 by ${transport} (server.md §19)`, () => {
      it("is refused without allowEIO3", async () => {
        const io = new ServerClass(0);
        const port = await listening(io);
        const errors: unknown[] = [];
        io.engine.on("connection_error", ({ code, message, context }) =>
          errors.push([code, message, context]),
        );
        await nextOf(client(port, [transport]), "connect_error");
        expect(errors).toEqual([[5, "Unsupported protocol version", { protocol: 3 }]]);
      });

      it("joins / by itself, under the id of its session", async () => {
        const io = new ServerClass(0, { allowEIO3: true });
        const joined = nextOf(io as never, "connection");
        const socket = client(await listening(io), [transport], { query: { x: "1" } });
        await nextOf(socket, "connect");
        const [{ id, conn, handshake }] = (await joined) as [
          { id: string; conn: { id: string; protocol: number }; handshake: { query: object; auth: object } },
        ];
        expect([id, conn.protocol]).toEqual([conn.id, 3]);
        expect(socket.id).toBe(id);
        expect(handshake.query).toMatchObject({ EIO: "3", transport, x: "1" });
        expect(handshake.auth).toEqual({});
      });

      it("joins other namespaces with the query of the namespace as its auth", async () => {
        const io = new ServerClass(0, { allowEIO3: true });
        const joined = nextOf(io.of("/chat"), "connection");
        const socket = client(await listening(io), [transport]);
        const chat = socket.io.socket("/chat", { query: { x: "1", y: "2" } });
        await nextOf(chat, "connect");
        const [{ id, conn, handshake }] = (await joined) as [
          { id: string; conn: { id: string }; handshake: { auth: object } },
        ];
        expect(id).toBe(`/chat#${conn.id}`);
        expect({ ...handshake.auth }).toEqual({ x: "1", y: "2" });
        expect(Object.getPrototypeOf(handshake.auth)).toBeNull();
        const left = new Promise((resolve) => io.of("/chat").sockets.get(id)?.on("disconnect", resolve));
        chat.disconnect();
        expect(await left).toBe("client namespace disconnect");
      });

      it("is told why a namespace refuses it: the error's data, or else its message", async () => {
        const io = new ServerClass(0, { allowEIO3: true });
        io.of("/plain").use((_socket, next) => next(new Error("denied")));
        io.of("/data").use((_socket, next) =>
          next(Object.assign(new Error("denied"), { data: { code: 5 } })),
        );
        const socket = client(await listening(io), [transport]);
        expect(await nextOf(socket.io.socket("/plain"), "error")).toEqual(["denied"]);
        expect(await nextOf(socket.io.socket("/data"), "error")).toEqual([{ code: 5 }]);
        // S19: in the form of later versions.
        expect(await nextOf(socket.io.socket("/unknown"), "error")).toEqual([
          { message: "Invalid namespace" },
        ]);
      });

      it("sends and gets events, acknowledgements and binary", async () => {
        const io = new ServerClass(0, { allowEIO3: true });
        io.on("connection", (socket) => socket.on("echo", (...args) => args.pop()(...args)));
        const socket = client(await listening(io), [transport]);
        const echoed = await new Promise<unknown[]>((resolve) => {
          socket.emit("echo", 1, "é", { bytes: Buffer.from([0, 255]) }, (...args: unknown[]) =>
            resolve(args),
          );
        });
        expect(echoed).toEqual([1, "é", { bytes: Buffer.from([0, 255]) }]);
        io.emit("news", Buffer.from([1]), "€");
        expect(await nextOf(socket, "news")).toEqual([Buffer.from([1]), "€"]);
      });
    });
  }

  describe(`${name}: a client of version 2 (server.md §19)`, () => {
    it("upgrades, and pings by itself", async () => {
      const io = new ServerClass(0, { allowEIO3: true, pingInterval: 50 });
      const socket = client(await listening(io), ["polling", "websocket"]);
      await new Promise<void>((resolve) => {
        socket.io.engine.once("upgrade", resolve);
      });
      expect(socket.io.engine.transport.name).toBe("websocket");
      expect(await nextOf(socket, "pong")).toEqual([expect.any(Number)]);
    });

    it("polls by JSONP", async () => {
      const io = new ServerClass(0, { allowEIO3: true });
      const port = await listening(io);
      const heard: unknown[] = [];
      io.on("connection", (socket) => {
        socket.on("say", (...args) => heard.push(args));
        socket.emit("hi", "\u2028</script>", Buffer.from([1, 2, 3]));
      });
      const path = "/socket.io/?EIO=3&transport=polling&b64=1";
      const opened = await ask(port, `${path}&j=0`);
      const sid = /sid\\":\\"([\w-]+)/.exec(opened.body)?.[1];
      const polled = await ask(port, `${path}&j=0&sid=${sid}`);
      const text = '451-["hi","\u2028</script>",{"_placeholder":true,"num":0}]';
      expect(runJsonp(polled.body)).toBe(`2:40${text.length}:${text}6:b4AQID`);
      const form = {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: `d=${encodeURIComponent('16:42["say","a\\\\nb"]')}`,
      };
      expect((await ask(port, `${path}&j=0&sid=${sid}`, form)).body).toBe("ok");
      await expect.poll(() => heard).toEqual([["a\nb"]]);
    });
  });
}

/** What the script of a JSONP answer gives to its callback, the first one of the page. */
function runJsonp(script: string): string {
  const given: string[] = [];
  new Function("___eio", script)([(payload: string) => given.push(payload)]);
  return given.join();
}
