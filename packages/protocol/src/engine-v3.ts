// Packets and payloads of revision 3 (EIO §5), for clients of version 2. The server alone loads this.

import type { Base64 } from "./base64.ts";
import {
  createErrorPacket,
  decodeTextPacket,
  ENGINE_PACKET_DIGITS,
  ENGINE_PACKET_TYPES,
  type EnginePacket,
  encodeTextPacket,
  type OutgoingEnginePacket,
} from "./engine-packet.ts";

const LETTER_B = 98;
const COLON = 58;
const DIGIT_ZERO = 48;

// EIO §5.3: the bytes of a binary payload's record head
const KIND_TEXT = 0;
const KIND_BINARY = 1;
const END_OF_LENGTH = 0xff;

// EIO §5.3: more digits than this are an error, whatever they say
const MAX_LENGTH_DIGITS = 310;

/** Encodes a packet for a text channel; binary becomes `b`, the digit and base64 (EIO §5.1). */
export function encodeV3PacketAsText(packet: OutgoingEnginePacket, base64: Base64): string {
  const { type, data } = packet;
  if (data === undefined || typeof data === "string") return encodeTextPacket(type, data);
  return `b${ENGINE_PACKET_DIGITS[type]}${base64.encode(data)}`;
}

/** Encodes a packet with binary for a channel that carries it: the type as a byte, then the data (EIO §5.1). */
export function encodeV3BinaryPacket(type: OutgoingEnginePacket["type"], data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + data.byteLength);
  bytes[0] = ENGINE_PACKET_TYPES.indexOf(type);
  bytes.set(data, 1);
  return bytes;
}

/** Decodes a packet that arrived as text; never throws (EIO §5.1). */
export function decodeV3TextPacket(text: string, base64: Base64): EnginePacket {
  if (text.charCodeAt(0) !== LETTER_B) return decodeTextPacket(text, base64);
  const type = ENGINE_PACKET_TYPES[text.charCodeAt(1) - DIGIT_ZERO];
  return type === undefined ? createErrorPacket() : { type, data: base64.decode(text.slice(2)) };
}

/**
 * Decodes a packet that arrived as bytes; its data is a view of them.
 *
 * `undefined` if the type byte is missing or names no type: such a packet is ignored (EIO §5.1).
 */
export function decodeV3BinaryPacket(bytes: Uint8Array): EnginePacket | undefined {
  const type = ENGINE_PACKET_TYPES[bytes[0] ?? -1];
  return type === undefined ? undefined : { type, data: bytes.subarray(1) };
}

/**
 * Encodes packets as one polling body: bytes if one of them is binary and the session supports that, otherwise
 * text (EIO §5.2, §5.3).
 */
export function encodeV3Payload(
  packets: readonly OutgoingEnginePacket[],
  supportsBinary: boolean,
  base64: Base64,
): string | Uint8Array {
  const isBinary =
    supportsBinary && packets.some(({ data }) => data !== undefined && typeof data !== "string");
  if (isBinary) return encodeV3BinaryPayload(packets);
  return encodeV3TextPayload(packets, base64);
}

/** Encodes packets as `<length>:<packet>` each, lengths in UTF-16 code units; `0:` if there are none (EIO §5.2). */
export function encodeV3TextPayload(packets: readonly OutgoingEnginePacket[], base64: Base64): string {
  if (packets.length === 0) return "0:";
  return packets
    .map((packet) => {
      const text = encodeV3PacketAsText(packet, base64);
      return `${text.length}:${text}`;
    })
    .join("");
}

/** Encodes packets as records of kind, length, `ff` and body (EIO §5.3). */
export function encodeV3BinaryPayload(packets: readonly OutgoingEnginePacket[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  for (const { type, data } of packets) {
    const isText = data === undefined || typeof data === "string";
    const body = isText ? encoder.encode(encodeTextPacket(type, data)) : encodeV3BinaryPacket(type, data);
    parts.push(encodeRecordHead(isText ? KIND_TEXT : KIND_BINARY, body.byteLength), body);
  }
  return concat(parts);
}

/**
 * Decodes a polling body of text, in linear time (EIO §5.2).
 *
 * Never throws: the first mistake is the last member, of type `error`, after the packets before it.
 */
export function decodeV3TextPayload(body: string, base64: Base64): EnginePacket[] {
  if (body === "") return [createErrorPacket()];
  const packets: EnginePacket[] = [];
  let index = 0;
  while (index < body.length) {
    const colon = endOfDigits(body, index);
    const start = colon + 1;
    const end = start + Number(body.slice(index, colon));
    const isFramed = colon > index && body.charCodeAt(colon) === COLON && end <= body.length;
    if (isFramed && end === start) {
      index = end;
      continue;
    }
    const packet = isFramed ? decodeV3TextPacket(body.slice(start, end), base64) : createErrorPacket();
    packets.push(packet);
    if (packet.type === "error") return packets;
    index = end;
  }
  return packets;
}

/**
 * Decodes a polling body of bytes, in linear time; binary data are views of it (EIO §5.3).
 *
 * Never throws: the first mistake is the last member, of type `error`, after the packets before it. Binary
 * packets of an unlisted type are left out.
 */
export function decodeV3BinaryPayload(body: Uint8Array, base64: Base64): EnginePacket[] {
  if (body.byteLength === 0) return [createErrorPacket()];
  const packets: EnginePacket[] = [];
  let index = 0;
  while (index < body.byteLength) {
    const kind = body[index];
    const { start, end } = readRecordBounds(body, index + 1);
    const isFramed = (kind === KIND_TEXT || kind === KIND_BINARY) && end <= body.byteLength;
    const packet = isFramed ? decodeRecord(kind, body.subarray(start, end), base64) : createErrorPacket();
    if (packet !== undefined) packets.push(packet);
    if (packet?.type === "error") return packets;
    index = end;
  }
  return packets;
}

function endOfDigits(text: string, start: number): number {
  let index = start;
  while (index < text.length && isDigit(text.charCodeAt(index) - DIGIT_ZERO)) index++;
  return index;
}

function isDigit(value: number): boolean {
  return value >= 0 && value <= 9;
}

/** Where the body of the record lies whose length field begins at `from`; an `end` of `Infinity` if that is broken. */
function readRecordBounds(body: Uint8Array, from: number): { start: number; end: number } {
  let length = 0;
  for (let index = from; index <= from + MAX_LENGTH_DIGITS; index++) {
    const digit = body[index];
    if (digit === END_OF_LENGTH && index > from) return { start: index + 1, end: index + 1 + length };
    if (digit === undefined || !isDigit(digit)) break;
    length = length * 10 + digit;
  }
  return { start: from, end: Number.POSITIVE_INFINITY };
}

function decodeRecord(kind: 0 | 1, bytes: Uint8Array, base64: Base64): EnginePacket | undefined {
  if (kind === KIND_BINARY) return decodeV3BinaryPacket(bytes);
  const text = decodeUtf8(bytes);
  return text === undefined ? createErrorPacket() : decodeV3TextPacket(text, base64);
}

/** Decodes UTF-8 in which surrogates are forgiven, as U+FFFD, and nothing else is (EIO §5.3). */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  return decodeStrictUtf8(bytes) ?? decodeStrictUtf8(replaceSurrogates(bytes));
}

function decodeStrictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A copy in which each encoded surrogate, `ed a0..bf 80..bf`, is U+FFFD, `ef bf bd`. */
function replaceSurrogates(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes);
  for (let index = 0; index + 2 < copy.byteLength; index++) {
    if (copy[index] === 0xed && (copy[index + 1] ?? 0) >= 0xa0) copy.set([0xef, 0xbf, 0xbd], index);
  }
  return copy;
}

function encodeRecordHead(kind: number, length: number): Uint8Array {
  const digits = Array.from(String(length), Number);
  return Uint8Array.of(kind, ...digits, END_OF_LENGTH);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.byteLength;
  }
  return bytes;
}
