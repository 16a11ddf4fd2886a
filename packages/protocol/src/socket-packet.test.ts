import { describe, expect, it } from "vitest";
import {
  encodeAck,
  encodeEvent,
  encodeSocketPacket,
  PacketType,
  type SocketPacket,
} from "./socket-packet.ts";

const AB = Uint8Array.of(0xca, 0xfe);
const C = Uint8Array.of(0, 1, 2);

describe("encoding of socket packets", () => {
  it("numbers the types as the wire does", () => {
    expect(PacketType).toStrictEqual({
      CONNECT: 0,
      DISCONNECT: 1,
      EVENT: 2,
      ACK: 3,
      CONNECT_ERROR: 4,
      BINARY_EVENT: 5,
      BINARY_ACK: 6,
    });
  });

  // EIO §58–61, without the engine's digit
  it.each<[SocketPacket, string]>([
    [{ type: 0, nsp: "/" }, "0"],
    [{ type: 0, nsp: "/", data: { token: "t0k" } }, '0{"token":"t0k"}'],
    [{ type: 0, nsp: "/", data: { sid: "Vb9yJm4QeKc1HtRsAAAC" } }, '0{"sid":"Vb9yJm4QeKc1HtRsAAAC"}'],
    [{ type: 0, nsp: "/orders", data: { token: "t0k" } }, '0/orders,{"token":"t0k"}'],
    [{ type: 0, nsp: "/nope" }, "0/nope,"],
    [
      { type: 4, nsp: "/nope", data: { message: "Invalid namespace" } },
      '4/nope,{"message":"Invalid namespace"}',
    ],
    [
      { type: 4, nsp: "/vault", data: { message: "token expired", data: { retry: false } } },
      '4/vault,{"message":"token expired","data":{"retry":false}}',
    ],
    [{ type: 4, nsp: "/vault", data: "token expired" }, '4/vault,"token expired"'],
    [{ type: 2, nsp: "/", data: ["quote", { sym: "ABC", px: 1.5 }] }, '2["quote",{"sym":"ABC","px":1.5}]'],
    [{ type: 2, nsp: "/", data: ["quote", "DEF"], id: 0 }, '20["quote","DEF"]'],
    [{ type: 2, nsp: "/orders", data: ["place", { qty: 3 }], id: 0 }, '2/orders,0["place",{"qty":3}]'],
    [{ type: 3, nsp: "/orders", data: ["accepted", 17], id: 0 }, '3/orders,0["accepted",17]'],
    [{ type: 3, nsp: "/", data: [1.5], id: 0 }, "30[1.5]"],
    [{ type: 3, nsp: "/", data: [], id: 1 }, "31[]"],
    [{ type: 2, nsp: "/", data: ["tick", 1, "Q84Qgz4"] }, '2["tick",1,"Q84Qgz4"]'],
    [{ type: 1, nsp: "/" }, "1"],
    [{ type: 1, nsp: "/orders" }, "1/orders,"],
  ])("writes %j as %s", (packet, text) => {
    expect(encodeSocketPacket(packet)).toBe(text);
  });

  it("writes an event with two attachments and an ack id", () => {
    expect(encodeEvent("/", ["upload", "a.bin", AB, { thumb: C }], 4)).toStrictEqual({
      text: '52-4["upload","a.bin",{"_placeholder":true,"num":0},{"thumb":{"_placeholder":true,"num":1}}]',
      attachments: [AB, C],
    });
  });

  it("writes a binary ack", () => {
    expect(encodeAck("/", 4, [Uint8Array.of(10)])).toStrictEqual({
      text: '61-4[{"_placeholder":true,"num":0}]',
      attachments: [Uint8Array.of(10)],
    });
  });

  it("writes a binary event of another namespace, with an id", () => {
    expect(
      encodeSocketPacket({ type: 2, nsp: "/orders", data: ["doc", Uint8Array.of(5)], id: 0 }),
    ).toStrictEqual({
      text: '51-/orders,0["doc",{"_placeholder":true,"num":0}]',
      attachments: [Uint8Array.of(5)],
    });
  });

  it("offers the same text by its short forms", () => {
    expect(encodeEvent("/", ["a", 1])).toBe('2["a",1]');
    expect(encodeEvent("/", ["a", 1], 0)).toBe('20["a",1]');
    expect(encodeEvent("/n", ["a"], 12)).toBe('2/n,12["a"]');
    expect(encodeAck("/", 7, [])).toBe("37[]");
    expect(encodeAck("/n", 7, [null])).toBe("3/n,7[null]");
  });

  it("leaves absent data out, and writes undefined arguments as null", () => {
    expect(encodeSocketPacket({ type: 0, nsp: "/", data: undefined })).toBe("0");
    expect(encodeSocketPacket({ type: 0, nsp: "/", data: null })).toBe("0");
    expect(encodeEvent("/", ["a", undefined, () => 1])).toBe('2["a",null,null]');
  });

  it("does not take binary out of packets other than events and acks", () => {
    expect(encodeSocketPacket({ type: 0, nsp: "/", data: { a: Uint8Array.of(1) } })).toBe('0{"a":{"0":1}}');
  });

  it("applies a replacer to the data", () => {
    const replacer = (_key: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);
    expect(encodeSocketPacket({ type: 2, nsp: "/", data: ["a", 5n] }, replacer)).toBe('2["a","5n"]');
    expect(encodeSocketPacket({ type: 2, nsp: "/", data: ["a", 5n, AB] }, replacer)).toStrictEqual({
      text: '51-["a","5n",{"_placeholder":true,"num":0}]',
      attachments: [AB],
    });
  });

  it("throws for what has no JSON, before anything is sent", () => {
    const circular: unknown[] = ["a"];
    circular.push(circular);
    expect(() => encodeEvent("/", circular)).toThrow(RangeError);
    expect(() => encodeEvent("/", ["a", 5n])).toThrow(TypeError);
  });
});
