// How many queued packets one polling body of the client may carry (EIO §9.6).

import { utf8Length } from "./utf8-length.ts";

/** What a queued packet weighs by. */
export interface WeighedPacket {
  readonly data?: string | Uint8Array | undefined;
}

// EIO §9.6: the estimate starts at 1, and each packet adds 2 for its digit and its separator.
const BODY_BYTES = 1;
const BYTES_PER_PACKET = 2;
const BASE64_GROWTH = 1.33;

/**
 * The length of the longest prefix of `packets` whose estimated body stays within `maxPayloadBytes`.
 *
 * At least 1 for a queue that is not empty: a packet too big for any body is sent alone, and earns a 413.
 * `Infinity` means no limit.
 */
export function countBatch(packets: readonly WeighedPacket[], maxPayloadBytes: number): number {
  let bytes = BODY_BYTES;
  for (const [index, packet] of packets.entries()) {
    bytes += dataBytes(packet.data);
    if (index > 0 && bytes > maxPayloadBytes) return index;
    bytes += BYTES_PER_PACKET;
  }
  return packets.length;
}

function dataBytes(data: string | Uint8Array | undefined): number {
  if (data === undefined) return 0;
  return typeof data === "string" ? utf8Length(data) : Math.ceil(data.byteLength * BASE64_GROWTH);
}
