import type { Platform } from "../../platform.ts";
import { createSystemClock } from "../system-clock.ts";
import { MemoryCookieJar } from "./cookie-jar.ts";
import { explain } from "./explain.ts";

const nextTick = process.nextTick.bind(process);

/** What every platform on the globals of Node has in common. */
export const nodeGlobals: Omit<Platform, "transports" | "defaultTransports" | "startUpgrade"> = {
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
  explain,
  onPageEvent: () => () => {},
};
