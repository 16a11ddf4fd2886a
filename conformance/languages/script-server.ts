import http from "node:http";
import type { Socket } from "node:net";
import { type IoServer, installApplication } from "../peers/application.ts";
import { listen } from "../peers/node-server.ts";
import { serverTraitsOf } from "../peers/server-peer.ts";
import { tautlineServer } from "../peers/tautline.ts";
import { pause } from "../wire/deadline.ts";

/** How long a server that ends waits for its clients; then they lose it as at the end of a process. */
const GRACE_MS = 200;

/** Short: there are clients that notice the end of a server by its silence alone. In milliseconds. */
const heartbeat = { pingInterval: 2_000, pingTimeout: 3_000 };

interface Running {
  readonly port: number;
  readonly io: IoServer;
  readonly sockets: ReadonlySet<Socket>;
}

/** Our server with the application of the suites, which can end and start again in its place. */
export class ScriptServer {
  readonly #allowEIO3: boolean;
  #running: Running | undefined;

  /** @param revision - the oldest revision of Engine.IO that it talks (EIO §0.2). */
  constructor(revision: 3 | 4) {
    this.#allowEIO3 = revision === 3;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#running?.port}`;
  }

  async open(port: number = 0): Promise<void> {
    const Server = await tautlineServer();
    const httpServer = http.createServer();
    const sockets = socketsOf(httpServer);
    const options = { serveClient: false, allowEIO3: this.#allowEIO3, ...heartbeat };
    const io = new Server(httpServer, options);
    installApplication(io, serverTraitsOf.tautline);
    this.#running = { port: await listen(httpServer, port), io, sockets };
  }

  async restart(): Promise<void> {
    const port = this.#running?.port;
    await this.close();
    await this.open(port);
  }

  async close(): Promise<void> {
    if (this.#running === undefined) return;
    const { io, sockets } = this.#running;
    this.#running = undefined;
    const closed = io.close();
    await Promise.race([closed, pause(GRACE_MS)]);
    for (const socket of sockets) socket.destroy();
    await closed;
  }
}

function socketsOf(httpServer: http.Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  httpServer.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}
