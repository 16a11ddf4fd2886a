import type { TransportConstructor } from "../../engine/transport.ts";
import { startUpgrade } from "../../engine/upgrade.ts";
import type { Platform } from "../../platform.ts";
import { WebTransport } from "../browser/transports.ts";
import { createSystemClock } from "../system-clock.ts";
import { MemoryCookieJar } from "./cookie-jar.ts";
import { NodeWebSocket, NodeXHR } from "./transports.ts";

const nextTick = process.nextTick.bind(process);

/** Node, and runtimes that run its modules. */
export const nodePlatform: Platform = {
  transports: new Map<string, TransportConstructor>([
    ["polling", NodeXHR],
    ["websocket", NodeWebSocket],
    ["webtransport", WebTransport],
  ]),
  startUpgrade,
  // A polyfill may be set at any time.
  defaultTransports: () => [
    "polling",
    "websocket",
    ...("WebTransport" in globalThis ? ["webtransport"] : []),
  ],
  base64: {
    encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64"),
    decode: (text) => Buffer.from(text, "base64"),
  },
  binaryType: "nodebuffer",
  memory: { isWebSocketKnownToWork: false },
  createClock: (options) => createSystemClock(options, nextTick),
  random: Math.random,
  location: () => undefined,
  toBinary(bytes, type) {
    if (type === "nodebuffer") return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // A copy: small buffers share a pool with others.
    const copy = new Uint8Array(bytes).buffer;
    return type === "blob" ? new Blob([copy]) : copy;
  },
  createCookieJar: () => new MemoryCookieJar(Date.now),
  onPageEvent: () => () => {},
};
