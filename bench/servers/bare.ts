// The floor: what Node and the kernel charge for the same bytes on the same connections, without any library.
// It trusts its load, so it is no server; it shows how much of a figure nobody can save.

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { Duplex } from "node:stream";
import { serve } from "./serve.ts";

const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const OPEN =
  '0{"sid":"bare","upgrades":[],"pingInterval":3600000,"pingTimeout":3600000,"maxPayload":1000000}';

const NEWS = frame(`42["news","${"x".repeat(64)}"]`);

const sockets: Duplex[] = [];
const http = createServer();

http.on("upgrade", (request, socket: Duplex) => {
  const key = `${request.headers["sec-websocket-key"]}${KEY_SUFFIX}`;
  const accept = createHash("sha1").update(key).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.write(frame(OPEN));
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => onChunk(socket, chunk));
  sockets.push(socket);
});

serve(http);

/** Answers everything in the chunk by one write. The load sends whole, short, masked frames. */
function onChunk(socket: Duplex, chunk: Buffer): void {
  const answers: Buffer[] = [];
  for (let at = 0; at < chunk.length; ) {
    const length = (chunk[at + 1] ?? 0) & 0x7f;
    const start = at + 6;
    for (let i = 0; i < length; i++)
      chunk[start + i] = (chunk[start + i] ?? 0) ^ (chunk[at + 2 + (i & 3)] ?? 0);
    answer(chunk.toString("latin1", start, start + length), answers);
    at = start + length;
  }
  if (answers.length > 0) socket.write(answers.length === 1 ? answers[0] : Buffer.concat(answers));
}

function answer(packet: string, answers: Buffer[]): void {
  if (packet === "40") answers.push(frame('40{"sid":"bare"}'));
  const broadcast = packet.match(/^42\["broadcast",(\d+)\]$/);
  if (broadcast) setImmediate(broadcastNews, Number(broadcast[1]));
  const bracket = packet.indexOf("[");
  if (packet.startsWith('["echo",', bracket)) {
    answers.push(frame(`43${packet.slice(2, bracket)}[${packet.slice(bracket + 8)}`));
  }
}

function broadcastNews(perTurn: number): void {
  const bytes = perTurn === 1 ? NEWS : Buffer.concat(new Array<Buffer>(perTurn).fill(NEWS));
  for (const socket of sockets) socket.write(bytes);
}

function frame(text: string): Buffer {
  const head = text.length < 126 ? [0x81, text.length] : [0x81, 126, text.length >> 8, text.length & 0xff];
  return Buffer.concat([Buffer.from(head), Buffer.from(text)]);
}
