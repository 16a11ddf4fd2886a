import { describe, expect, it } from "vitest";
import { encodeMessagePack } from "./msgpack-encode.ts";
import { decodeMessagePackPacket, encodeMessagePackPacket } from "./msgpack-packet.ts";
import type { SocketPacket } from "./socket-packet.ts";

// EIO §61
const EXAMPLES: [string, SocketPacket, string][] = [
  [
    "CONNECT without auth",
    { type: 0, data: undefined, nsp: "/" },
    "83 a4 74 79 70 65 00 a4 64 61 74 61 d4 00 00 a3 6e 73 70 a1 2f",
  ],
  [
    "an event",
    { type: 2, data: ["quote", 7], nsp: "/" },
    "83 a4 74 79 70 65 02 a4 64 61 74 61 92 a5 71 75 6f 74 65 07 a3 6e 73 70 a1 2f",
  ],
  [
    "an ack with bytes",
    { id: 0, type: 3, data: [Uint8Array.of(1)], nsp: "/" },
    "84 a2 69 64 00 a4 74 79 70 65 03 a4 64 61 74 61 91 c4 01 01 a3 6e 73 70 a1 2f",
  ],
  [
    "CONNECT with an id",
    { type: 0, nsp: "/", data: { sid: "abc" } },
    "83 a4 74 79 70 65 00 a3 6e 73 70 a1 2f a4 64 61 74 61 81 a3 73 69 64 a3 61 62 63",
  ],
  [
    "an event with bytes",
    { type: 2, nsp: "/", data: ["hello", 1, Uint8Array.of(1, 2)] },
    "83 a4 74 79 70 65 02 a3 6e 73 70 a1 2f a4 64 61 74 61 93 a5 68 65 6c 6c 6f 01 c4 02 01 02",
  ],
];

function error(message: string) {
  return { type: "error", message };
}

describe("packets of the MessagePack parser", () => {
  it.each(EXAMPLES)("writes and reads %s of the worked examples", (_name, packet, hex) => {
    const bytes = new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
    expect(encodeMessagePackPacket(packet)).toStrictEqual(bytes);
    expect(decodeMessagePackPacket(bytes)).toStrictEqual({ data: undefined, id: undefined, ...packet });
  });

  it("writes further members and drops them on reading", () => {
    const packet = { type: 2, nsp: "/", data: ["a"], options: { compress: true } } as const;
    expect(decodeMessagePackPacket(encodeMessagePackPacket(packet))).toStrictEqual({
      type: 2,
      nsp: "/",
      data: ["a"],
      id: undefined,
    });
  });

  it.each<[string, unknown, string]>([
    ["a type of the binary variants", { type: 5, nsp: "/", data: ["a"] }, "invalid packet type"],
    ["a type that is no number", { type: "2", nsp: "/", data: ["a"] }, "invalid packet type"],
    ["no type", {}, "invalid packet type"],
    ["a namespace that is no string", { type: 2, nsp: 1, data: ["a"] }, "invalid namespace"],
    ["CONNECT with an array", { type: 0, nsp: "/", data: [] }, "invalid payload"],
    ["DISCONNECT with data", { type: 1, nsp: "/", data: {} }, "invalid payload"],
    ["EVENT without data", { type: 2, nsp: "/" }, "invalid payload"],
    ["EVENT with a reserved name", { type: 2, nsp: "/", data: ["disconnect"] }, "invalid payload"],
    ["EVENT named by an object", { type: 2, nsp: "/", data: [{}] }, "invalid payload"],
    ["ACK with an object", { type: 3, nsp: "/", data: {} }, "invalid payload"],
    ["CONNECT_ERROR without data", { type: 4, nsp: "/" }, "invalid payload"],
    ["an id that is no integer", { type: 2, nsp: "/", data: ["a"], id: 0.5 }, "invalid packet id"],
    ["an id that is nil", { type: 2, nsp: "/", data: ["a"], id: null }, "invalid packet id"],
    ["a value that is no map", "text", "invalid payload"],
    ["nil", null, "invalid payload"],
  ])("refuses %s", (_name, value, message) => {
    expect(decodeMessagePackPacket(encodeMessagePack(value, "legacy"))).toStrictEqual(error(message));
  });

  it("refuses bytes that are no MessagePack", () => {
    expect(decodeMessagePackPacket(Uint8Array.of(0xc1))).toStrictEqual(error("invalid payload"));
    expect(decodeMessagePackPacket(new Uint8Array(0))).toStrictEqual(error("invalid payload"));
  });

  it("gives binary the class of the platform", () => {
    const bytes = encodeMessagePackPacket({ type: 2, nsp: "/", data: ["a", Uint8Array.of(7)] });
    const packet = decodeMessagePackPacket(bytes, { toBinary: (view) => Buffer.from(view) });
    expect(packet).toStrictEqual({ type: 2, nsp: "/", data: ["a", Buffer.from([7])], id: undefined });
  });
});
