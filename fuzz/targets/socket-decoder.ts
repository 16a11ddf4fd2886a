import { deepStrictEqual, ok } from "node:assert/strict";
import { SocketDecoder } from "@tautline/protocol/socket-decoder";
import { encodeSocketPacket, type SocketPacket } from "@tautline/protocol/socket-packet";

// An input is a sequence of chunks between bytes 1e; a chunk that begins with 00 is binary.
const SEPARATOR = 0x1e;

export const name = "socket-decoder";

export const seeds = [
  "0",
  '0/orders,{"token":"t0k"}',
  "1/orders,",
  '2["quote",{"sym":"ABC","px":1.5}]',
  '2/orders,0["place",{"qty":3}]\x1e3/orders,0["accepted",17]\x1e31[]',
  '4/vault,{"message":"token expired","data":{"retry":false}}',
  '52-4["upload","a.bin",{"_placeholder":true,"num":0},{"thumb":{"_placeholder":true,"num":1}}]\x1e\0\xca\xfe\x1e\0\x01',
  '61-4[{"_placeholder":true,"num":0}]\x1e\0a',
  '51-/orders,0["doc",{"_placeholder":true,"num":0}]\x1e\0',
  '2["a",{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}]',
  `2["deep",${"[".repeat(500)}${"]".repeat(500)}]`,
];

export const tokens = [
  '{"_placeholder":true,"num":0}',
  '{"_placeholder":true,"num":',
  '"__proto__":',
  '{"toJSON":1}',
  "[".repeat(600),
  '{"a":'.repeat(600),
  "9007199254740991",
  "9007199254740992",
  "510-",
  "511-",
  '["disconnect"]',
  "\x1e\0\x01",
  "1e400",
  '"\\ud800"',
];

const ERRORS = [
  /^unknown packet type (\d|NaN)$/,
  /^(Illegal attachments|too many attachments|illegal attachments|invalid payload)$/,
  /^got (plaintext data when|binary data when not) reconstructing a packet$/,
];

export function run(bytes: Uint8Array): void {
  const decoder = new SocketDecoder();
  for (const chunk of toChunks(bytes)) {
    const result = decoder.push(chunk);
    if (result.type === "pending") continue;
    if (result.type === "error") checkError(result.message);
    else checkPacket(result);
  }
  decoder.reset();
  deepStrictEqual(decoder.push('2["a"]'), { type: 2, nsp: "/", data: ["a"], id: undefined });
  deepStrictEqual(Object.keys(Object.prototype), []);
}

function checkError(message: string): void {
  ok(
    ERRORS.some((pattern) => pattern.test(message)),
    message,
  );
}

function checkPacket(packet: SocketPacket): void {
  // A number that JSON cannot express comes back as null, which no event may be called.
  if (Array.isArray(packet.data) && packet.data[0] === Number.POSITIVE_INFINITY) return;
  if (Array.isArray(packet.data) && packet.data[0] === Number.NEGATIVE_INFINITY) return;
  const encoded = encodeSocketPacket(packet);
  const chunks = typeof encoded === "string" ? [encoded] : [encoded.text, ...encoded.attachments];
  const decoder = new SocketDecoder();
  const result = chunks.map((chunk) => decoder.push(chunk)).at(-1);
  deepStrictEqual(show(result), show(packet));
}

/** A packet as JSON, so that numbers beyond JSON's and members called `__proto__` compare as they are sent. */
function show(value: unknown): string {
  return JSON.stringify(value, (_key, member) => (member instanceof Uint8Array ? `bytes ${member}` : member));
}

function toChunks(bytes: Uint8Array): (string | Uint8Array)[] {
  const chunks: (string | Uint8Array)[] = [];
  let start = 0;
  while (start <= bytes.length) {
    const separator = bytes.indexOf(SEPARATOR, start);
    const part = bytes.subarray(start, separator < 0 ? bytes.length : separator);
    chunks.push(part[0] === 0 ? part.subarray(1) : new TextDecoder().decode(part));
    start += part.length + 1;
  }
  return chunks;
}
