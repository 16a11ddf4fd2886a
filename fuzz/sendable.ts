import { deepStrictEqual } from "node:assert/strict";
import type { EnginePacket, OutgoingEnginePacket } from "@tautline/protocol/engine-packet";

/** The packets that may be sent again, after checking that an error packet can only be the last. */
export function toSendable(packets: readonly EnginePacket[]): OutgoingEnginePacket[] {
  const sendable: OutgoingEnginePacket[] = [];
  for (const [index, packet] of packets.entries()) {
    const { type } = packet;
    if (type !== "error") sendable.push({ ...packet, type });
    else deepStrictEqual(index, packets.length - 1, "packets follow an error packet");
  }
  return sendable;
}
