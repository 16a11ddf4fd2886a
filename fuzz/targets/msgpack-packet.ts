import { deepStrictEqual, match, ok } from "node:assert/strict";
import { decodeMessagePack } from "@tautline/protocol/msgpack-decode";
import { encodeMessagePack } from "@tautline/protocol/msgpack-encode";
import { decodeMessagePackPacket, encodeMessagePackPacket } from "@tautline/protocol/msgpack-packet";

export const name = "msgpack-packet";

export const seeds = [
  encodeMessagePackPacket({ type: 0, data: undefined, nsp: "/" }),
  encodeMessagePackPacket({ type: 2, nsp: "/orders", data: ["quote", 7, -1.5, 70_000, 2 ** 40], id: 12 }),
  encodeMessagePackPacket({
    type: 3,
    nsp: "/",
    data: [new Uint8Array(3), new Date(0), "☕", null, true],
    id: 0,
  }),
  encodeMessagePackPacket({ type: 4, nsp: "/", data: { message: "no", data: { retry: false } } }),
  encodeMessagePack(["standard", new Date(1_500), new Array(20).fill({ a: "x".repeat(40) })], "standard"),
  Uint8Array.of(0x93, 0xc7, 2, 0, 1, 2, 0xd6, 0xff, 0, 0, 0, 1, 0xca, 0x3f, 0xc0, 0, 0),
];

export const tokens = [
  Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0xdf, 0, 0, 0, 1),
  Uint8Array.of(0xa9, 0x5f, 0x5f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x5f, 0x5f),
  new Uint8Array(600).fill(0x91),
  Uint8Array.of(0xd4, 0, 0),
  Uint8Array.of(0xd7, 0xff, 0x77, 0x35, 0x94, 0, 0, 0, 0, 1),
];

export function run(bytes: Uint8Array): void {
  const result = decodeMessagePack(bytes);
  if (result.ok) checkStable(result.value);
  const packet = decodeMessagePackPacket(bytes);
  if (packet.type === "error") match(packet.message, /^invalid (payload|packet type|namespace|packet id)$/);
  else checkStable(packet);
  deepStrictEqual(Object.keys(Object.prototype), []);
}

/** What was decoded once is encoded to bytes that come back as they are. */
function checkStable(value: unknown): void {
  const encoded = encodeMessagePack(value, "legacy");
  const again = decodeMessagePack(encoded);
  ok(again.ok);
  deepStrictEqual(encodeMessagePack(again.value, "legacy"), encoded);
}
