// The encodings of an outbound packet besides the WebSocket message of revision 4, each made at most once.

import type { Base64 } from "@tautline/protocol/base64";
import { encodeBinaryAsText } from "@tautline/protocol/engine-packet";
import { encodeV3BinaryPacket, encodeV3PacketAsText } from "@tautline/protocol/engine-v3";
import { encodeFrameHeader } from "@tautline/protocol/webtransport-frames";
import type { OutboundPacket, SharedMessage } from "./outbound-packet.ts";

/** The packet as text: for polling of revision 4, and WebSocket sessions that asked for `b64` (EIO §3.1). */
export function asText(packet: OutboundPacket, base64: Base64): SharedMessage {
  if (typeof packet.payload === "string") return packet;
  packet.forms ??= {};
  packet.forms.text4 ??= createMessage(encodeBinaryAsText(packet.payload, base64), packet.compress);
  return packet.forms.text4;
}

/** The packet as text, revision 3: binary carries its digit too (EIO §5.1). */
export function asText3(packet: OutboundPacket, base64: Base64): SharedMessage {
  if (typeof packet.payload === "string") return packet;
  packet.forms ??= {};
  packet.forms.text3 ??= createMessage(encodeV3PacketAsText(packet, base64), packet.compress);
  return packet.forms.text3;
}

/** The packet for a channel that carries binary, revision 3: a type byte stands before the bytes (EIO §5.1). */
export function asBinary3(packet: OutboundPacket): SharedMessage {
  if (typeof packet.payload === "string") return packet;
  packet.forms ??= {};
  packet.forms.bytes3 ??= createMessage(encodeV3BinaryPacket(packet.type, packet.payload), packet.compress);
  return packet.forms.bytes3;
}

/** The packet as bytes of a WebTransport stream (EIO §11.2). */
export function asStreamFrame(packet: OutboundPacket, base64: Base64): Uint8Array {
  packet.forms ??= {};
  packet.forms.streamFrame ??= createStreamFrame(packet, base64);
  return packet.forms.streamFrame;
}

/** The bytes of the packet's payload on the wire, counted once per packet, not per receiver (SEC §4). */
export function byteLengthOf(packet: OutboundPacket): number {
  if (packet.knownBytes < 0) {
    packet.knownBytes =
      typeof packet.payload === "string" ? utf8Length(packet.payload) : packet.payload.byteLength;
  }
  return packet.knownBytes;
}

/** The number of bytes of `text` in UTF-8; a lone surrogate counts as U+FFFD, three bytes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) {
      bytes += 1;
      continue;
    }
    bytes += 2;
    if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(at + 1))) at++;
  }
  return bytes;
}

/** There is no empty frame, so empty binary travels as text (EIO §3.2, §11.2): peers take it whatever the channel. */
function createStreamFrame(packet: OutboundPacket, base64: Base64): Uint8Array {
  const content = packet.payload.length > 0 ? packet.payload : asText(packet, base64).payload;
  const isBinary = typeof content !== "string";
  const bytes = isBinary ? content : new TextEncoder().encode(content);
  const header = encodeFrameHeader(bytes.byteLength, isBinary);
  const frame = new Uint8Array(header.byteLength + bytes.byteLength);
  frame.set(header);
  frame.set(bytes, header.byteLength);
  return frame;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

function createMessage(payload: string | Uint8Array, compress: boolean): SharedMessage {
  return { payload, compress, frame: undefined, deflatedFrame: undefined };
}
