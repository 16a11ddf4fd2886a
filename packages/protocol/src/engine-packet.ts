// One Engine.IO packet, revision 4 (EIO §2, §3). Revision 3 has its own file, which browsers do not load.

import type { Base64 } from "./base64.ts";

/** What an engine packet is for. The digit on the wire is the position in `ENGINE_PACKET_TYPES`. */
export type EnginePacketType = "open" | "close" | "ping" | "pong" | "message" | "upgrade" | "noop";

/** A decoded engine packet. `error` stands for input that could not be decoded; it is never sent. */
export interface EnginePacket {
  readonly type: EnginePacketType | "error";
  /** Absent, not empty, when the packet carries no text. Binary may be empty. */
  readonly data?: string | Uint8Array;
}

/** What the encoders take: an engine packet that may be sent. Only a `message` may carry binary. */
export interface OutgoingEnginePacket {
  readonly type: EnginePacketType;
  readonly data?: string | Uint8Array | undefined;
}

/** The types in the order of their digits, both revisions (EIO §2). */
export const ENGINE_PACKET_TYPES: readonly EnginePacketType[] = [
  "open",
  "close",
  "ping",
  "pong",
  "message",
  "upgrade",
  "noop",
];

/** The digit of each type, both revisions (EIO §2). */
export const ENGINE_PACKET_DIGITS: Readonly<Record<EnginePacketType, string>> = {
  open: "0",
  close: "1",
  ping: "2",
  pong: "3",
  message: "4",
  upgrade: "5",
  noop: "6",
};

const DIGIT_ZERO = 48;
const LETTER_B = 98;

/** The packet that stands for undecodable input (EIO §2). */
export function createErrorPacket(): EnginePacket {
  return { type: "error", data: "parser error" };
}

/**
 * Encodes a packet without binary: its digit, then its text (EIO §3.1).
 *
 * @example encodeTextPacket("message", "tick"); // "4tick"
 */
export function encodeTextPacket(type: EnginePacketType, text = ""): string {
  return ENGINE_PACKET_DIGITS[type] + text;
}

/** Encodes a binary message for a channel that carries text only: `b` and base64, no digit (EIO §3.1). */
export function encodeBinaryAsText(bytes: Uint8Array, base64: Base64): string {
  return `b${base64.encode(bytes)}`;
}

/** Encodes any packet for a channel that carries text only: polling, or a `b64` WebSocket (EIO §3.1). */
export function encodePacketAsText(packet: OutgoingEnginePacket, base64: Base64): string {
  const { type, data } = packet;
  if (data === undefined || typeof data === "string") return encodeTextPacket(type, data);
  return encodeBinaryAsText(data, base64);
}

/**
 * Decodes one packet that arrived as text (EIO §3.2). Binary that arrives as bytes is a `message` as it stands.
 *
 * Never throws: what cannot be decoded, the empty string included, is the packet of type `error`.
 *
 * @example decodeTextPacket("4tick", base64); // { type: "message", data: "tick" }
 */
export function decodeTextPacket(text: string, base64: Base64): EnginePacket {
  const code = text.charCodeAt(0);
  const type = ENGINE_PACKET_TYPES[code - DIGIT_ZERO];
  if (type !== undefined) return text.length > 1 ? { type, data: text.slice(1) } : { type };
  if (code === LETTER_B) return { type: "message", data: base64.decode(text.slice(1)) };
  return createErrorPacket();
}
