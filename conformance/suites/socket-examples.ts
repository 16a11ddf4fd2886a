import http from "node:http";
import type { Socket as TcpSocket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen } from "../peers/node-server.ts";
import { type NodeServerKind, serverClass } from "../peers/start-server.ts";
import { within } from "../wire/deadline.ts";
import { PollingSession } from "../wire/polling.ts";
import { RawWebSocket } from "../wire/websocket.ts";

// The program of the examples: `/` and `/orders` with a few answers, `/vault` that refuses.

type Listener = (...args: never[]) => unknown;
type Ack = (...answer: unknown[]) => void;

interface ExampleSocket {
  readonly id: string;
  on(event: string, listener: Listener): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  disconnect(close?: boolean): unknown;
}

interface ExampleNamespace {
  on(event: "connection", listener: (socket: ExampleSocket) => void): unknown;
  use(middleware: (socket: unknown, next: (error?: Error) => void) => void): unknown;
}

const EXAMPLE = "/socket.io/?EIO=4&transport=websocket";
const REVISION_3 = "/socket.io/?EIO=3&transport=websocket";

/** The worked examples of Socket.IO (SIO §58, §59, §61), to the byte. */
export function socketExamples(kind: NodeServerKind): void {
  describe(`worked examples of Socket.IO on ${kind}`, () => {
    let url = "";
    let stop: () => Promise<void>;
    beforeAll(async () => {
      const Server = await serverClass(kind);
      const httpServer = http.createServer();
      const connections = new Set<TcpSocket>();
      httpServer.on("connection", (connection: TcpSocket) => connections.add(connection));
      const io = new Server(httpServer, { serveClient: false, allowEIO3: true });
      for (const name of ["/", "/orders"]) serve(io.of(name));
      io.of("/vault").use((_, next) =>
        next(Object.assign(new Error("token expired"), { data: { retry: false } })),
      );
      io.of("/plain").use((_, next) => next(new Error("token expired")));
      url = `http://127.0.0.1:${await listen(httpServer)}`;
      stop = async () => {
        const closing = io.close();
        for (const connection of connections) connection.destroy();
        await closing;
      };
    });
    afterAll(() => stop());

    // SIO §58
    it("runs the example over polling", async () => {
      const polling = await PollingSession.open(`${url}/socket.io/`);
      expect((await polling.post('40{"token":"t0k"}')).text).toBe("ok");
      const connected = await polling.get();
      expect(connected.text).toMatch(/^40\{"sid":"[\w-]{20}"\}$/);
      expect(connected.body.length).toBe(32);
      expect(connected.text).not.toContain(polling.sid);
      expect((await polling.post('42["quote","ABC"]\u001e420["quote","DEF"]')).text).toBe("ok");
      expect((await polling.get()).text).toBe("430[1.5]");
      expect((await polling.post('451-["upload",{"_placeholder":true,"num":0}]\u001ebyv4A')).text).toBe("ok");
      expect((await polling.get()).text).toBe('42["uploaded","cafe00"]');
      expect((await polling.post("41\u001e1")).text).toBe("ok");
      expect(await polling.isAlive()).toBe(false);
    });

    // SIO §59
    it("connects to namespaces, and is refused by others", async () => {
      const websocket = await openEngine(url, EXAMPLE);
      websocket.sendText("40");
      expect(await websocket.nextText()).toMatch(/^40\{"sid":"[\w-]{20}"\}$/);
      websocket.sendText('40/orders,{"token":"t0k"}');
      expect(await websocket.nextText()).toMatch(/^40\/orders,\{"sid":"[\w-]{20}"\}$/);
      websocket.sendText("40/nope,");
      expect(await websocket.nextText()).toBe('44/nope,{"message":"Invalid namespace"}');
      websocket.sendText("40/vault,");
      expect(await websocket.nextText()).toBe('44/vault,{"message":"token expired","data":{"retry":false}}');
      websocket.sendText("40/plain");
      expect(await websocket.nextText()).toBe('44/plain,{"message":"token expired"}');
    });

    it("writes events and acknowledgements", async () => {
      const websocket = await joined(url, "/orders");
      websocket.sendText('42/orders,0["place",{"qty":3}]');
      expect(await websocket.nextText()).toBe('43/orders,0["accepted",17]');
      websocket.sendText('42["tell"]');
      expect(await websocket.nextText()).toBe('42["quote",{"sym":"ABC","px":1.5}]');
      websocket.sendText('421["noted"]');
      expect(await websocket.nextText()).toBe("431[]");
      websocket.sendText('4212["quote",null]');
      expect(await websocket.nextText()).toBe("4312[1.5]");
    });

    it("reads and writes binary", async () => {
      const websocket = await joined(url, "/orders");
      websocket.sendText(
        '452-4["upload","a.bin",{"_placeholder":true,"num":0},{"thumb":{"_placeholder":true,"num":1}}]',
      );
      websocket.sendBinary(Buffer.from("cafe", "hex"));
      websocket.sendBinary(Buffer.from("000102", "hex"));
      expect(await websocket.nextText()).toBe('42["uploaded","a.bin","cafe",{"thumb":"000102"}]');
      expect(await websocket.nextText()).toBe('461-4[{"_placeholder":true,"num":0}]');
      expect((await websocket.nextFrame())?.bytes.toString("hex")).toBe("82010a");
      websocket.sendText('42/orders,["request"]');
      expect(await websocket.nextText()).toMatch(
        /^451-\/orders,\d+\["doc",\{"_placeholder":true,"num":0\}\]$/,
      );
      expect((await websocket.nextFrame())?.bytes.toString("hex")).toBe("820105");
    });

    it("leaves namespaces one by one, and enters them again", async () => {
      const websocket = await joined(url, "/orders");
      websocket.sendText('42/orders,["leave"]');
      expect(await websocket.nextText()).toBe("41/orders,");
      websocket.sendText("41");
      websocket.sendText("40/orders,");
      expect(await websocket.nextText()).toMatch(/^40\/orders,\{"sid":/);
      websocket.sendText("40");
      expect(await websocket.nextText()).toMatch(/^40\{"sid":/);
    });

    it("says goodbye in every namespace before it closes the connection", async () => {
      const websocket = await joined(url, "/orders");
      websocket.sendText('42["kick"]');
      expect(await websocket.nextText()).toBe("41");
      expect(await websocket.nextText()).toBe("41/orders,");
      expect((await websocket.nextFrame())?.bytes.toString("hex")).toBe("8800");
    });

    // SIO §61
    it("joins a client of version 2 to the main namespace unasked", async () => {
      const websocket = await RawWebSocket.open(url, REVISION_3);
      const opening = (await websocket.nextText()) ?? "";
      const sid = /"sid":"([^"]+)"/.exec(opening)?.[1];
      expect(await websocket.nextText()).toBe("40");
      websocket.sendText('420["whoami"]');
      expect(await websocket.nextText()).toBe(`430["${sid}"]`);
      websocket.sendText("40/orders?token=t0k,");
      expect(await websocket.nextText()).toBe("40/orders,");
      websocket.sendText('42/orders,1["whoami"]');
      expect(await websocket.nextText()).toBe(`43/orders,1["/orders#${sid}"]`);
      websocket.sendText("40/vault,");
      expect(await websocket.nextText()).toBe('44/vault,{"retry":false}');
      websocket.sendText("40/plain,");
      expect(await websocket.nextText()).toBe('44/plain,"token expired"');
      websocket.sendText("40/nope,");
      expect(await websocket.nextText()).toBe('44/nope,{"message":"Invalid namespace"}');
      websocket.sendText('451-["upload",{"_placeholder":true,"num":0}]');
      websocket.sendBinary(Buffer.from("04cafe00", "hex"));
      expect(await websocket.nextText()).toBe('42["uploaded","cafe00"]');
      websocket.sendText("2");
      expect(await websocket.nextText()).toBe("3");
    });

    it("joins a client of version 2 on its second poll", async () => {
      const polling = await PollingSession.open(`${url}/socket.io/`, "EIO=3");
      expect((await polling.get()).text).toBe("2:40");
    });
  });
}

function serve(namespace: ExampleNamespace): void {
  namespace.on("connection", (socket) => {
    socket.on("quote", (_: string, ack?: Ack) => ack?.(1.5));
    socket.on("place", (_: unknown, ack: Ack) => ack("accepted", 17));
    socket.on("noted", (ack: Ack) => ack());
    socket.on("tell", () => socket.emit("quote", { sym: "ABC", px: 1.5 }));
    socket.on("upload", (...args: unknown[]) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
      socket.emit("uploaded", ...args.map(inHex));
      if (typeof ack === "function") ack(Buffer.from([10]));
    });
    socket.on("request", () => socket.emit("doc", Buffer.from([5]), () => {}));
    socket.on("leave", () => socket.disconnect());
    socket.on("kick", () => socket.disconnect(true));
    socket.on("whoami", (ack: Ack) => ack(socket.id));
  });
}

function inHex(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString("hex");
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inHex(inner)]));
}

async function openEngine(url: string, path: string): Promise<RawWebSocket> {
  const websocket = await RawWebSocket.open(url, path);
  await within(websocket.nextFrame(), "open packet");
  return websocket;
}

/** A connection that has joined `/` and another namespace. */
async function joined(url: string, namespace: string): Promise<RawWebSocket> {
  const websocket = await openEngine(url, EXAMPLE);
  websocket.sendText("40");
  await websocket.nextFrame();
  websocket.sendText(`40${namespace},`);
  await websocket.nextFrame();
  return websocket;
}
