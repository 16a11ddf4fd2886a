// Encoded packets that outlive the call that sent them (server.md §16.2).

import type { KeptPacket } from "@tautline/adapter/recovery";
import { byteLengthOf } from "@tautline/engine/outbound-forms";
import { OutboundPacket } from "@tautline/engine/outbound-packet";
import type { SocketPacket } from "@tautline/protocol/socket-packet";
import type { Encoded, Parser } from "./parser.ts";

/** Copies the attachments: a program may fill its buffers anew at any time. */
export function keep(encoded: Encoded): KeptPacket<Encoded> {
  const lasting = encoded.some(({ data }) => typeof data === "object") ? encoded.map(copy) : encoded;
  return { encoded: lasting, byteLength: lasting.reduce((sum, packet) => sum + byteLengthOf(packet), 0) };
}

/** The name and the arguments of an encoded event; empty when it is none. */
export function decodeEvent(parser: Parser, encoded: Encoded): unknown[] {
  let event: SocketPacket | undefined;
  const decoder = parser.createDecoder({
    onPacket: (packet) => {
      event = packet;
    },
  });
  for (const { data } of encoded) {
    const result = decoder.push(data);
    if ("nsp" in result) event = result;
  }
  const args = event?.data;
  return Array.isArray(args) ? args : [];
}

function copy(packet: OutboundPacket): OutboundPacket {
  if (typeof packet.data !== "object") return packet;
  return new OutboundPacket(packet.type, packet.data.slice(), packet.compress);
}
