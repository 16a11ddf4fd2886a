// Compression of polling responses (EIO §19.1). Whether a response is to be compressed is the engine's decision;
// whether the request accepts that, and how, is found here.

import type { IncomingMessage } from "node:http";
import { deflate, gzip } from "node:zlib";
import Negotiator from "negotiator";

export type ContentCoding = "gzip" | "deflate";

const COMPRESSORS = { gzip, deflate } as const;

/** The coding that the request permits, `gzip` before `deflate`. */
export function chooseCoding(req: IncomingMessage): ContentCoding | undefined {
  if (req.headers["accept-encoding"] === undefined) return undefined;
  const permitted = new Negotiator(req).encodings(["gzip", "deflate"]);
  if (permitted.includes("gzip")) return "gzip";
  return permitted.includes("deflate") ? "deflate" : undefined;
}

/** Compresses in zlib's own threads; `undefined` if that fails, and the body may go as it is. */
export function compress(
  body: string | Uint8Array,
  coding: ContentCoding,
  options: object,
  onCompressed: (compressed: Uint8Array | undefined) => void,
): void {
  COMPRESSORS[coding](body, options, (error, compressed) => onCompressed(error ? undefined : compressed));
}
