// Socket packets of the MessagePack parser (SIO §38): one binary message each, attachments inline.

import { decodeMessagePack, type MessagePackOptions } from "./msgpack-decode.ts";
import { encodeMessagePack } from "./msgpack-encode.ts";
import { isDataValid, isSocketPacketType } from "./packet-shape.ts";
import type { DecodeError } from "./socket-decoder.ts";
import { PacketType, type SocketPacket } from "./socket-packet.ts";

/**
 * Encodes a packet as the map that it is, members in their order, further members included (SIO §38).
 *
 * @throws TypeError for bigints; RangeError for data that is circular or nested deeper than 512 levels.
 */
export function encodeMessagePackPacket(packet: SocketPacket): Uint8Array {
  return encodeMessagePack(packet, "legacy");
}

/**
 * Decodes one chunk. Unknown members are dropped; the packet always has all four of its own.
 *
 * Event names are checked as in the default parser: upstream's MessagePack parser lets reserved ones pass.
 */
export function decodeMessagePackPacket(
  bytes: Uint8Array,
  options?: MessagePackOptions,
): SocketPacket | DecodeError {
  const decoded = decodeMessagePack(bytes, options);
  if (!decoded.ok || typeof decoded.value !== "object" || decoded.value === null)
    return createError("invalid payload");
  const { type, nsp, data, id }: { type?: unknown; nsp?: unknown; data?: unknown; id?: unknown } =
    decoded.value;
  if (!isSocketPacketType(type)) return createError("invalid packet type");
  if (typeof nsp !== "string") return createError("invalid namespace");
  const isDataMissing = type === PacketType.CONNECT && data === undefined;
  if (!isDataMissing && !isDataValid(type, data)) return createError("invalid payload");
  if (id !== undefined && !isInteger(id)) return createError("invalid packet id");
  return { type, nsp, data, id };
}

function createError(message: string): DecodeError {
  return { type: "error", message };
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}
