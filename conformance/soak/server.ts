// A server in a process of its own, which tells how much it holds when it is asked (SEC §6).

import http from "node:http";
import { Server } from "@tautline/server";

/** What the process holds, after collection of what it does not. */
export interface Holdings {
  readonly heapBytes: number;
  /** Sockets, timers and whatever else keeps the process going. */
  readonly resources: number;
  /** Of the HTTP server, of the engine and of the process. */
  readonly listeners: number;
  readonly sessions: number;
  readonly namespaces: number;
  readonly sockets: number;
  readonly rooms: number;
  /** What was given to `onError`. */
  readonly errors: number;
}

let errors = 0;
const httpServer = http.createServer();
const io = new Server(httpServer, {
  serveClient: false,
  cleanupEmptyChildNamespaces: true,
  pingInterval: 2_000,
  pingTimeout: 1_000,
  connectTimeout: 2_000,
  upgradeTimeout: 1_000,
  perMessageDeflate: true,
  maxBufferedBytes: 1_000_000,
  onError: () => {
    errors += 1;
  },
});

io.engine.use((_request, _response, next) => next());
for (const namespace of [io.of("/"), io.of(/^\/child-\d+$/)]) {
  namespace.use((socket, next) => {
    socket.join("everyone");
    if (socket.handshake.auth.wait !== true)
      next(socket.handshake.auth.refuse ? new Error("refused") : undefined);
  });
  namespace.on("connection", (socket) => {
    socket.join([`room of ${socket.id}`, "another"]);
    socket.on("ask", (ack) => ack?.("answer"));
    socket.on("fail", () => {
      throw new Error("of a listener");
    });
    socket.on("flood", () => socket.emit("flooded", "x".repeat(900_000)));
    socket.emit("greet", () => {});
    socket.timeout(500).emit("greet", () => {});
    socket.to("everyone").emit("joined", socket.id);
  });
}

httpServer.listen(0, "127.0.0.1", () => {
  const address = httpServer.address();
  if (address !== null && typeof address !== "string") process.send?.({ port: address.port });
});
process.on("message", () => process.send?.(measure()));

function measure(): Holdings {
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  for (let round = 0; round < 3; round += 1) globalThis.gc();
  const namespaces = [...io.namespaces.values()];
  const emitters = [
    ...httpServer.eventNames().map((name) => httpServer.listenerCount(name)),
    ...io.engine.eventNames().map((name) => io.engine.listenerCount(name)),
    ...process.eventNames().map((name) => process.listenerCount(name)),
  ];
  return {
    heapBytes: process.memoryUsage().heapUsed + process.memoryUsage().external,
    resources: process.getActiveResourcesInfo().length,
    listeners: emitters.reduce((sum, count) => sum + count, 0),
    sessions: io.engine.clientsCount,
    namespaces: namespaces.length,
    sockets: namespaces.reduce((sum, { sockets }) => sum + sockets.size, 0),
    rooms: namespaces.reduce((sum, { adapter }) => sum + adapter.rooms.size + adapter.sids.size, 0),
    errors,
  };
}
