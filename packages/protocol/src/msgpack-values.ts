// What a program gives and finds, against what the MessagePack codec takes and gives (SIO §38, adapters.md §17).

import { isBlob, MAX_NESTING } from "./attachments.ts";
import { UNDEFINED } from "./msgpack-extensions.ts";

interface Members {
  readonly [Symbol.toStringTag]?: unknown;
  readonly toJSON?: unknown;
  [key: string]: unknown;
}

/**
 * A packet as the codec is to write it: `undefined` marked, `toJSON` applied, functions left out of objects, binary
 * as bytes. What needs none of that is returned as it is; nothing is changed in place.
 *
 * A member called `__proto__` is left out: existing peers would make it the prototype of the object.
 *
 * @throws TypeError for what MessagePack cannot express: a bigint, a symbol, a Blob, a function in a list.
 * @throws RangeError if the packet's data nests deeper than `MAX_NESTING`, which circular data does as well.
 */
export function toMsgpack(packet: object): unknown {
  // Its data is level 1.
  return convert(packet, 0);
}

function convert(value: unknown, level: number): unknown {
  switch (typeof value) {
    case "undefined":
      return UNDEFINED;
    case "bigint":
    case "symbol":
    case "function":
      throw new TypeError(`a ${typeof value} cannot be sent in MessagePack`);
    case "object":
      return value === null ? null : convertObject(value, level);
    default:
      return value;
  }
}

function convertObject(value: object, level: number): unknown {
  if (value instanceof Date || ArrayBuffer.isView(value)) return value;
  if (level > MAX_NESTING)
    throw new RangeError(`data is circular or nested deeper than ${MAX_NESTING} levels`);
  if (Array.isArray(value)) return convertItems(value, level);
  const members: Members = Object(value);
  // Plain objects have no tag, and this is the cheapest way to see it.
  if (typeof members[Symbol.toStringTag] === "string") {
    if (isArrayBuffer(value)) return new Uint8Array(value);
    if (isBlob(value))
      throw new TypeError("a Blob cannot be sent in MessagePack: read its arrayBuffer() first");
  }
  if (typeof members.toJSON === "function") return convert(members.toJSON(), level + 1);
  return convertMembers(members, level);
}

function convertItems(items: readonly unknown[], level: number): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < items.length; index++) {
    const item = items[index];
    const converted = convert(item, level + 1);
    if (converted === item) continue;
    copy ??= [...items];
    copy[index] = converted;
  }
  return copy ?? items;
}

function convertMembers(members: Members, level: number): Members {
  let copy: Members | undefined;
  for (const key of Object.keys(members)) {
    const member = members[key];
    const isLeftOut = typeof member === "function" || key === "__proto__";
    const converted = isLeftOut ? undefined : convert(member, level + 1);
    if (!isLeftOut && converted === member) continue;
    copy ??= { ...members };
    if (isLeftOut) delete copy[key];
    else copy[key] = converted;
  }
  return copy ?? members;
}

/** Replaces, in place, the bytes within decoded data by ArrayBuffers of their own, which is what browsers deliver. */
export function bytesToArrayBuffers(data: unknown): unknown {
  if (data instanceof Uint8Array) return new Uint8Array(data).buffer;
  if (typeof data !== "object" || data === null || isArrayBuffer(data)) return data;
  const members: Members = Object(data);
  for (const key of Object.keys(members)) {
    const member = members[key];
    if (typeof member === "object") members[key] = bytesToArrayBuffers(member);
  }
  return data;
}

// By tag: a value of another realm (an iframe, a vm context) is no instance of this realm's class.
function isArrayBuffer(value: object): value is ArrayBuffer {
  return value instanceof ArrayBuffer || Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}
