import { deepStrictEqual, ok } from "node:assert/strict";
import { decodePayload, encodePayload } from "@tautline/protocol/engine-payload";
import { nodeBase64 } from "../node-base64.ts";
import { toSendable } from "../sendable.ts";

export const name = "engine-payload";

export const seeds = [
  "4tick\x1ebyv4A\x1e4naïve ☕",
  "6\x1e1",
  "2",
  '42["quote","ABC"]\x1e420["quote","DEF"]',
  "4a\x1exyz\x1e4b",
];

export const tokens = ["\x1e", "\x1e4", "\x1eb", "==", "2probe"];

export function run(bytes: Uint8Array): void {
  const body = new TextDecoder().decode(bytes);
  const packets = decodePayload(body, nodeBase64);
  ok(packets.length > 0 && packets.length <= body.length + 1, "as many packets as separators allow");
  const sendable = toSendable(packets);
  if (sendable.length > 0)
    deepStrictEqual(decodePayload(encodePayload(sendable, nodeBase64), nodeBase64), sendable);
}
