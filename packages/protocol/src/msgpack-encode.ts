// MessagePack as Socket.IO's peers write it (SIO §38). Only what uses the MessagePack parser loads this.

import { MAX_NESTING, toAttachment } from "./attachments.ts";
import { utf8Length } from "./utf8-length.ts";

/**
 * How values that plain MessagePack lacks are written.
 *
 * `legacy`: `undefined` as `d4 00 00`, also as a member, and dates as `d7 00` and milliseconds; clients and servers
 * understand nothing else (SIO §38). `standard`: `undefined` as nil in arrays and left out of objects, dates as the
 * timestamp extension; nodes of a cluster write this.
 */
export type MessagePackForm = "legacy" | "standard";

const INITIAL_BYTES = 256;
const MAX_ASCII_LOOP = 40;

// Extension types
const EXT_LEGACY = 0;
const EXT_TIMESTAMP = 0xff;

/**
 * Encodes a value, integers in their shortest form, every kind of binary as `bin` of its exact bytes.
 *
 * Members that hold functions are left out; the result of an object's `toJSON` is written in its place.
 *
 * @throws TypeError for bigints; RangeError for data that is circular or nested deeper than 512 levels.
 * @example encodeMessagePack({ a: 1 }, "legacy"); // 81 a1 61 01
 */
export function encodeMessagePack(value: unknown, form: MessagePackForm): Uint8Array {
  const writer = new MessagePackWriter(form);
  writer.write(value, 1);
  return writer.finish();
}

class MessagePackWriter {
  readonly #form: MessagePackForm;
  readonly #utf8: TextEncoder = new TextEncoder();
  #bytes: Uint8Array = new Uint8Array(INITIAL_BYTES);
  #view: DataView = new DataView(this.#bytes.buffer);
  #length = 0;

  constructor(form: MessagePackForm) {
    this.#form = form;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  write(value: unknown, level: number): void {
    switch (typeof value) {
      case "string":
        return this.#writeString(value);
      case "number":
        return this.#writeNumber(value);
      case "boolean":
        return this.#writeByte(value ? 0xc3 : 0xc2);
      case "object":
        return value === null ? this.#writeByte(0xc0) : this.#writeObject(value, level);
      case "bigint":
        throw new TypeError(`could not encode the bigint ${value}`);
      default:
        return this.#writeUndefined();
    }
  }

  #writeObject(value: object, level: number): void {
    const json = "toJSON" in value && typeof value.toJSON === "function" ? value.toJSON : undefined;
    const bytes = toAttachment(value);
    if (bytes instanceof Uint8Array) return this.#writeBinary(bytes);
    if (Array.isArray(value)) return this.#writeArray(value, level);
    if (value instanceof Date) return this.#writeDate(value.getTime());
    if (json === undefined) return this.#writeMap(value, level);
    this.#writeJson(json.call(value), level);
  }

  // toJSON is called once: an object that returns itself would be asked for ever.
  #writeJson(value: unknown, level: number): void {
    if (typeof value !== "object" || value === null) return this.write(value, level);
    const bytes = toAttachment(value);
    if (bytes instanceof Uint8Array) return this.#writeBinary(bytes);
    if (Array.isArray(value)) return this.#writeArray(value, level);
    this.#writeMap(value, level);
  }

  #writeArray(items: readonly unknown[], level: number): void {
    assertLevel(level);
    this.#writeHead(items.length, 0x90, 16, 0xdc);
    for (const item of items) this.write(item, level + 1);
  }

  #writeMap(value: object, level: number): void {
    assertLevel(level);
    const members = Object.entries(value).filter(([, member]) => this.#isWritten(member));
    this.#writeHead(members.length, 0x80, 16, 0xde);
    for (const [key, member] of members) {
      this.#writeString(key);
      this.write(member, level + 1);
    }
  }

  #isWritten(member: unknown): boolean {
    return typeof member !== "function" && (member !== undefined || this.#form === "legacy");
  }

  /** The head of a container: in the tag itself below `shortLimit`, else after `tag16` or the tag behind it. */
  #writeHead(count: number, shortTag: number, shortLimit: number, tag16: number): void {
    if (count < shortLimit) return this.#writeByte(shortTag | count);
    if (count < 0x10000) return this.#writeUint16(tag16, count);
    this.#writeUint32(tag16 + 1, count);
  }

  #writeBinary(bytes: Uint8Array): void {
    const { byteLength } = bytes;
    if (byteLength < 0x100) this.#writeUint8(0xc4, byteLength);
    else if (byteLength < 0x10000) this.#writeUint16(0xc5, byteLength);
    else this.#writeUint32(0xc6, byteLength);
    this.#reserve(byteLength);
    this.#bytes.set(bytes, this.#length);
    this.#length += byteLength;
  }

  #writeString(text: string): void {
    const byteLength = utf8Length(text);
    if (byteLength < 32) this.#writeByte(0xa0 | byteLength);
    else if (byteLength < 0x100) this.#writeUint8(0xd9, byteLength);
    else if (byteLength < 0x10000) this.#writeUint16(0xda, byteLength);
    else this.#writeUint32(0xdb, byteLength);
    this.#reserve(byteLength);
    if (byteLength === text.length && byteLength <= MAX_ASCII_LOOP) {
      for (let index = 0; index < byteLength; index++)
        this.#bytes[this.#length + index] = text.charCodeAt(index);
    } else {
      this.#utf8.encodeInto(text, this.#bytes.subarray(this.#length));
    }
    this.#length += byteLength;
  }

  #writeNumber(value: number): void {
    if (!Number.isInteger(value)) return this.#writeFloat64(value);
    if (value >= 0) return this.#writeUnsigned(value);
    if (value >= -0x20) return this.#writeByte(value & 0xff);
    if (value >= -0x80) return this.#writeUint8(0xd0, value & 0xff);
    if (value >= -0x8000) return this.#writeUint16(0xd1, value & 0xffff);
    if (value >= -0x80000000) return this.#writeUint32(0xd2, value >>> 0);
    if (value >= -(2 ** 63)) return this.#writeUint64(0xd3, BigInt.asUintN(64, BigInt(value)));
    this.#writeFloat64(value);
  }

  #writeUnsigned(value: number): void {
    if (value < 0x80) return this.#writeByte(value);
    if (value < 0x100) return this.#writeUint8(0xcc, value);
    if (value < 0x10000) return this.#writeUint16(0xcd, value);
    if (value < 0x100000000) return this.#writeUint32(0xce, value);
    if (value < 2 ** 64) return this.#writeUint64(0xcf, BigInt(value));
    this.#writeFloat64(value);
  }

  #writeUndefined(): void {
    if (this.#form === "standard") return this.#writeByte(0xc0);
    this.#writeByte(0xd4);
    this.#writeUint8(EXT_LEGACY, 0);
  }

  #writeDate(ms: number): void {
    // An invalid date is null in JSON as well.
    if (Number.isNaN(ms)) return this.#writeByte(0xc0);
    if (this.#form === "legacy") {
      this.#writeByte(0xd7);
      return this.#writeUint64(EXT_LEGACY, BigInt.asUintN(64, BigInt(ms)));
    }
    this.#writeTimestamp(Math.floor(ms / 1000), (((ms % 1000) + 1000) % 1000) * 1e6);
  }

  /** The timestamp extension in the shortest of its three forms. */
  #writeTimestamp(seconds: number, nanoseconds: number): void {
    if (seconds >= 0 && seconds < 2 ** 34) {
      const isShort = nanoseconds === 0 && seconds < 2 ** 32;
      this.#writeByte(isShort ? 0xd6 : 0xd7);
      if (isShort) return this.#writeUint32(EXT_TIMESTAMP, seconds);
      return this.#writeUint64(EXT_TIMESTAMP, (BigInt(nanoseconds) << 34n) | BigInt(seconds));
    }
    this.#writeUint8(0xc7, 12);
    this.#writeUint32(EXT_TIMESTAMP, nanoseconds);
    this.#reserve(8);
    this.#view.setBigInt64(this.#length, BigInt(seconds));
    this.#length += 8;
  }

  #writeFloat64(value: number): void {
    this.#writeByte(0xcb);
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
  }

  #writeByte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #writeUint8(tag: number, value: number): void {
    this.#writeByte(tag);
    this.#writeByte(value);
  }

  #writeUint16(tag: number, value: number): void {
    this.#reserve(3);
    this.#view.setUint8(this.#length, tag);
    this.#view.setUint16(this.#length + 1, value);
    this.#length += 3;
  }

  #writeUint32(tag: number, value: number): void {
    this.#reserve(5);
    this.#view.setUint8(this.#length, tag);
    this.#view.setUint32(this.#length + 1, value);
    this.#length += 5;
  }

  #writeUint64(tag: number, value: bigint): void {
    this.#reserve(9);
    this.#view.setUint8(this.#length, tag);
    this.#view.setBigUint64(this.#length + 1, value);
    this.#length += 9;
  }

  #reserve(byteLength: number): void {
    const needed = this.#length + byteLength;
    if (needed <= this.#bytes.byteLength) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.byteLength));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function assertLevel(level: number): void {
  if (level > MAX_NESTING)
    throw new RangeError(`data is circular or nested deeper than ${MAX_NESTING} levels`);
}
