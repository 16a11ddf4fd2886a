import type { Platform } from "../../platform.ts";
import { createSystemClock } from "../system-clock.ts";
import { browserBase64 } from "./base64.ts";
import { onPageEvent } from "./lifecycle.ts";

const nextTick = globalThis.queueMicrotask.bind(globalThis);

/** What every platform on the globals of the web has in common. */
export const webGlobals: Omit<Platform, "transports" | "defaultTransports" | "startUpgrade"> = {
  base64: browserBase64,
  binaryType: "arraybuffer",
  memory: { isWebSocketKnownToWork: false },
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
  onPageEvent,
};
