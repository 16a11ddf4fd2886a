// The standard encoding of socket packets (SIO §27, §28), as a client needs it.
//
// It says the same as `encodeSocketPacket` and `SocketDecoder` of the protocol package, which standard-codec.test.ts
// holds it to, in a third of their size: what it leaves to `JSON` a server, which reads from strangers, must not.

import { RESERVED_EVENTS } from "@tautline/protocol/reserved-events";
import type { SocketPacket, SocketPacketType } from "@tautline/protocol/socket-packet";
import { isBinary } from "./binary.ts";
import type { Parser } from "./codec.ts";
import { parseJson } from "./json.ts";

const CONNECT = 0;
const EVENT = 2;
const ACK = 3;
const CONNECT_ERROR = 4;
// What binary adds to the type of an event or an ack.
const BINARY = 3;
const TYPES: readonly SocketPacketType[] = [CONNECT, 1, EVENT, ACK, CONNECT_ERROR];
const MAX_ATTACHMENTS = 10;

/** The standard parser, of the form that programs' own parsers have (client.md 4.6). */
export const standardParser: Parser = {
  Encoder: class {
    /** Its text, then its attachments. Throws what `JSON.stringify` throws. */
    encode({ type, nsp, id, data }: SocketPacket): unknown[] {
      const attachments: unknown[] = [];
      const mayHoldBinary = (type === EVENT || type === ACK) && holdsBinary(data);
      const json = data && JSON.stringify(data, mayHoldBinary ? createReplacer(attachments) : undefined);
      const { length } = attachments;
      const head = length > 0 ? `${type + BINARY}${length}-` : type;
      return [`${head}${nsp === "/" ? "" : `${nsp},`}${id ?? ""}${json ?? ""}`, ...attachments];
    }
  },
  Decoder: class {
    #onPacket: ((packet: SocketPacket) => void) | undefined;
    #partial: { readonly packet: SocketPacket; readonly attachments: unknown[]; missing: number } | undefined;

    on(_event: "decoded", listener: (packet: SocketPacket) => void): void {
      this.#onPacket = listener;
    }

    add(chunk: unknown): void {
      const partial = this.#partial;
      const isText = typeof chunk === "string";
      if (!isText && !isBinary(chunk)) throw new Error(`Unknown type: ${typeof chunk}`);
      if (isText && partial) throw new Error("got plaintext data when reconstructing a packet");
      if (isText) {
        const [packet, missing] = decodeText(chunk);
        if (missing > 0) this.#partial = { packet, attachments: [], missing };
        else this.#onPacket?.(packet);
        return;
      }
      if (!partial) throw new Error("got binary data when not reconstructing a packet");
      const { packet, attachments } = partial;
      attachments.push(chunk);
      if (--partial.missing > 0) return;
      this.#partial = undefined;
      this.#onPacket?.({ ...packet, data: fill(packet.data, attachments) });
    }

    destroy(): void {
      this.#partial = undefined;
    }
  },
};

/** Whether binary may hide in data; objects that encode themselves are left to the replacer to look into. */
function holdsBinary(data: unknown): boolean {
  if (typeof data !== "object" || !data) return false;
  return isBinary(data) || "toJSON" in data || Object.values(data).some(holdsBinary);
}

/** Replaces binary by placeholders, in the order in which JSON is written (SIO §28.1). */
function createReplacer(attachments: unknown[]): (this: unknown, key: string, value: unknown) => unknown {
  return function (key, value) {
    // Before and after `toJSON`, which Node's Buffer has too.
    const found = [Object(this)[key], value].find(isBinary);
    return found ? { _placeholder: true, num: attachments.push(found) - 1 } : value;
  };
}

/** The packet of a text, and how many attachments follow. */
function decodeText(text: string): [packet: SocketPacket, missing: number] {
  // type or binary type with the number of attachments, namespace, id
  const match = /^(?:([0-4])|([56])(\d+)-)(?:(\/[^,]*),?)?(\d*)/.exec(text);
  const [head = "", plainType, binaryType, count, nsp = "/", id] = match ?? [];
  const missing = Number(count ?? 0);
  if (!match && !/^[56]/.test(text)) throw new Error(`unknown packet type ${Number(text[0])}`);
  // CVE-2026-69185: none at all would be waited for in vain
  if (!match || (binaryType && missing < 1)) throw new Error("Illegal attachments");
  if (missing > MAX_ATTACHMENTS) throw new Error("too many attachments");
  if (Number(id) > Number.MAX_SAFE_INTEGER) throw new Error("invalid payload");
  const type = TYPES[Number(plainType ?? Number(binaryType) - BINARY)] ?? CONNECT;
  const data = head.length < text.length ? parse(type, text.slice(head.length)) : undefined;
  return [{ type, nsp, data, id: id ? Number(id) : undefined }, missing];
}

function parse(type: SocketPacketType, json: string): unknown {
  const data = parseJson(json);
  if (!isValid(type, data)) throw new Error("invalid payload");
  return data;
}

/** Which data each type may hold (SIO §27.1). */
function isValid(type: SocketPacketType, data: unknown): boolean {
  const isList = Array.isArray(data);
  const isObject = typeof data === "object" && data !== null && !isList;
  if (type === EVENT) {
    const name: unknown = isList && data[0];
    return typeof name === "number" || (typeof name === "string" && !RESERVED_EVENTS.has(name));
  }
  if (type === ACK) return isList;
  return type === CONNECT ? isObject : type === CONNECT_ERROR && (isObject || typeof data === "string");
}

/** Puts attachments in the place of their placeholders; the data comes from `JSON.parse`. */
function fill(data: unknown, attachments: readonly unknown[]): unknown {
  if (typeof data !== "object" || !data) return data;
  const members: Record<string, unknown> = Object(data);
  if (members._placeholder === true) {
    const { num } = members;
    // CVE-2022-2421: the number is the peer's
    if (typeof num !== "number" || !(num in attachments)) throw new Error("illegal attachments");
    return attachments[num];
  }
  for (const key of Object.keys(members)) members[key] = fill(members[key], attachments);
  return data;
}
