import { deepStrictEqual, ok } from "node:assert/strict";
import { encodeFrame, FrameDecoder } from "@tautline/protocol/webtransport-frames";
import { nodeBase64 } from "../node-base64.ts";
import { toSendable } from "../sendable.ts";

export const name = "webtransport-frames";

export const seeds = [
  Uint8Array.of(1, 0x30),
  Uint8Array.of(3, 0x34, 0x68, 0x69, 0x83, 0xca, 0xfe, 0),
  Uint8Array.of(4, 0x34, 0xe2, 0x98, 0x95, 1, 0x32, 1, 0x33),
  Uint8Array.of(0x7e, 0, 2, 0x34, 0x61, 0x7f, 0, 0, 0, 0, 0, 0, 0, 2, 0x34, 0x62),
  Uint8Array.of(5, 0x62, 0x79, 0x76, 0x34, 0x41),
  Uint8Array.of(0xfe, 0, 3, 1, 2, 3, 1, 0x35),
];

export const tokens = [
  Uint8Array.of(0x7e, 0xff, 0xff),
  Uint8Array.of(0xff, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0x7f, 0, 0x20, 0, 0, 0, 0, 0, 0),
  Uint8Array.of(0x7e, 0x03, 0xe8),
  Uint8Array.of(0x80),
];

const LIMITS = { maxPayloadBytes: 1000, base64: nodeBase64 };

export function run(bytes: Uint8Array): void {
  const packets = new FrameDecoder(LIMITS).push(bytes);
  ok(packets.length <= bytes.length, "no more packets than bytes");
  for (const { data } of packets)
    ok((data?.length ?? 0) <= LIMITS.maxPayloadBytes, "no packet above the limit");

  const inPieces = new FrameDecoder(LIMITS);
  const size = 1 + ((bytes[0] ?? 0) % 7);
  const fromPieces = [];
  for (let index = 0; index < bytes.length; index += size)
    fromPieces.push(...inPieces.push(bytes.subarray(index, index + size)));
  deepStrictEqual(fromPieces, packets);

  for (const packet of toSendable(packets)) {
    const frame = encodeFrame(packet);
    // Invalid UTF-8 grows by U+FFFD, beyond the limit perhaps.
    if (frame !== undefined) {
      deepStrictEqual(new FrameDecoder({ ...LIMITS, maxPayloadBytes: 9000 }).push(frame), [packet]);
    }
  }
}
