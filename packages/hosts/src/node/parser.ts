// The codec of revision 4 as programs of upstream's engine package know it (EIO §49): callbacks, `Buffer`s, and
// streams. The engine itself uses packages/protocol directly.

import { TransformStream } from "node:stream/web";
import { toOutgoingData } from "@tautline/engine/options";
import {
  createErrorPacket,
  decodeTextPacket,
  type EnginePacket,
  type EnginePacketType,
  encodePacketAsText,
  type OutgoingEnginePacket,
} from "@tautline/protocol/engine-packet";
import * as payloads from "@tautline/protocol/engine-payload";
import { encodeFrame, FrameDecoder } from "@tautline/protocol/webtransport-frames";
import { nodeBase64 } from "./runtime.ts";

/** The class of decoded binary. */
export type BinaryType = "nodebuffer" | "arraybuffer";

/** A packet as programs write it. */
export interface RawPacket {
  readonly type: EnginePacketType;
  readonly data?: unknown;
}

/** A packet as programs read it. */
export interface DecodedPacket {
  readonly type: EnginePacket["type"];
  readonly data?: string | Buffer | ArrayBuffer;
}

/** The revision of Engine.IO. */
export const protocol = 4;

/** Encodes one packet; binary that the channel carries is handed on as it is (EIO §3.1). */
export function encodePacket(
  packet: RawPacket,
  supportsBinary: boolean,
  callback: (encoded: unknown) => void,
): void {
  const outgoing = toOutgoing(packet);
  const isBinary = typeof outgoing.data === "object";
  if (isBinary && supportsBinary) callback(packet.data);
  else callback(encodePacketAsText(outgoing, nodeBase64));
}

/** Decodes one packet; never throws (EIO §3.2). */
export function decodePacket(encoded: unknown, binaryType?: BinaryType): DecodedPacket {
  if (typeof encoded === "string") {
    return withBinaryType(decodeTextPacket(encoded, nodeBase64), binaryType);
  }
  const data = toOutgoingData(encoded);
  if (!(data instanceof Uint8Array)) return withBinaryType(createErrorPacket(), binaryType);
  return withBinaryType({ type: "message", data }, binaryType);
}

/** Encodes packets as one polling body (EIO §4). */
export function encodePayload(packets: readonly RawPacket[], callback: (payload: string) => void): void {
  callback(payloads.encodePayload(packets.map(toOutgoing), nodeBase64));
}

/** Decodes a polling body; never throws (EIO §4). */
export function decodePayload(payload: string, binaryType?: BinaryType): DecodedPacket[] {
  return payloads.decodePayload(payload, nodeBase64).map((packet) => withBinaryType(packet, binaryType));
}

/** Packets to the bytes of a WebTransport stream (EIO §11.2). An empty binary message has no form and is left out. */
export function createPacketEncoderStream(): TransformStream<RawPacket, Uint8Array> {
  return new TransformStream({
    transform(packet, controller) {
      const frame = encodeFrame(toOutgoing(packet));
      if (frame) controller.enqueue(frame);
    },
  });
}

/** The bytes of a WebTransport stream to packets; an `error` packet is the last (EIO §11.2). */
export function createPacketDecoderStream(
  maxPayload: number,
  binaryType?: BinaryType,
): TransformStream<Uint8Array, DecodedPacket> {
  const decoder = new FrameDecoder({ maxPayloadBytes: maxPayload, base64: nodeBase64 });
  return new TransformStream({
    transform(chunk, controller) {
      for (const packet of decoder.push(chunk)) controller.enqueue(withBinaryType(packet, binaryType));
    },
  });
}

function toOutgoing(packet: RawPacket): OutgoingEnginePacket {
  return { type: packet.type, data: toOutgoingData(packet.data) };
}

/** EIO §3.2: an `ArrayBuffer` holds the bytes and no more. */
function withBinaryType(packet: EnginePacket, binaryType: BinaryType = "nodebuffer"): DecodedPacket {
  const { type, data } = packet;
  if (data === undefined) return { type };
  if (typeof data === "string") return { type, data };
  if (binaryType === "nodebuffer") {
    return { type, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength) };
  }
  return { type, data: new Uint8Array(data).buffer };
}
