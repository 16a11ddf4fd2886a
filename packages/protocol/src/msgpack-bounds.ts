// What must hold of MessagePack that a peer sent before anything is built of it (SIO §38, SEC §1.4).
//
// Every length is held against the bytes that are left, and every value that a header announces takes at least one
// byte. So no list is made larger than its message, however many headers lie about theirs, and what the codec is
// given is one whole value with nothing behind it.

/** How a value goes on behind its first byte. */
interface Layout {
  /** Bytes of the length that follows; 0 if the first byte says all. */
  readonly lengthBytes: 0 | 1 | 2 | 4;
  /** Bytes of content, or values within, besides those that the length counts. */
  readonly fixed: number;
  /** How many values one unit of the length stands for: 0 if it counts bytes, 2 for the pairs of a map. */
  readonly valuesPerUnit: 0 | 1 | 2;
}

/** What a message of one whole value holds. */
export interface MsgpackBounds {
  readonly hasBinary: boolean;
  /** Where texts of more than 31 bytes that begin with a byte order mark have their heads. */
  readonly markedTexts: readonly number[];
}

/**
 * Looks over one message without building anything; linear in its bytes. Containers may nest `maxLevels` deep.
 *
 * Returns `undefined` unless the message is one whole value.
 *
 * @example scanMsgpack(Uint8Array.of(0x91, 0xc4, 0x00), 512); // a list with empty binary: hasBinary is true
 */
export function scanMsgpack(bytes: Uint8Array, maxLevels: number): MsgpackBounds | undefined {
  /** The values that each open container still lacks, the outermost first. */
  const missing: number[] = [1];
  /** The sum of them. */
  let announced = 1;
  let hasBinary = false;
  const markedTexts: number[] = [];
  let position = 0;
  while (missing.length > 0) {
    const left = missing.pop() ?? 0;
    if (left === 0) continue;
    missing.push(left - 1);
    announced--;
    const layout = layoutOf(bytes[position]);
    const content = position + 1 + (layout?.lengthBytes ?? 0);
    if (layout === undefined || content > bytes.length) return undefined;
    hasBinary ||= isBinaryHead(bytes[position]);
    if (isTextHead(bytes[position]) && isMark(bytes, content)) markedTexts.push(position);
    const length = readLength(bytes, position + 1, content);
    position = content;
    if (layout.valuesPerUnit === 0) {
      position += layout.fixed + length;
    } else {
      const values = layout.fixed + length * layout.valuesPerUnit;
      // The whole message is level 0 of `missing`.
      if (missing.length > maxLevels) return undefined;
      missing.push(values);
      announced += values;
    }
    if (announced > bytes.length - position) return undefined;
  }
  if (position !== bytes.length) return undefined;
  return { hasBinary, markedTexts };
}

function readLength(bytes: Uint8Array, start: number, end: number): number {
  let length = 0;
  for (let index = start; index < end; index++) length = length * 256 + (bytes[index] ?? 0);
  return length;
}

function isBinaryHead(head: number | undefined): boolean {
  return head === 0xc4 || head === 0xc5 || head === 0xc6;
}

/** Whether the head is that of a text with a length of its own, not of a short one. */
function isTextHead(head: number | undefined): boolean {
  return head === 0xd9 || head === 0xda || head === 0xdb;
}

function isMark(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
}

function layoutOf(head: number | undefined): Layout | undefined {
  if (head === undefined) return undefined;
  if (head < 0x80 || head >= 0xe0) return NOTHING;
  if (head < 0x90) return { lengthBytes: 0, fixed: 2 * (head & 0x0f), valuesPerUnit: 2 };
  if (head < 0xa0) return { lengthBytes: 0, fixed: head & 0x0f, valuesPerUnit: 1 };
  if (head < 0xc0) return content(head & 0x1f);
  return LAYOUTS[head - 0xc0];
}

function content(fixed: number): Layout {
  return { lengthBytes: 0, fixed, valuesPerUnit: 0 };
}

/** Content whose length is written before it, and after which come `fixed` further bytes. */
function measured(lengthBytes: 1 | 2 | 4, fixed: number): Layout {
  return { lengthBytes, fixed, valuesPerUnit: 0 };
}

function container(lengthBytes: 2 | 4, valuesPerUnit: 1 | 2): Layout {
  return { lengthBytes, fixed: 0, valuesPerUnit };
}

const NOTHING: Layout = content(0);

/** The heads c0 to df. An extension has a byte of type besides its content. */
const LAYOUTS: readonly (Layout | undefined)[] = [
  ...[NOTHING, undefined, NOTHING, NOTHING],
  ...[measured(1, 0), measured(2, 0), measured(4, 0)],
  ...[measured(1, 1), measured(2, 1), measured(4, 1)],
  ...[content(4), content(8)],
  ...[content(1), content(2), content(4), content(8)],
  ...[content(1), content(2), content(4), content(8)],
  ...[content(2), content(3), content(5), content(9), content(17)],
  ...[measured(1, 0), measured(2, 0), measured(4, 0)],
  ...[container(2, 1), container(4, 1)],
  ...[container(2, 2), container(4, 2)],
];
