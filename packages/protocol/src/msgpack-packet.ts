// Socket packets in MessagePack (SIO §38): one binary message each, with binary values inside it.
//
// The bytes are written and read by @msgpack/msgpack. This file and its siblings say what of it: which values have
// which form (msgpack-values.ts, msgpack-extensions.ts), and what of a stranger's message is refused unread
// (msgpack-bounds.ts).

import { decode, Encoder } from "@msgpack/msgpack";
import { MAX_NESTING } from "./attachments.ts";
import { scanMsgpack } from "./msgpack-bounds.ts";
import { msgpackExtensions, protectMarks } from "./msgpack-extensions.ts";
import { bytesToArrayBuffers, toMsgpack } from "./msgpack-values.ts";
import { isDataValid } from "./packet-shape.ts";
import type { DecodeError } from "./socket-decoder.ts";
import { PacketType, type SocketPacket, type SocketPacketType } from "./socket-packet.ts";

/** The map of the packet itself, the levels that its data may have, and a value in the innermost of them. */
const MAX_DEPTH = MAX_NESTING + 2;

/** Writes packets; keeps a buffer as large as the largest, at least 2 KiB. */
export class MsgpackWriter {
  readonly #encoder: Encoder = new Encoder({ extensionCodec: msgpackExtensions, maxDepth: MAX_DEPTH });

  /**
   * The message of a packet: a map of its members in their order, those that the protocol does not know included.
   *
   * @throws What `toMsgpack` throws.
   */
  write(packet: SocketPacket): Uint8Array {
    return this.#encoder.encode(toMsgpack(packet));
  }
}

/**
 * The packet of a message, or what is wrong with it; never throws.
 *
 * Binary within the data has the class of the message: views on a Uint8Array or a Buffer, copies of an ArrayBuffer.
 *
 * @example decodeMsgpackPacket(new MsgpackWriter().write({ type: 2, nsp: "/", data: ["tick"] }));
 */
export function decodeMsgpackPacket(message: unknown): SocketPacket | DecodeError {
  if (typeof message === "string") return createError("got plaintext data instead of MessagePack");
  const bytes = toBytes(message);
  if (bytes === undefined) return createError(`Unknown type: ${Object.prototype.toString.call(message)}`);
  const bounds = scanMsgpack(bytes, MAX_NESTING + 1);
  if (bounds === undefined) return createError("invalid payload");
  const { hasBinary, markedTexts } = bounds;
  const content = decodeMap(markedTexts.length === 0 ? bytes : protectMarks(bytes, markedTexts));
  if (content === undefined) return createError("invalid payload");
  const isArrayBuffer = bytes !== message && !ArrayBuffer.isView(message);
  if (isArrayBuffer && hasBinary) bytesToArrayBuffers(content);
  return toPacket(content);
}

interface Content {
  readonly type?: unknown;
  readonly nsp?: unknown;
  readonly data?: unknown;
  readonly id?: unknown;
}

function decodeMap(bytes: Uint8Array): Content | undefined {
  try {
    return Object(decode(bytes, { extensionCodec: msgpackExtensions }));
  } catch {
    // A key that is no string, or that a prototype would be set by.
    return undefined;
  }
}

/** adapters.md §17: the errors, in this order. Some peers write nil for what is not there. */
function toPacket(content: Content): SocketPacket | DecodeError {
  const { type, nsp } = content;
  const data = content.data ?? undefined;
  const id = content.id ?? undefined;
  if (!isPacketType(type)) return createError("invalid packet type");
  if (typeof nsp !== "string") return createError("invalid namespace");
  const mayLackData = type === PacketType.CONNECT && data === undefined;
  if (!mayLackData && !isDataValid(type, data)) return createError("invalid payload");
  if (id !== undefined && !isSafeInteger(id)) return createError("invalid packet id");
  return { type, nsp, data, id };
}

function toBytes(message: unknown): Uint8Array | undefined {
  if (message instanceof Uint8Array) return message;
  if (ArrayBuffer.isView(message)) {
    return new Uint8Array(message.buffer, message.byteOffset, message.byteLength);
  }
  return message instanceof ArrayBuffer ? new Uint8Array(message) : undefined;
}

function isPacketType(type: unknown): type is SocketPacketType {
  return type === 0 || type === 1 || type === 2 || type === 3 || type === 4;
}

function isSafeInteger(id: unknown): id is number {
  return Number.isSafeInteger(id);
}

function createError(message: string): DecodeError {
  return { type: "error", message };
}
