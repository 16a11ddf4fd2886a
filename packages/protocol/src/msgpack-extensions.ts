// The extension types of the wire (SIO §38, adapters.md §17): values that MessagePack has no form of its own for.
//
// `undefined`, a date and an ArrayBuffer share type 0 and are told apart by the form of their header: d4, d7, and
// any other. The standard timestamp is only read, for existing peers do not know it.

import { decodeTimestampExtension, EXT_TIMESTAMP, ExtData } from "@msgpack/msgpack";

/** Stands for `undefined` in what is encoded: the codec would write nil. */
export const UNDEFINED: object = Object.freeze(Object.create(null));

const LEGACY_TYPE = 0;
// The first byte of a byte order mark, as a signed number; negative types are not for programs to use.
const MARKED_TEXT_TYPE = -17;
const EXTENSION_BELOW_TEXT = 0xd9 - 0xc7;
const FIXEXT_1 = 0xd4;
const FIXEXT_8 = 0xd7;
const HIGH_HALF = 0x1_0000_0000;

/** What the codec asks about objects and about extensions. */
export interface MsgpackExtensions {
  tryToEncode(value: unknown): ExtData | null;
  decode(content: Uint8Array, type: number): unknown;
}

export const msgpackExtensions: MsgpackExtensions = {
  tryToEncode(value) {
    // Content of 1 byte gets the header d4, of 8 bytes d7.
    if (value === UNDEFINED) return new ExtData(LEGACY_TYPE, new Uint8Array(1));
    return value instanceof Date ? new ExtData(LEGACY_TYPE, encodeDate(value)) : null;
  },
  decode(content, type) {
    if (type === LEGACY_TYPE) return decodeLegacy(content);
    if (type === EXT_TIMESTAMP) return decodeTimestampExtension(content);
    if (type === MARKED_TEXT_TYPE && content[0] === 0xbb && content[1] === 0xbf) return decodeMarked(content);
    // As upstream gives what it does not know.
    return [type, content];
  },
};

/**
 * A copy of a message in which the texts at `heads` are extensions: the codec would drop their byte order marks.
 *
 * The forms of texts and of extensions go in parallel, and the first byte of the mark becomes the type.
 */
export function protectMarks(message: Uint8Array, heads: readonly number[]): Uint8Array {
  // Not the method of its own class: a Buffer's makes a view.
  const copy: Uint8Array = Uint8Array.prototype.slice.call(message);
  for (const head of heads) {
    const form = (copy[head] ?? 0) - EXTENSION_BELOW_TEXT;
    copy[head] = form;
    let digit = head + 2 ** (form - 0xc7);
    // One byte less of content, borrowed from the left.
    while (copy[digit] === 0) copy[digit--] = 0xff;
    copy[digit] = (copy[digit] ?? 0) - 1;
  }
  return copy;
}

/** The rest of the mark, then the text, which may begin with another. */
function decodeMarked(content: Uint8Array): string {
  return `\ufeff${new TextDecoder("utf-8", { ignoreBOM: true }).decode(content.subarray(2))}`;
}

function decodeLegacy(content: Uint8Array): unknown {
  const head = headOf(content);
  if (head === FIXEXT_1) return undefined;
  if (head === FIXEXT_8) return decodeDate(content);
  return new Uint8Array(content).buffer;
}

/**
 * The byte two before the content: the header of a fixed form, whose type stands between. In the other forms the
 * low byte of the length stands there, which is no header of a fixed form of that same length.
 */
function headOf(content: Uint8Array): number | undefined {
  return new Uint8Array(content.buffer, content.byteOffset - 2, 1)[0];
}

// Milliseconds since 1970 in 64 bits; those that a date can have fit into 54.
function encodeDate(date: Date): Uint8Array {
  const milliseconds = date.getTime();
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, Math.floor(milliseconds / HIGH_HALF));
  view.setUint32(4, milliseconds % HIGH_HALF);
  return new Uint8Array(view.buffer);
}

function decodeDate({ buffer, byteOffset }: Uint8Array): Date {
  const view = new DataView(buffer, byteOffset, 8);
  return new Date(view.getInt32(0) * HIGH_HALF + view.getUint32(4));
}
