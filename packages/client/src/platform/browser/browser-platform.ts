import type { TransportConstructor } from "../../engine/transport.ts";
import type { Platform } from "../../platform.ts";
import { createSystemClock } from "../system-clock.ts";
import { browserBase64 } from "./base64.ts";
import { onBeforeUnload, onOffline, onOnline } from "./lifecycle.ts";
import { Fetch, WebSocket, WebTransport, XHR } from "./transports.ts";

const nextTick = globalThis.queueMicrotask.bind(globalThis);

/** Browser pages and workers, and React Native. */
export const browserPlatform: Platform = {
  transports: new Map<string, TransportConstructor>([
    // A service worker has no XMLHttpRequest.
    ["polling", "XMLHttpRequest" in globalThis ? XHR : Fetch],
    ["websocket", WebSocket],
    ["webtransport", WebTransport],
  ]),
  base64: browserBase64,
  binaryType: "arraybuffer",
  memory: { isWebSocketKnownToWork: false },
  defaultTransports: () => [
    "polling",
    "websocket",
    ...("WebTransport" in globalThis ? ["webtransport"] : []),
  ],
  createClock: (options) => createSystemClock(options, nextTick),
  random: Math.random,
  location() {
    try {
      return globalThis.location;
    } catch {
      // Some runtimes have it only on request.
      return undefined;
    }
  },
  toBinary(bytes, type) {
    const { buffer, byteOffset, byteLength } = bytes;
    const isWhole = byteLength === buffer.byteLength;
    const exact = isWhole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
    return type === "blob" ? new Blob([Object(exact)]) : exact;
  },
  onOffline,
  onOnline,
  onBeforeUnload,
};
