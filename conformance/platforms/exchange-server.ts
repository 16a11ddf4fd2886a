import http from "node:http";
import { type IoServerClass, listen } from "../peers/node-server.ts";
import { tautlineServer } from "../peers/tautline.ts";

/** Our server with the other half of exchange.ts on it, and with files beside it if there are any. */
export interface ExchangeServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A file of a site: its type, `html` or `javascript`, and its text. */
export interface SiteFile {
  readonly type: "html" | "javascript";
  readonly text: string;
}

interface Io {
  on(event: "connection", listener: (socket: ServerSocket) => void): unknown;
  close(): unknown;
}

interface ServerSocket {
  readonly handshake: { readonly auth: { readonly token?: unknown } };
  readonly conn: { close(): void };
  emit(event: string, ...args: unknown[]): unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
  timeout(ms: number): { emitWithAck(event: string, ...args: unknown[]): Promise<unknown> };
}

type Answer = (value: unknown) => void;

/** Starts it on 127.0.0.1; any origin may connect. */
export async function startExchangeServer(
  files: Readonly<Record<string, SiteFile>> = {},
): Promise<ExchangeServer> {
  const Server: IoServerClass = await tautlineServer();
  const httpServer = http.createServer((request, response) => {
    const file = files[request.url ?? ""];
    response.statusCode = file ? 200 : 404;
    response.setHeader("Content-Type", `text/${file?.type ?? "plain"}; charset=utf-8`);
    response.end(file?.text);
  });
  const io: Io = Object(new Server(httpServer, { serveClient: false, cors: { origin: "*" } }));
  io.on("connection", install);
  const port = await listen(httpServer);
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      httpServer.closeAllConnections();
      await io.close();
    },
  };
}

function install(socket: ServerSocket): void {
  socket.on("echo", (value: unknown, answer: Answer) => answer(value));
  socket.on("ask", async (value: unknown, answer: Answer) =>
    answer(await socket.timeout(10_000).emitWithAck("question", value)),
  );
  socket.on("bytes", (count: number, answer: Answer) => answer(Buffer.alloc(count, 7)));
  socket.on("sum", (bytes: Uint8Array, answer: Answer) => answer(bytes.reduce((sum, byte) => sum + byte, 0)));
  socket.on("sever", () => socket.conn.close());
  socket.emit("welcome", socket.handshake.auth.token);
}
