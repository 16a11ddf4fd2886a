// The published `socket.io` server as a black box, in this process and on a free port.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, type ServerOptions } from "socket.io";
import { io } from "../index.ts";
import type { LookupOptions } from "../lookup.ts";
import type { Socket } from "../socket.ts";

export interface PeerServer {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  /** A client of its own manager; closed with the server. */
  connect(namespace?: string, options?: LookupOptions): Socket;
  stop(): Promise<void>;
}

/** Starts a server; on `port` if one is given. */
export async function startPeerServer(options: Partial<ServerOptions> = {}, port = 0): Promise<PeerServer> {
  const http = createServer();
  const server = new Server(http, options);
  await new Promise<void>((resolve) => http.listen(port, "127.0.0.1", resolve));
  const actualPort = portOf(http.address());
  const url = `http://127.0.0.1:${actualPort}`;
  const sockets: Socket[] = [];
  return {
    server,
    port: actualPort,
    url,
    connect(namespace = "/", clientOptions = {}) {
      const socket = io(url + namespace, { forceNew: true, ...clientOptions });
      sockets.push(socket);
      return socket;
    },
    async stop() {
      for (const socket of sockets) socket.io.disconnect();
      http.closeAllConnections();
      await server.close();
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== "object" || !address) throw new Error("the server has no port");
  return address.port;
}
