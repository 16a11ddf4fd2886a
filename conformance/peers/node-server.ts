import http from "node:http";
import type { Socket } from "node:net";
import { type IoServer, installApplication } from "./application.ts";
import { type ServerKind, type ServerPeer, type ServerPeerOptions, serverTraitsOf } from "./server-peer.ts";

/** The constructor that socket.io's servers share: attached at once, or later by `attach`. */
export interface IoServerClass {
  new (attachedTo: http.Server, options: Record<string, unknown>): IoServer;
  new (options: Record<string, unknown>): AttachableServer;
}

/** A server that has not been attached yet. */
export interface AttachableServer extends IoServer {
  readonly engine: Engine;
  onconnection: unknown;
  attach(httpServer: http.Server): unknown;
}

/** `io.engine`, as much as the suites use of it. */
export interface Engine {
  on(event: string, listener: (value: never) => void): unknown;
}

/** Starts a server of the socket.io API in this process, with the application on it. */
export async function startNodeServer(
  kind: ServerKind,
  Server: IoServerClass,
  options: ServerPeerOptions,
): Promise<ServerPeer> {
  const { port: wantedPort = 0, ...ioOptions } = options;
  const httpServer = http.createServer();
  const destroyUnused = watchUnused(httpServer);
  const io = new Server(httpServer, { serveClient: false, ...ioOptions });
  installApplication(io, serverTraitsOf[kind]);
  const port = await listen(httpServer, wantedPort);
  return {
    kind,
    port,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      destroyUnused();
      await io.close();
    },
  };
}

/**
 * Chromium opens connections ahead of need. Node waits a minute for the first request of each before a server is
 * closed, and serves that request: the returned function ends those that have not sent any.
 */
function watchUnused(httpServer: http.Server): () => void {
  const sockets = new Set<Socket>();
  httpServer.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return () => {
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
}

/** Listens on 127.0.0.1 and resolves with the port. */
export function listen(httpServer: http.Server, port: number = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    httpServer.once("error", reject);
    httpServer.listen(port, "127.0.0.1", () => {
      const address = httpServer.address();
      if (address === null || typeof address === "string") reject(new Error("the server has no port"));
      else resolve(address.port);
    });
  });
}
