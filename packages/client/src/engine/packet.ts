import type { Base64 } from "@tautline/protocol/base64";
import type { EnginePacket, EnginePacketType } from "@tautline/protocol/engine-packet";
import { type BlobLike, isBlob, toBytes } from "../binary.ts";

/** What the program says about one message. */
export interface WriteOptions {
  /** Whether the transport may compress it. Default true. */
  readonly compress?: boolean | undefined;
}

/** An engine packet as listeners see it: binary is of the class that the program or the platform chose. */
export interface Packet {
  readonly type: EnginePacket["type"];
  readonly data?: unknown;
}

/** An engine packet on its way out, as transports get it. */
export interface OutgoingPacket {
  readonly type: EnginePacketType;
  readonly data?: string | Uint8Array | undefined;
  readonly options?: WriteOptions | undefined;
}

/** What a packet carries on its way out. */
export type PacketData = string | Uint8Array | BlobLike;

/** An engine packet in the queue: a `Blob` is read only when its turn comes. */
export interface QueuedPacket extends Omit<OutgoingPacket, "data"> {
  readonly data?: PacketData | undefined;
}

/** The types in the order of their digits (EIO §2). */
const TYPES: readonly EnginePacketType[] = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];

const DIGIT_ZERO = 48;

/** What a program may pass to `write`, as it is queued (EIO §3.1). */
export function toPacketData(data: unknown): QueuedPacket["data"] {
  if (!data) return undefined;
  return isBlob(data) ? data : (toBytes(data) ?? String(data));
}

/** The bytes of data: text in UTF-8. */
export function bytesOf(data: PacketData): number {
  if (typeof data !== "string") return "size" in data ? data.size : data.length;
  let bytes = 0;
  for (const character of data)
    bytes += character.length > 1 ? 4 : character > "\u07ff" ? 3 : character > "\x7f" ? 2 : 1;
  return bytes;
}

/** A packet as text (EIO §3.1). */
export function encodeText({ type, data = "" }: OutgoingPacket, base64: Base64): string {
  return typeof data === "string" ? TYPES.indexOf(type) + data : `b${base64.encode(data)}`;
}

/** One packet as the content of one frame (EIO §3.1). */
export function encodeFrame(
  packet: OutgoingPacket,
  supportsBinary: boolean,
  base64: Base64,
): string | Uint8Array {
  const { data } = packet;
  return supportsBinary && data instanceof Uint8Array ? data : encodeText(packet, base64);
}

/** A packet that arrived as text (EIO §3.2); what cannot be decoded is of type `error`. */
export function decodeText(text: string, base64: Base64): Packet {
  const data = text.slice(1);
  if (text[0] === "b") return { type: "message", data: base64.decode(data) };
  const type = TYPES[text.charCodeAt(0) - DIGIT_ZERO];
  if (!type) return { type: "error", data: "parser error" };
  return data ? { type, data } : { type };
}

/** Whether none of the packets has to be read first. */
export function areEncodable(packets: readonly QueuedPacket[]): packets is readonly OutgoingPacket[] {
  return !packets.some(({ data }) => isBlob(data));
}

/** Reads the `Blob`s among packets, in order. */
export function readBlobs(packets: readonly QueuedPacket[]): Promise<OutgoingPacket[]> {
  return Promise.all(
    packets.map(async ({ type, data, options }) => ({
      type,
      data: isBlob(data) ? new Uint8Array(await data.arrayBuffer()) : data,
      options,
    })),
  );
}
