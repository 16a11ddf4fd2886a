// Compression of polling responses (EIO §19.1). Whether a response is to be compressed is the engine's decision;
// whether the request accepts that, and how, is found here.

import type { IncomingMessage } from "node:http";
import { deflate, gzip } from "node:zlib";
import Negotiator from "negotiator";

export type ContentCoding = "gzip" | "deflate";

const COMPRESSORS = { gzip, deflate } as const;

/** What polling responses may be compressed with. */
export const contentCodings: readonly ContentCoding[] = ["gzip", "deflate"];

/** Of these codings, the one that the request weighs most; of equal weights, the one that it names first. */
export function chooseCoding<Coding extends string>(
  req: IncomingMessage,
  codings: readonly Coding[],
): Coding | undefined {
  if (req.headers["accept-encoding"] === undefined) return undefined;
  const [best] = new Negotiator(req).encodings([...codings]);
  return codings.find((coding) => coding === best);
}

/** Compresses in zlib's own threads; `undefined` if that fails, and the body may go as it is. */
export function compress(
  body: string | Uint8Array,
  coding: ContentCoding,
  options: object,
  onCompressed: (compressed: Uint8Array | undefined) => void,
): void {
  try {
    COMPRESSORS[coding](body, options, (error, compressed) => onCompressed(error ? undefined : compressed));
  } catch {
    // Options that zlib does not know.
    process.nextTick(onCompressed, undefined);
  }
}
