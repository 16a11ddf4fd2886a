// MessagePack as Socket.IO's peers write it (SIO §38). Only what uses the MessagePack parser loads this.

import { MAX_NESTING, toAttachment } from "./attachments.ts";
import { ByteWriter } from "./byte-writer.ts";
import { utf8Length } from "./utf8-length.ts";

/**
 * How values that plain MessagePack lacks are written.
 *
 * `legacy`: `undefined` as `d4 00 00`, also as a member, and dates as `d7 00` and milliseconds; clients and servers
 * understand nothing else (SIO §38). `standard`: `undefined` as nil in arrays and left out of objects, dates as the
 * timestamp extension; nodes of a cluster write this.
 */
export type MessagePackForm = "legacy" | "standard";

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
  const encoder = new MessagePackEncoder(form);
  encoder.write(value, 1);
  return encoder.out.toBytes();
}

class MessagePackEncoder {
  readonly out: ByteWriter = new ByteWriter();
  readonly #form: MessagePackForm;

  constructor(form: MessagePackForm) {
    this.#form = form;
  }

  write(value: unknown, level: number): void {
    if (typeof value === "string") writeString(this.out, value);
    else if (typeof value === "number") writeNumber(this.out, value);
    else if (typeof value === "boolean") this.out.uint8(value ? 0xc3 : 0xc2);
    else if (value === null) this.out.uint8(0xc0);
    else if (typeof value === "object") this.#writeObject(value, level);
    else if (typeof value === "bigint") throw new TypeError(`could not encode the bigint ${value}`);
    else this.#writeUndefined();
  }

  #writeObject(value: object, level: number): void {
    if (value instanceof Date) this.#writeDate(value.getTime());
    else if (Array.isArray(value) || toAttachment(value) !== undefined) this.#writeJson(value, level);
    else if ("toJSON" in value && typeof value.toJSON === "function") this.#writeJson(value.toJSON(), level);
    else this.#writeMap(value, level);
  }

  /** Writes what needs no further toJSON: an object that returns itself would be asked for ever. */
  #writeJson(value: unknown, level: number): void {
    const bytes = typeof value === "object" && value !== null ? toAttachment(value) : undefined;
    if (bytes instanceof Uint8Array) writeBinary(this.out, bytes);
    else if (Array.isArray(value)) this.#writeArray(value, level);
    else if (typeof value === "object" && value !== null) this.#writeMap(value, level);
    else this.write(value, level);
  }

  #writeArray(items: readonly unknown[], level: number): void {
    assertLevel(level);
    writeCount(this.out, items.length, 0x90, 0xdc);
    for (const item of items) this.write(item, level + 1);
  }

  #writeMap(value: object, level: number): void {
    assertLevel(level);
    const members = Object.entries(value).filter(([, member]) => this.#isWritten(member));
    writeCount(this.out, members.length, 0x80, 0xde);
    for (const [key, member] of members) {
      writeString(this.out, key);
      this.write(member, level + 1);
    }
  }

  #isWritten(member: unknown): boolean {
    return typeof member !== "function" && (member !== undefined || this.#form === "legacy");
  }

  #writeUndefined(): void {
    if (this.#form === "standard") {
      this.out.uint8(0xc0);
      return;
    }
    this.out.uint8(0xd4);
    this.out.uint16(EXT_LEGACY);
  }

  #writeDate(ms: number): void {
    if (Number.isNaN(ms)) {
      // As in JSON, an invalid date is null.
      this.out.uint8(0xc0);
    } else if (this.#form === "legacy") {
      this.out.uint8(0xd7);
      this.out.uint8(EXT_LEGACY);
      this.out.uint64(BigInt(ms));
    } else {
      const seconds = Math.floor(ms / 1000);
      writeTimestamp(this.out, seconds, (ms - seconds * 1000) * 1e6);
    }
  }
}

/** Writes the timestamp extension, in the shortest of its three forms. */
function writeTimestamp(out: ByteWriter, seconds: number, nanoseconds: number): void {
  if (seconds < 0 || seconds >= 2 ** 34) {
    out.uint16(0xc70c);
    out.uint8(EXT_TIMESTAMP);
    out.uint32(nanoseconds);
    out.uint64(BigInt(seconds));
  } else if (nanoseconds === 0 && seconds < 2 ** 32) {
    out.uint8(0xd6);
    out.uint8(EXT_TIMESTAMP);
    out.uint32(seconds);
  } else {
    out.uint8(0xd7);
    out.uint8(EXT_TIMESTAMP);
    out.uint64((BigInt(nanoseconds) << 34n) | BigInt(seconds));
  }
}

/** Writes the head of an array or map: its size in the tag below 16, else behind `tag16` or the tag after that. */
function writeCount(out: ByteWriter, count: number, shortTag: number, tag16: number): void {
  if (count < 16) {
    out.uint8(shortTag | count);
  } else if (count < 0x10000) {
    out.uint8(tag16);
    out.uint16(count);
  } else {
    out.uint8(tag16 + 1);
    out.uint32(count);
  }
}

function writeString(out: ByteWriter, text: string): void {
  const byteLength = utf8Length(text);
  if (byteLength < 32) out.uint8(0xa0 | byteLength);
  else writeLength(out, byteLength, 0xd9);
  out.utf8(text, byteLength);
}

function writeBinary(out: ByteWriter, bytes: Uint8Array): void {
  writeLength(out, bytes.byteLength, 0xc4);
  out.bytes(bytes);
}

/** Writes a length of one, two or four bytes, behind `tag8` or one of the two tags after it. */
function writeLength(out: ByteWriter, byteLength: number, tag8: number): void {
  if (byteLength < 0x100) {
    out.uint8(tag8);
    out.uint8(byteLength);
  } else if (byteLength < 0x10000) {
    out.uint8(tag8 + 1);
    out.uint16(byteLength);
  } else {
    out.uint8(tag8 + 2);
    out.uint32(byteLength);
  }
}

function writeNumber(out: ByteWriter, value: number): void {
  if (!Number.isInteger(value) || value >= 2 ** 64 || value < -(2 ** 63)) {
    out.uint8(0xcb);
    out.float64(value);
  } else if (value >= -0x20 && value < 0x80) {
    out.uint8(value & 0xff);
  } else if (value >= 0) {
    writeInteger(out, value, 0xcc, sizeOfUnsigned(value));
  } else {
    writeInteger(out, value, 0xd0, sizeOfUnsigned(2 * (-value - 1)));
  }
}

/** Writes an integer of `2 ** sizeBits` bytes behind the tag of that size. */
function writeInteger(out: ByteWriter, value: number, tag8: number, sizeBits: number): void {
  out.uint8(tag8 + sizeBits);
  if (sizeBits === 0) out.uint8(value);
  else if (sizeBits === 1) out.uint16(value);
  else if (sizeBits === 2) out.uint32(value);
  else out.uint64(BigInt(value));
}

function sizeOfUnsigned(value: number): number {
  if (value < 0x100) return 0;
  if (value < 0x10000) return 1;
  return value < 0x100000000 ? 2 : 3;
}

function assertLevel(level: number): void {
  if (level > MAX_NESTING)
    throw new RangeError(`data is circular or nested deeper than ${MAX_NESTING} levels`);
}
