import { deepStrictEqual, ok } from "node:assert/strict";
import { decodeMsgpackPacket, MsgpackWriter } from "@tautline/protocol/msgpack-packet";
import type { SocketPacket } from "@tautline/protocol/socket-packet";

export const name = "msgpack-packet";

const writer = new MsgpackWriter();

const values: readonly unknown[] = [
  { sym: "ABC", px: 1.5, list: [1, -1, 300, -300, 70_000, -70_000, 2 ** 33, -(2 ** 33)] },
  [undefined, null, true, false, new Date(1_700_000_000_000), new Date(-1)],
  [Uint8Array.of(1, 2, 3), new Uint8Array(300), new Uint8Array(70_000)],
  ["é☕😀", "x".repeat(40), "\ufeff".repeat(120), "y".repeat(70_000)],
  Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key${index}`, index])),
];

export const seeds = [
  ...values.map((value) => writer.write({ type: 2, nsp: "/", data: ["e", value], id: 1 })),
  writer.write({ type: 0, nsp: "/orders", data: { token: "t0k" } }),
  writer.write({ type: 1, nsp: "/orders" }),
  writer.write({ type: 3, nsp: "/", id: 0, data: [] }),
  writer.write({ type: 4, nsp: "/", data: { message: "no" } }),
  bytesOf("83a47479706502a36e7370a12fa46461746193a165c70200cafed7000000000000000001"),
  bytesOf("83a47479706502a36e7370a12fa46461746194a165d6ff00000001d50500ffc801000000"),
];

export const tokens = [
  ...["d40000", "d7000000000000000001", "c7010000", "c708000000000000000000", "d7ff0000000000000001"],
  ...["c70cff000000000000000000000000", "d4ff00", "c90000000405ffffffff", "c6ffffffff", "dd7fffffff"],
  ...["dfffffffff", "dc0400", "db00000100", "d920efbbbf", "da0100efbbbf", "a95f5f70726f746f5f5f", "c1"],
  "91".repeat(600),
  "81a161".repeat(600),
].map(bytesOf);

const ERRORS = /^invalid (payload|packet type|namespace|packet id)$/;

export function run(bytes: Uint8Array): void {
  const before = Uint8Array.from(bytes);
  const result = decodeMsgpackPacket(bytes);
  deepStrictEqual(Uint8Array.from(bytes), before, "the message was changed");
  deepStrictEqual(Object.keys(Object.prototype), []);
  if (result.type === "error") ok(ERRORS.test(result.message), result.message);
  else checkPacket(result, before);
}

/** What a message says, it says again when it is written anew, from whatever class of bytes it is read. */
function checkPacket(packet: SocketPacket, bytes: Uint8Array): void {
  const message = writer.write(packet);
  deepStrictEqual(show(decodeMsgpackPacket(message)), show(packet));
  deepStrictEqual(show(decodeMsgpackPacket(bytes.slice().buffer)), show(packet));
}

/** A packet as text in which binary of every class looks alike, and numbers and dates are exact. */
function show(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, member: unknown) {
    const raw = this[key];
    if (raw instanceof Uint8Array || raw instanceof ArrayBuffer) return `bytes ${new Uint8Array(raw)}`;
    if (raw instanceof Date) return `date ${raw.getTime() || 0}`;
    // Members whose value is undefined would not show.
    if (raw === undefined) return "undefined";
    return typeof raw === "number" ? `number ${raw}` : member;
  });
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}
