import { encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { MAX_NESTING } from "./attachments.ts";
import { decodeMsgpackPacket, MsgpackWriter } from "./msgpack-packet.ts";
import { PacketType, type SocketPacket } from "./socket-packet.ts";

const writer = new MsgpackWriter();

/** The message of an event with one argument, as hexadecimal digits of the argument alone. */
function writeValue(value: unknown): string {
  const head = hexOf(event("e")).length;
  return hexOf(event("e", value)).slice(head);
}

function event(...data: unknown[]): SocketPacket {
  return { type: PacketType.EVENT, nsp: "/", data };
}

function hexOf(packet: SocketPacket): string {
  return Buffer.from(writer.write(packet)).toString("hex");
}

/** What a message says whose argument is given in hexadecimal digits. */
function readValue(hex: string): unknown {
  const packet = read(`83a47479706502a36e7370a12fa46461746192a165${hex}`);
  return "data" in packet && Array.isArray(packet.data) ? packet.data[1] : packet;
}

function read(hex: string): ReturnType<typeof decodeMsgpackPacket> {
  return decodeMsgpackPacket(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

function nested(levels: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

const invalidPayload = { type: "error", message: "invalid payload" };

describe("SIO §38: the worked examples", () => {
  it.each([
    [
      "CONNECT without auth",
      { type: 0, data: undefined, nsp: "/" },
      "83a47479706500a464617461d40000a36e7370a12f",
    ],
    [
      "CONNECT accepted",
      { type: 0, nsp: "/", data: { sid: "abc" } },
      "83a47479706500a36e7370a12fa46461746181a3736964a3616263",
    ],
    [
      "EVENT",
      { type: 2, data: ["quote", 7], nsp: "/" },
      "83a47479706502a46461746192a571756f746507a36e7370a12f",
    ],
    [
      "ACK with binary",
      { id: 0, type: 3, data: [Buffer.of(1)], nsp: "/" },
      "84a2696400a47479706503a46461746191c40101a36e7370a12f",
    ],
    [
      "EVENT with binary",
      { type: 2, nsp: "/", data: ["hello", 1, Buffer.from([1, 2])] },
      "83a47479706502a36e7370a12fa46461746193a568656c6c6f01c4020102",
    ],
  ] as const)("%s", (_name, packet, hex) => {
    expect(hexOf(packet)).toBe(hex);
    expect(read(hex)).toEqual({ id: undefined, ...packet });
  });
});

describe("a written value", () => {
  it.each([
    ["undefined", undefined, "d40000"],
    ["undefined in an object", { a: undefined }, "81a161d40000"],
    ["a hole in a list", new Array(1), "91d40000"],
    ["a date", new Date(1), "d70000000000000000" + "01"],
    ["a date before 1970", new Date(-1), "d700ffffffffffffffff"],
    ["an invalid date", new Date(Number.NaN), "d7000000000000000000"],
    ["an ArrayBuffer, as bin", Uint8Array.of(1, 2).buffer, "c4020102"],
    ["a view, by its own bytes", Uint8Array.of(1, 2, 3).subarray(1, 2), "c40102"],
    ["a view on wider numbers", Uint16Array.of(1, 2).subarray(1), "c4020200"],
    ["a DataView", new DataView(new ArrayBuffer(3), 1), "c4020000"],
    ["a member that is a function, left out", { a: 1, b() {} }, "81a16101"],
    ["a member called __proto__, left out", JSON.parse('{"__proto__":1,"a":1}'), "81a16101"],
    ["a toJSON, applied", { toJSON: () => ({ toJSON: () => new Date(1) }) }, "d7000000000000000001"],
    ["negative zero", -0, "00"],
    ["not a number", Number.NaN, "cb7ff8000000000000"],
    ["above 32 bits", 2 ** 33, "cf0000000200000000"],
    ["above 53 bits, as float", 2 ** 54, "cb4350000000000000"],
  ])("has the form of %s", (_name, value, hex) => {
    expect(writeValue(value)).toBe(hex);
  });

  it("leaves what was given as it was", () => {
    const value = { list: [undefined, new ArrayBuffer(1)], fn() {}, date: new Date(1) };
    const before = { ...value, list: [...value.list] };
    writer.write(event("e", value));
    expect(value).toEqual(before);
  });

  it.each([
    ["bigint", 1n],
    ["symbol", Symbol("x")],
    ["function", () => {}],
  ])("cannot be a %s", (type, value) => {
    expect(() => writer.write(event("e", value))).toThrow(`a ${type} cannot be sent in MessagePack`);
    expect(hexOf(event("e", 1))).toBe("83a47479706502a36e7370a12fa46461746192a16501");
  });

  it("cannot be a Blob, whose bytes are not at hand", () => {
    expect(() => writer.write(event(new Blob(["x"])))).toThrow("a Blob cannot be sent in MessagePack");
  });

  it("may nest as deep as JSON, the packet's list being level 1, and no deeper", () => {
    const deepest: SocketPacket = { type: 2, nsp: "/", data: ["e", nested(MAX_NESTING - 1)] };
    expect(decodeMsgpackPacket(writer.write(deepest))).toMatchObject(deepest);
    expect(() => writer.write(event("e", nested(MAX_NESTING)))).toThrow("nested deeper than 512 levels");
  });

  it("cannot be circular", () => {
    const circular: unknown[] = [];
    circular.push(circular);
    expect(() => writer.write(event(circular))).toThrow("circular");
    const endless = { toJSON: () => ({ ...endless }) };
    expect(() => writer.write(event(endless))).toThrow("circular");
  });
});

describe("a read value", () => {
  it.each([
    ["undefined", "d40000", undefined],
    ["undefined, whatever its byte", "d40007", undefined],
    ["a date", "d7000000000000000001", new Date(1)],
    ["a standard timestamp", "d6ff00000001", new Date(1000)],
    ["an ArrayBuffer", "c70200cafe", Uint8Array.of(0xca, 0xfe).buffer],
    ["an ArrayBuffer of 1 byte, unlike undefined", "c7010000", Uint8Array.of(0).buffer],
    [
      "an ArrayBuffer of 8 bytes, unlike a date",
      "c708000000000000000001",
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1).buffer,
    ],
    [
      "an ArrayBuffer of 8 bytes with a long header",
      "c80008000000000000000001",
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1).buffer,
    ],
    ["an ArrayBuffer of 2 bytes with a fixed header", "d5000102", Uint8Array.of(1, 2).buffer],
    ["an unknown extension", "d40501", [5, Buffer.of(1)]],
    ["a float of 32 bits", "ca3f000000", 0.5],
  ])("may be %s", (_name, hex, value) => {
    expect(readValue(hex)).toStrictEqual(value);
  });

  it.each([3, 31, 32, 199, 200, 255, 256, 257, 65_535, 65_536, 65_537])(
    "keeps the byte order marks of a text of %i bytes, and of a key",
    (bytes) => {
      const text = `\ufeff${"x".repeat(bytes - 3)}`;
      const sent = event("e", text, [`\ufeff${text}`], { [text]: Buffer.of(1) });
      const message = Buffer.from(writer.write(sent));
      const before = Buffer.from(message);
      expect(decodeMsgpackPacket(message)).toMatchObject({ data: sent.data });
      expect(message).toEqual(before);
    },
  );

  it("has binary of the class of the message", () => {
    const message = writer.write(event("e", { a: [Uint8Array.of(1)] }, Uint8Array.of(2)));
    const ofBuffer = decodeMsgpackPacket(Buffer.from(message));
    expect(ofBuffer).toMatchObject({ data: ["e", { a: [Buffer.of(1)] }, Buffer.of(2)] });
    const ofBytes = decodeMsgpackPacket(message);
    expect(ofBytes).toMatchObject({ data: ["e", { a: [Uint8Array.of(1)] }, Uint8Array.of(2)] });
    const ofArrayBuffer = decodeMsgpackPacket(Uint8Array.from(message).buffer);
    expect(ofArrayBuffer).toMatchObject({
      data: ["e", { a: [Uint8Array.of(1).buffer] }, Uint8Array.of(2).buffer],
    });
    const ofView = decodeMsgpackPacket(new DataView(Uint8Array.from(message).buffer));
    expect(ofView).toEqual(ofBytes);
  });
});

describe("a read packet", () => {
  it("has its members in any order, nil for what is not there, and none that are unknown", () => {
    const message = encode({ options: { compress: true }, data: ["e"], id: null, nsp: "/a", type: 2 });
    expect(decodeMsgpackPacket(message)).toStrictEqual({ type: 2, nsp: "/a", data: ["e"], id: undefined });
    expect(decodeMsgpackPacket(encode({ type: 0, nsp: "/", data: null }))).toMatchObject({ data: undefined });
    expect(decodeMsgpackPacket(encode({ type: 1, nsp: "/" }))).toMatchObject({ type: 1 });
  });

  it.each([
    ["invalid packet type", { nsp: "/", data: ["e"] }],
    ["invalid packet type", { type: 5, nsp: "/", data: ["e"] }],
    ["invalid packet type", { type: "2", nsp: "/", data: ["e"] }],
    ["invalid packet type", null],
    ["invalid packet type", [2, "/", ["e"]]],
    ["invalid namespace", { type: 2, data: ["e"] }],
    ["invalid namespace", { type: 2, nsp: 1, data: ["e"] }],
    ["invalid payload", { type: 0, nsp: "/", data: [] }],
    ["invalid payload", { type: 0, nsp: "/", data: "auth" }],
    ["invalid payload", { type: 1, nsp: "/", data: {} }],
    ["invalid payload", { type: 2, nsp: "/" }],
    ["invalid payload", { type: 2, nsp: "/", data: {} }],
    ["invalid payload", { type: 2, nsp: "/", data: [] }],
    ["invalid payload", { type: 2, nsp: "/", data: [{ toString: "x" }] }],
    ["invalid payload", { type: 2, nsp: "/", data: ["disconnect"] }],
    ["invalid payload", { type: 3, nsp: "/", data: "x", id: 1 }],
    ["invalid payload", { type: 4, nsp: "/", data: [] }],
    ["invalid packet id", { type: 2, nsp: "/", data: ["e"], id: "1" }],
    ["invalid packet id", { type: 2, nsp: "/", data: ["e"], id: 1.5 }],
    ["invalid packet id", { type: 3, nsp: "/", data: [], id: 2 ** 60 }],
  ])("is refused with %s: %j", (message, packet) => {
    expect(decodeMsgpackPacket(encode(packet))).toEqual({ type: "error", message });
  });

  it("says what is wrong with a message of another encoding", () => {
    expect(decodeMsgpackPacket('2["e"]')).toEqual({
      type: "error",
      message: "got plaintext data instead of MessagePack",
    });
    expect(decodeMsgpackPacket(undefined)).toEqual({
      type: "error",
      message: "Unknown type: [object Undefined]",
    });
    expect(decodeMsgpackPacket(new Blob(["x"]))).toMatchObject({ message: "Unknown type: [object Blob]" });
  });
});

describe("SEC §1.4: hostile messages", () => {
  it.each([
    ["nothing", ""],
    ["no map", "00"],
    ["a length that lies", "83a47479706502a36e7370a12fa464617461dd00ffffff"],
    ["lists that lie one within the other", "dd000fffff".repeat(1000)],
    ["bytes behind the packet", "83a47479706502a36e7370a12fa46461746191a16500"],
    ["a key that is no text", "84a47479706502a36e7370a12fa46461746191a165c000"],
    ["a member called __proto__", "83a47479706502a36e7370a12fa46461746192a16581a95f5f70726f746f5f5f8101c3"],
    ["a timestamp of no known length", "83a47479706502a36e7370a12fa46461746192a165d4ff00"],
  ])("%s is an error", (_name, hex) => {
    const result = read(hex);
    expect(result.type === "error" ? result : result.data).toEqual(
      hex === "00" ? { type: "error", message: "invalid packet type" } : invalidPayload,
    );
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("nesting beyond the limit is an error, and costs neither stack nor memory", () => {
    const deep = (levels: number): string =>
      `83a47479706502a36e7370a12fa464617461 92a165 ${"91".repeat(levels)}c0`;
    expect(read(deep(MAX_NESTING - 1))).toMatchObject({ type: 2 });
    expect(read(deep(MAX_NESTING))).toEqual(invalidPayload);
    expect(read(deep(500_000))).toEqual(invalidPayload);
  });

  it("a beginning of a packet is an error at every length", () => {
    const whole = writer.write(event("e", { a: [1, "b", new Date(1), undefined] }, Uint8Array.of(1, 2)));
    for (let length = 0; length < whole.length; length++) {
      expect(decodeMsgpackPacket(whole.subarray(0, length))).toEqual(invalidPayload);
    }
  });
});
