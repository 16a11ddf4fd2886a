import http from "node:http";
import { createRequire } from "node:module";
import { io as connectOurs } from "@tautline/client";
import { Server, type ServerOptions } from "@tautline/server";
import { io as connectStock } from "socket.io-client";
import { afterEach, describe, expect, it } from "vitest";
import { listen } from "./peers/node-server.ts";
import { pause, until } from "./wire/deadline.ts";
import { type FrozenProxy, startProxy } from "./wire/frozen-proxy.ts";

// Losses of every kind between our server and clients that know nothing of its improvements, or all of them: each
// event arrives exactly once and in order (server.md §16, docs/recovery.md).

interface RecoveringClient {
  readonly id?: string | undefined;
  readonly connected: boolean;
  readonly recovered: boolean;
  readonly io: { readonly engine: { close(): unknown } };
  on(event: string, listener: (...args: never[]) => void): unknown;
  onAny(listener: (...args: unknown[]) => void): unknown;
  disconnect(): unknown;
}

interface ClientOptions {
  readonly transports: string[];
  readonly reconnectionDelay: number;
  readonly reconnectionDelayMax: number;
  readonly forceNew: boolean;
}

const connectors: Record<string, (url: string, options: ClientOptions) => RecoveringClient> = {
  "socket.io-client 4": (url, options) => connectStock(url, options),
  tautline: (url, options) => connectOurs(url, options),
};
const peers = Object.keys(connectors).flatMap((client) =>
  ["polling", "websocket"].map((transport) => ({ client, transport })),
);

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Stage {
  readonly io: Server;
  readonly proxy: FrozenProxy;
  readonly client: RecoveringClient;
  /** The arguments of each `news`, as the listener was given them. */
  readonly news: unknown[][];
  /** The first argument of each. */
  numbers(): unknown[];
  /** How often the client has connected, and whether it recovered. */
  readonly connections: boolean[];
  connected(times: number): Promise<void>;
}

async function setStage(
  { client: name, transport }: { client: string; transport: string },
  options: Partial<ServerOptions> = {},
  prepare: (io: Server) => void = () => {},
): Promise<Stage> {
  const httpServer = http.createServer();
  const io = new Server(httpServer, { connectionStateRecovery: {}, serveClient: false, ...options });
  prepare(io);
  const port = await listen(httpServer);
  cleanups.push(() => io.close());
  const proxy = await startProxy(`http://127.0.0.1:${port}`);
  cleanups.push(() => proxy.close());
  const connect = connectors[name];
  if (connect === undefined) throw new Error(`no client is named ${name}`);
  const client = connect(proxy.url, {
    transports: [transport],
    reconnectionDelay: 10,
    reconnectionDelayMax: 20,
    forceNew: true,
  });
  cleanups.push(() => client.disconnect());
  const news: unknown[][] = [];
  const connections: boolean[] = [];
  client.on("news", (...args: unknown[]) => void news.push(args));
  client.on("connect", () => void connections.push(client.recovered));
  const connected = (times: number) => until(() => connections.length >= times, `connection ${times}`);
  return { io, proxy, client, news, numbers: () => news.map(([n]) => n), connections, connected };
}

/** The client finds itself cut off; the server may or may not have noticed. */
async function sever({ proxy, client }: Stage): Promise<void> {
  // Between two polls there is nothing to cut.
  while (client.connected) {
    proxy.sever();
    await pause(5);
  }
}

describe.each(peers)("recovery of $client over $transport", (peer) => {
  it("needs no event before the loss", async () => {
    const stage = await setStage(peer);
    await stage.connected(1);
    const { id } = stage.client;
    await sever(stage);
    stage.io.emit("news", 1);
    stage.proxy.thaw();
    await stage.connected(2);
    expect([stage.client.id, stage.connections]).toEqual([id, [false, true]]);
    expect(stage.numbers()).toEqual([1]);
  });

  it("does not mind volatile events that end in a string", async () => {
    const stage = await setStage(peer);
    await stage.connected(1);
    const gossip: unknown[][] = [];
    stage.client.on("gossip", (...args: unknown[]) => void gossip.push(args));
    stage.io.emit("news", 1);
    await until(() => {
      stage.io.volatile.emit("gossip", "text");
      stage.io.volatile.emit("gossip");
      return gossip.length > 1 && stage.news.length === 1;
    }, "the gossip");
    await sever(stage);
    stage.io.emit("news", 2);
    stage.proxy.thaw();
    await stage.connected(2);
    expect(stage.connections).toEqual([false, true]);
    expect(stage.numbers()).toEqual([1, 2]);
  });

  it("takes the session over when the client is back before the server has noticed", async () => {
    const stage = await setStage(peer);
    const reasons: string[] = [];
    stage.io.on("connection", (socket) => {
      socket.on("disconnect", (reason) => reasons.push(reason));
    });
    await stage.connected(1);
    const { id } = stage.client;
    stage.io.emit("news", 1);
    await until(() => stage.news.length === 1, "the first");
    stage.proxy.freeze();
    stage.io.emit("news", 2);
    stage.io.to(id ?? "").emit("news", 3);
    stage.client.io.engine.close();
    stage.proxy.thaw();
    await stage.connected(2);
    stage.io.emit("news", 4);
    await until(() => stage.news.length >= 4, "the last");
    expect(stage.numbers()).toEqual([1, 2, 3, 4]);
    expect([stage.client.id, stage.connections]).toEqual([id, [false, true]]);
    expect(reasons).toEqual(["transport close"]);
    expect([...stage.io.sockets.sockets.keys()]).toEqual([id]);
  });

  it("survives losses in middleware, twice in a row", async () => {
    let stuck = 0;
    const options = { connectionStateRecovery: { skipMiddlewares: false } };
    const stage = await setStage(peer, options, (io) => {
      io.use((socket, next) => {
        if (socket.recovered && stuck < 2) stuck += 1;
        else next();
      });
    });
    await stage.connected(1);
    stage.io.emit("news", 1);
    await until(() => stage.news.length === 1, "the first");
    for (let losses = 0; losses < 2; losses += 1) {
      await sever(stage);
      stage.io.emit("news", losses + 2);
      stage.proxy.thaw();
      await until(() => stuck === losses + 1, "a client in middleware");
      stage.proxy.cut();
    }
    stage.io.emit("news", 4);
    await stage.connected(2);
    await until(() => stage.news.length >= 4, "the last");
    expect(stage.numbers()).toEqual([1, 2, 3, 4]);
    expect(stage.connections).toEqual([false, true]);
  });

  it("loses and repeats nothing while the network is cut again and again", async () => {
    const stage = await setStage(peer, { pingInterval: 200, pingTimeout: 200 });
    await stage.connected(1);
    let sent = 0;
    const stream = setInterval(() => {
      for (let n = 0; n < 3; n += 1) {
        sent += 1;
        stage.io.emit("news", sent, sent % 5 ? "text" : Buffer.from([sent % 256]));
      }
    }, 1);
    cleanups.push(() => clearInterval(stream));
    for (let cuts = 0; cuts < 8; cuts += 1) {
      const { length } = stage.connections;
      while (stage.connections.length === length) {
        stage.proxy.cut();
        await pause(30);
      }
    }
    clearInterval(stream);
    await until(() => stage.news.length >= sent, "everything");
    expect(stage.numbers()).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
    expect(new Set(stage.connections.slice(1))).toEqual(new Set([true]));
  });
});

describe.each(["polling", "websocket"])("the offset over %s", (transport) => {
  it("is seen by the listeners of the published client, and by none of ours", async () => {
    for (const client of Object.keys(connectors)) {
      const stage = await setStage({ client, transport }, {}, (io) => {
        io.use((socket, next) => {
          socket.emit("news", "from middleware");
          next();
        });
      });
      const all: unknown[][] = [];
      stage.client.onAny((...args) => all.push(args));
      await stage.connected(1);
      stage.io.emit("news", "text");
      stage.io.emit("news");
      await until(() => stage.news.length === 3, "the first three");
      await sever(stage);
      stage.io.emit("news", 5, Buffer.from([1]));
      stage.proxy.thaw();
      await stage.connected(2);
      stage.io.timeout(1_000).emit("asked", "text", () => {});
      await until(() => all.some(([event]) => event === "asked"), "the question");
      const shown = all.filter(([event]) => event === "news").map(([, ...args]) => args);
      expect(shown).toEqual(stage.news);
      const offset = client === "tautline" ? [] : [expect.any(String)];
      expect(stage.news).toEqual([
        ["from middleware", ...offset],
        ["text", ...offset],
        offset,
        [5, Buffer.from([1]), ...offset],
      ]);
      expect(all.at(-1)).toEqual(["asked", "text", expect.any(Function)]);
      expect(stage.connections).toEqual([false, true]);
    }
  });
});

describe("an adapter of upstream's", () => {
  it("keeps the sessions of our server, by upstream's contract", async () => {
    const { SessionAwareAdapter } = createRequire(import.meta.url)("socket.io-adapter");
    const stage = await setStage(
      { client: "socket.io-client 4", transport: "websocket" },
      { adapter: SessionAwareAdapter, connectionStateRecovery: { maxDisconnectionDuration: 60_000 } },
    );
    await stage.connected(1);
    const { id } = stage.client;
    stage.io.emit("news", 1);
    await until(() => stage.news.length === 1, "the first");
    await sever(stage);
    await until(() => stage.io.sockets.sockets.size === 0, "the loss");
    stage.io.to(id ?? "").emit("news", 2);
    stage.io.to("elsewhere").emit("news", 3);
    stage.proxy.thaw();
    await stage.connected(2);
    expect([stage.client.id, stage.connections]).toEqual([id, [false, true]]);
    expect(stage.numbers()).toEqual([1, 2]);
  });
});
