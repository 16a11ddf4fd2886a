// Which data each type of socket packet may carry (SIO §27.1).

import { RESERVED_EVENTS } from "./reserved-events.ts";
import { PacketType, type SocketPacketType } from "./socket-packet.ts";

/** Whether `data`, present in a packet of this type, has the shape that the type asks for (SIO §27.1). */
export function isDataValid(type: SocketPacketType, data: unknown): boolean {
  switch (type) {
    case PacketType.EVENT:
      return Array.isArray(data) && isEventName(data[0]);
    case PacketType.ACK:
      return Array.isArray(data);
    case PacketType.CONNECT:
      return isPlainObject(data);
    case PacketType.DISCONNECT:
      return data === undefined;
    case PacketType.CONNECT_ERROR:
      return typeof data === "string" || isPlainObject(data);
  }
}

/**
 * Whether a value is a well-formed packet of types 0–4, as an application may be handed one.
 *
 * @example isPacketValid({ type: 2, nsp: "/", data: ["connect"] }); // false: the name is reserved
 */
export function isPacketValid(packet: unknown): boolean {
  if (typeof packet !== "object" || packet === null) return false;
  const { type, nsp, data, id }: { type?: unknown; nsp?: unknown; data?: unknown; id?: unknown } = packet;
  if (typeof nsp !== "string" || !(id === undefined || Number.isInteger(id))) return false;
  if (!isSocketPacketType(type)) return false;
  return (type === PacketType.CONNECT && data === undefined) || isDataValid(type, data);
}

/** Whether a value is one of the types that programs and parsers deal in. */
function isSocketPacketType(type: unknown): type is SocketPacketType {
  return type === 0 || type === 1 || type === 2 || type === 3 || type === 4;
}

function isEventName(name: unknown): boolean {
  return typeof name === "string" ? !RESERVED_EVENTS.has(name) : typeof name === "number";
}

function isPlainObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object Object]";
}
