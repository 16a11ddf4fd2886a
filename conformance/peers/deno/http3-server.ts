// Runs under Deno: our server with an HTTP/3 endpoint beside its HTTP/1 one, on the same port. It serves a page too, so
// that clients in it are of the same origin.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Server } from "@tautline/server";
import { listen } from "../node-server.ts";

// What Deno offers with `--unstable-net`, as far as it is used.
declare const Deno: {
  readonly args: readonly string[];
  QuicEndpoint: new (options: {
    hostname: string;
    port: number;
  }) => {
    listen(options: { cert: string; key: string; alpnProtocols: readonly string[] }): {
      incoming(): Promise<{ accept(): Promise<object> }>;
    };
  };
  upgradeWebTransport(connection: object): Promise<IncomingSession>;
};

type IncomingSession = Parameters<Server["engine"]["onWebTransportSession"]>[0] & {
  readonly url: string;
  readonly ready: Promise<unknown>;
};

const [folder = "."] = Deno.args;
const read = (name: string): string => readFileSync(`${folder}/${name}`, "utf8");

const httpServer = createServer((request, response) => {
  const isScript = request.url === "/client.js";
  response.setHeader(
    "Content-Type",
    isScript ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8",
  );
  response.end(
    isScript ? read("client.js") : '<!doctype html><title>client</title><script src="/client.js"></script>',
  );
});
const io = new Server(httpServer, {
  serveClient: false,
  transports: ["polling", "websocket", "webtransport"],
});
io.on("connection", (socket) => {
  socket.on("count", (value) => socket.emit("count", value));
  socket.on("echo", (value, answer) => answer(value));
  socket.on("transport", (answer) => answer(socket.conn.transport.name, socket.handshake.secure));
  socket.on("leave", (bytes) => {
    socket.emit("bye", new Uint8Array(bytes));
    socket.disconnect(true);
  });
});

const port = await listen(httpServer);
const endpoint = new Deno.QuicEndpoint({ hostname: "127.0.0.1", port });
const listener = endpoint.listen({ cert: read("cert.pem"), key: read("key.pem"), alpnProtocols: ["h3"] });
console.log(`listening on ${port}`);

for (;;) {
  try {
    const connection = await (await listener.incoming()).accept();
    Deno.upgradeWebTransport(connection)
      .then(serve)
      .catch(() => undefined);
  } catch {
    // A connection whose handshake failed: a port that is tried, a certificate that is not trusted.
  }
}

async function serve(session: IncomingSession): Promise<void> {
  await session.ready;
  await io.engine.onWebTransportSession(session);
}
