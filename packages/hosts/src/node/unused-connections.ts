import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { Server as TlsServer } from "node:tls";

/**
 * Follows the connections of an HTTP/1 server, and returns a function that ends those on which nothing was ever
 * received, such as browsers open ahead of need: Node waits a minute for the first request of each before a server is
 * closed. One on which a request has begun is left to Node.
 */
export function followUnusedConnections(httpServer: EventEmitter): () => void {
  const connections = new Set<Socket>();
  const follow = (socket: Socket): void => {
    // HTTP/2 has sessions, and reads past this object.
    if ("alpnProtocol" in socket && socket.alpnProtocol === "h2") return;
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  };
  const isTls = httpServer instanceof TlsServer;
  if (isTls) httpServer.on("secureConnection", follow);
  // Of TLS, those that have not even begun its handshake.
  if (isTls || "closeIdleConnections" in httpServer) httpServer.on("connection", follow);
  return () => {
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  };
}
