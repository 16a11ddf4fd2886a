import { deepStrictEqual } from "node:assert/strict";
import { decodeTextPacket, encodePacketAsText } from "@tautline/protocol/engine-packet";
import { nodeBase64 } from "../node-base64.ts";

export const name = "engine-packet";

export const seeds = ["0", "1", "2probe", "3probe", "4tick", "4naïve ☕", "5", "6", "byv4A", '0{"sid":"a"}'];

export function run(bytes: Uint8Array): void {
  const packet = decodeTextPacket(new TextDecoder().decode(bytes), nodeBase64);
  const { type } = packet;
  if (type === "error") {
    deepStrictEqual(packet, { type: "error", data: "parser error" });
    return;
  }
  const encoded = encodePacketAsText({ ...packet, type }, nodeBase64);
  deepStrictEqual(decodeTextPacket(encoded, nodeBase64), packet);
}
