// MessagePack as Socket.IO's peers send it (SIO §38): all of the format, and the extensions of old encoders.
//
// Never throws and never allocates by what a length merely announces: an array of n takes at least n bytes. What
// is malformed, nested deeper than 512 levels, or followed by further bytes is not decoded at all.

import { MAX_NESTING } from "./attachments.ts";

export interface MessagePackOptions {
  /** Turns each `bin`, a view of the input, into what programs receive. Default: the view itself. */
  readonly toBinary?: (bytes: Uint8Array) => unknown;
}

export type MessagePackResult = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/**
 * Decodes exactly one value.
 *
 * @example decodeMessagePack(Uint8Array.of(0x81, 0xa1, 0x61, 0x01)); // { ok: true, value: { a: 1 } }
 */
export function decodeMessagePack(bytes: Uint8Array, options: MessagePackOptions = {}): MessagePackResult {
  const reader = new MessagePackReader(bytes, options.toBinary ?? ((view) => view));
  const value = reader.read(1);
  return reader.isFinished ? { ok: true, value } : { ok: false };
}

const MAX_ASCII_LOOP = 24;

// Extension types
const EXT_LEGACY = 0;
const EXT_TIMESTAMP = -1;

class MessagePackReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #toBinary: (bytes: Uint8Array) => unknown;
  readonly #utf8: TextDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #index = 0;
  #hasFailed = false;

  constructor(bytes: Uint8Array, toBinary: (bytes: Uint8Array) => unknown) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#toBinary = toBinary;
  }

  get isFinished(): boolean {
    return !this.#hasFailed && this.#index === this.#bytes.byteLength;
  }

  /** The next value; `undefined` also after a failure, which ends every loop. */
  read(level: number): unknown {
    const tag = this.#readUint(1);
    if (this.#hasFailed) return undefined;
    if (tag < 0x80) return tag;
    if (tag >= 0xe0) return tag - 0x100;
    if (tag < 0x90) return this.#readMap(tag & 0x0f, level);
    if (tag < 0xa0) return this.#readArray(tag & 0x0f, level);
    if (tag < 0xc0) return this.#readString(tag & 0x1f);
    if (tag >= 0xd9) return this.#readLong(tag, level);
    return tag >= 0xca && tag <= 0xd3 ? this.#readNumber(tag) : this.#readOther(tag);
  }

  /** Strings, arrays and maps with a length of their own: `d9` to `df`. */
  #readLong(tag: number, level: number): unknown {
    if (tag <= 0xdb) return this.#readString(this.#readUint(1 << (tag - 0xd9)));
    const count = this.#readUint(tag % 2 === 0 ? 2 : 4);
    return tag <= 0xdd ? this.#readArray(count, level) : this.#readMap(count, level);
  }

  #readNumber(tag: number): number {
    const size = tag <= 0xcb ? 4 << (tag - 0xca) : 1 << (tag & 3);
    const at = this.#take(size);
    if (this.#hasFailed) return 0;
    switch (tag) {
      case 0xca:
        return this.#view.getFloat32(at);
      case 0xcb:
        return this.#view.getFloat64(at);
      case 0xd0:
        return this.#view.getInt8(at);
      case 0xd1:
        return this.#view.getInt16(at);
      case 0xd2:
        return this.#view.getInt32(at);
      case 0xd3:
        return Number(this.#view.getBigInt64(at));
      default:
        return this.#getUint(at, size);
    }
  }

  /** Nil, booleans, binary and extensions. */
  #readOther(tag: number): unknown {
    switch (tag) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#toBinaryUnlessFailed(this.#readBytes(this.#readUint(1 << (tag - 0xc4))));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#readExtension(tag, this.#readUint(1 << (tag - 0xc7)));
      case 0xc1:
        return this.#fail();
      default:
        return this.#readExtension(tag, 1 << (tag - 0xd4));
    }
  }

  #toBinaryUnlessFailed(bytes: Uint8Array): unknown {
    return this.#hasFailed ? undefined : this.#toBinary(bytes);
  }

  #readExtension(tag: number, byteLength: number): unknown {
    const type = (this.#readUint(1) << 24) >> 24;
    const content = this.#readBytes(byteLength);
    if (this.#hasFailed) return undefined;
    if (type === EXT_TIMESTAMP) return readTimestamp(content) ?? this.#fail();
    if (type !== EXT_LEGACY) return [type, this.#toBinary(content)];
    if (tag === 0xd4) return undefined;
    if (tag === 0xd7) return new Date(Number(viewOf(content).getBigInt64(0)));
    return new Uint8Array(content).buffer;
  }

  #readArray(count: number, level: number): unknown[] {
    const items: unknown[] = [];
    if (!this.#mayHold(count, level)) return items;
    for (let index = 0; index < count && !this.#hasFailed; index++) items.push(this.read(level + 1));
    return items;
  }

  #readMap(count: number, level: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    if (!this.#mayHold(2 * count, level)) return map;
    for (let index = 0; index < count && !this.#hasFailed; index++) {
      const key = this.read(level + 1);
      const value = this.read(level + 1);
      if (typeof key === "string" || typeof key === "number") setMember(map, String(key), value);
      else this.#fail();
    }
    return map;
  }

  /** Whether a container of so many values, a byte each at least, fits what is left of bytes and levels. */
  #mayHold(count: number, level: number): boolean {
    if (level > MAX_NESTING || count > this.#bytes.byteLength - this.#index) this.#fail();
    return !this.#hasFailed;
  }

  #readString(byteLength: number): string {
    const bytes = this.#readBytes(byteLength);
    return readAscii(bytes) ?? this.#utf8.decode(bytes);
  }

  #readBytes(byteLength: number): Uint8Array {
    const at = this.#take(byteLength);
    return this.#bytes.subarray(at, this.#index);
  }

  #readUint(size: number): number {
    const at = this.#take(size);
    return this.#hasFailed ? 0 : this.#getUint(at, size);
  }

  #getUint(at: number, size: number): number {
    if (size === 1) return this.#view.getUint8(at);
    if (size === 2) return this.#view.getUint16(at);
    return size === 4 ? this.#view.getUint32(at) : Number(this.#view.getBigUint64(at));
  }

  /** Moves over `size` bytes and returns where they begin. */
  #take(size: number): number {
    const at = this.#index;
    if (this.#hasFailed || size > this.#bytes.byteLength - at) this.#fail();
    else this.#index += size;
    return at;
  }

  #fail(): undefined {
    this.#hasFailed = true;
  }
}

/** Short ASCII as text, several times as fast as the decoder; `undefined` for anything else. */
function readAscii(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength > MAX_ASCII_LOOP) return undefined;
  let text = "";
  for (const byte of bytes) {
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Sets a member as a member, whatever its name: an assignment to `__proto__` would set the prototype. */
function setMember(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") map[key] = value;
  else Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}

function readTimestamp(content: Uint8Array): Date | undefined {
  const view = viewOf(content);
  switch (content.byteLength) {
    case 4:
      return new Date(view.getUint32(0) * 1000);
    case 8: {
      const both = view.getBigUint64(0);
      return toDate(Number(both & 0x3ffffffffn), Number(both >> 34n));
    }
    case 12:
      return toDate(Number(view.getBigInt64(4)), view.getUint32(0));
    default:
      return undefined;
  }
}

function toDate(seconds: number, nanoseconds: number): Date {
  return new Date(seconds * 1000 + Math.floor(nanoseconds / 1e6));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
