// Socket.IO packets and their text form (SIO §26, §27). The way back is socket-decoder.ts.

import { type Attachment, deconstruct, hasBinary } from "./attachments.ts";

/** The packet types of the wire (SIO §26). The binary two exist there only. */
export const PacketType = {
  CONNECT: 0,
  DISCONNECT: 1,
  EVENT: 2,
  ACK: 3,
  CONNECT_ERROR: 4,
  BINARY_EVENT: 5,
  BINARY_ACK: 6,
} as const;
export type PacketType = (typeof PacketType)[keyof typeof PacketType];

/** The packet types that programs and parsers deal in. */
export type SocketPacketType = 0 | 1 | 2 | 3 | 4;

/** One unit of the Socket.IO protocol. */
export interface SocketPacket {
  readonly type: SocketPacketType;
  /** The namespace, with its leading `/`. */
  readonly nsp: string;
  /** EVENT: the name and the arguments. ACK: the arguments. A peer may leave it out of either (SIO §27). */
  readonly data?: unknown;
  /** Of an EVENT: an ack is wanted. Of an ACK: the event that it answers. */
  readonly id?: number | undefined;
}

/** A packet with binary: its text, then each attachment, as engine messages of their own, with nothing between. */
export interface EncodedBinaryPacket {
  readonly text: string;
  /** At least one. */
  readonly attachments: readonly Attachment[];
}

/** An encoded packet: a string where there is no binary in it, which is nearly always. */
export type EncodedPacket = string | EncodedBinaryPacket;

/** The second argument of `JSON.stringify`. */
export type Replacer = (this: unknown, key: string, value: unknown) => unknown;

/**
 * Encodes any packet (SIO §27). The data is left as it is.
 *
 * @throws What `JSON.stringify` throws, for bigints and circular data; RangeError for data nested too deep.
 * @example encodeSocketPacket({ type: PacketType.DISCONNECT, nsp: "/orders" }); // "1/orders,"
 */
export function encodeSocketPacket(packet: SocketPacket, replacer?: Replacer): EncodedPacket {
  const { type, nsp, id, data } = packet;
  const carriesBinary = (type === PacketType.EVENT || type === PacketType.ACK) && hasBinary(data);
  if (carriesBinary) return encodeBinary(type, nsp, id, data, replacer);
  return encodeHead(type, nsp, id) + encodeData(data, replacer);
}

/**
 * Encodes an event: `args` starts with its name (SIO §30). `id` asks for an ack.
 *
 * @throws As `encodeSocketPacket`.
 * @example encodeEvent("/", ["tick", 1]); // '2["tick",1]'
 */
export function encodeEvent(nsp: string, args: readonly unknown[], id?: number): EncodedPacket {
  if (hasBinary(args)) return encodeBinary(PacketType.EVENT, nsp, id, args, undefined);
  return encodeHead(PacketType.EVENT, nsp, id) + JSON.stringify(args);
}

/**
 * Encodes the answer to the event `id` (SIO §30).
 *
 * @throws As `encodeSocketPacket`.
 * @example encodeAck("/", 0, [1.5]); // "30[1.5]"
 */
export function encodeAck(nsp: string, id: number, args: readonly unknown[]): EncodedPacket {
  if (hasBinary(args)) return encodeBinary(PacketType.ACK, nsp, id, args, undefined);
  return encodeHead(PacketType.ACK, nsp, id) + JSON.stringify(args);
}

function encodeBinary(
  type: 2 | 3,
  nsp: string,
  id: number | undefined,
  data: unknown,
  replacer: Replacer | undefined,
): EncodedBinaryPacket {
  const { data: withPlaceholders, attachments } = deconstruct(data);
  const wireType = type === PacketType.EVENT ? PacketType.BINARY_EVENT : PacketType.BINARY_ACK;
  const head = encodeHead(`${wireType}${attachments.length}-`, nsp, id);
  return { text: head + encodeData(withPlaceholders, replacer), attachments };
}

function encodeHead(type: number | string, nsp: string, id: number | undefined): string {
  // SIO §27: the main namespace is left out; every other one ends with a comma.
  const head = nsp === "/" || nsp === "" ? `${type}` : `${type}${nsp},`;
  return id === undefined ? head : head + id;
}

function encodeData(data: unknown, replacer: Replacer | undefined): string {
  if (data === undefined || data === null) return "";
  // A function or a symbol has no JSON; it is left out like undefined.
  return JSON.stringify(data, replacer) ?? "";
}
