import { deepStrictEqual, ok } from "node:assert/strict";
import {
  decodeV3BinaryPacket,
  decodeV3BinaryPayload,
  decodeV3TextPacket,
  decodeV3TextPayload,
  encodeV3BinaryPacket,
  encodeV3BinaryPayload,
  encodeV3PacketAsText,
  encodeV3TextPayload,
} from "@tautline/protocol/engine-v3";
import { nodeBase64 } from "../node-base64.ts";
import { toSendable } from "../sendable.ts";

export const name = "engine-v3";

export const seeds = [
  "5:4tick8:4naïve ☕",
  "3:4😀",
  "2:4☕6:b4yv4A",
  "1:61:1",
  "0:",
  "b4yv4A",
  "4up",
  Uint8Array.of(0, 4, 0xff, 0x34, 0xe2, 0x98, 0x95, 1, 4, 0xff, 4, 0xca, 0xfe, 0),
  Uint8Array.of(1, 4, 0xff, 4, 0xca, 0xfe, 0),
  Uint8Array.of(4, 0xca, 0xfe, 0),
];

export const tokens = [
  "1:",
  "12:4",
  "b4",
  Uint8Array.of(0, 1, 0xff),
  Uint8Array.of(1, 1, 2, 0xff, 4),
  Uint8Array.of(0xed, 0xa0, 0x80),
];

export function run(bytes: Uint8Array): void {
  const text = new TextDecoder().decode(bytes);
  checkPackets(bytes, text);
  checkTextPayload(text);
  checkBinaryPayload(bytes);
}

function checkPackets(bytes: Uint8Array, text: string): void {
  const [fromText] = toSendable([decodeV3TextPacket(text, nodeBase64)]);
  if (fromText !== undefined) {
    deepStrictEqual(decodeV3TextPacket(encodeV3PacketAsText(fromText, nodeBase64), nodeBase64), fromText);
  }
  const fromBytes = decodeV3BinaryPacket(bytes);
  if (fromBytes === undefined) return;
  const [sendable] = toSendable([fromBytes]);
  ok(sendable?.data instanceof Uint8Array);
  deepStrictEqual(encodeV3BinaryPacket(sendable.type, sendable.data), bytes);
}

function checkTextPayload(body: string): void {
  const packets = decodeV3TextPayload(body, nodeBase64);
  ok(packets.length <= Math.max(1, body.length), "no more packets than characters");
  const sendable = toSendable(packets);
  if (sendable.length > 0) {
    deepStrictEqual(decodeV3TextPayload(encodeV3TextPayload(sendable, nodeBase64), nodeBase64), sendable);
  }
}

function checkBinaryPayload(body: Uint8Array): void {
  const before = new Uint8Array(body);
  const packets = decodeV3BinaryPayload(body, nodeBase64);
  deepStrictEqual(body, before);
  ok(packets.length <= Math.max(1, body.length), "no more packets than bytes");
  const sendable = toSendable(packets);
  if (sendable.length > 0) {
    deepStrictEqual(decodeV3BinaryPayload(encodeV3BinaryPayload(sendable), nodeBase64), sendable);
  }
}
