// HTTP spoken byte by byte, so that tests see what is on the wire.

import { type AddressInfo, connect, type Server, type Socket } from "node:net";

/** What came back on one connection that was closed behind it. */
export interface RawResponse {
  readonly status: number;
  /** Header lines in their order, without those that Node adds: Date, Connection, Keep-Alive. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** Everything, unparsed. */
  readonly raw: Buffer;
}

export interface RawRequest {
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
}

/** One request on a connection of its own. */
export interface RawExchange {
  readonly socket: Socket;
  /** Resolves when the connection ends, with what came; rejects never. */
  readonly response: Promise<RawResponse>;
}

const ADDED_BY_NODE = /^(date|connection|keep-alive):/i;

/** The port of a listening server. */
export function portOf(server: Pick<Server, "address">): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string")
    throw new Error("the server does not listen on a port");
  return address.port;
}

/** Sends a request and leaves it: the response may come much later. */
export function sendRequest(port: number, path: string, request: RawRequest = {}): RawExchange {
  const { method = "GET", headers = [], body } = request;
  const lines = [`${method} ${path} HTTP/1.1`, "Host: localhost", "Connection: close", ...headers];
  const bytes = body === undefined ? undefined : Buffer.from(body);
  if (bytes && !headers.some((line) => /^(content-length|transfer-encoding):/i.test(line))) {
    lines.push(`Content-Length: ${bytes.byteLength}`);
  }
  const socket = connect(port, "127.0.0.1");
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  if (bytes) socket.write(bytes);
  return { socket, response: readToEnd(socket).then(parseResponse) };
}

/** Sends a request and waits for its response. */
export function fetchRaw(port: number, path: string, request: RawRequest = {}): Promise<RawResponse> {
  return sendRequest(port, path, request).response;
}

/** Everything that arrives until the connection ends, by whatever. */
export function readToEnd(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    socket.on("data", (piece) => pieces.push(piece));
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(pieces)));
  });
}

function parseResponse(raw: Buffer): RawResponse {
  const end = raw.indexOf("\r\n\r\n");
  const [statusLine = "", ...lines] = raw.subarray(0, Math.max(end, 0)).toString("latin1").split("\r\n");
  const rest = raw.subarray(end + 4);
  const isChunked = lines.some((line) => /^transfer-encoding: *chunked$/i.test(line));
  return {
    status: Number(statusLine.split(" ")[1] ?? 0),
    headers: lines.filter((line) => !ADDED_BY_NODE.test(line)),
    body: isChunked ? joinChunks(rest) : rest,
    raw,
  };
}

function joinChunks(rest: Buffer): Buffer {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = rest.indexOf("\r\n", at);
    const size = Number.parseInt(rest.subarray(at, lineEnd).toString("latin1"), 16);
    if (lineEnd < 0 || !(size > 0)) return Buffer.concat(chunks);
    chunks.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
