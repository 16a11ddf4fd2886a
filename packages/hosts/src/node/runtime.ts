import { randomFillSync } from "node:crypto";
import type { Runtime } from "@tautline/engine/ports";
import type { Base64 } from "@tautline/protocol/base64";
import { serialize } from "cookie";
import { nodeClock } from "./clock.ts";

/** Base64 by `Buffer`: lenient in what it decodes, as EIO §22 asks. */
export const nodeBase64: Base64 = {
  encode(bytes: Uint8Array): string {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  },
  decode(text: string): Uint8Array {
    return Buffer.from(text, "base64");
  },
};

/** Where errors of listeners and middleware go unless the program says otherwise. */
function printError(error: unknown): void {
  console.error("tautline: a listener or middleware failed;", error);
}

/** What the engine takes from Node. */
export const nodeRuntime: Runtime = {
  clock: nodeClock,
  base64: nodeBase64,
  fillRandom: (bytes) => {
    randomFillSync(bytes);
  },
  report: printError,
  serializeCookie: (name, value, { name: _, ...attributes }) => serialize(name, value, attributes),
};
