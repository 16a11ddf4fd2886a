// Payloads of revision 4: the packets of one polling body (EIO §4).

import type { Base64 } from "./base64.ts";
import {
  decodeTextPacket,
  type EnginePacket,
  encodePacketAsText,
  type OutgoingEnginePacket,
} from "./engine-packet.ts";

/** Stands between two packets of a payload. Text that contains it cannot travel by polling (EIO §4). */
export const RECORD_SEPARATOR = "\x1e";

/**
 * Encodes packets as one polling body. The caller passes at least one: empty payloads are never sent.
 *
 * @example encodePayload([{ type: "noop" }, { type: "close" }], base64); // "6\x1e1"
 */
export function encodePayload(packets: readonly OutgoingEnginePacket[], base64: Base64): string {
  return joinPayload(packets.map((packet) => encodePacketAsText(packet, base64)));
}

/** Joins packets that are already encoded for a text channel. */
export function joinPayload(encodedPackets: readonly string[]): string {
  return encodedPackets.join(RECORD_SEPARATOR);
}

/**
 * Decodes a polling body, in time linear in its length.
 *
 * Never throws. The list is never empty: the first undecodable packet is its last member, of type `error`,
 * after the packets that stand before it.
 */
export function decodePayload(body: string, base64: Base64): EnginePacket[] {
  const packets: EnginePacket[] = [];
  let start = 0;
  for (;;) {
    const separator = body.indexOf(RECORD_SEPARATOR, start);
    const packet = decodeTextPacket(body.slice(start, separator < 0 ? undefined : separator), base64);
    packets.push(packet);
    if (separator < 0 || packet.type === "error") return packets;
    start = separator + 1;
  }
}
