// The frame of RFC 6455 §5.2: what a header's bytes mean, and how one is written.

export const Opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** Bits of a frame's first byte. */
export const FIN = 0x80;
export const RSV1 = 0x40;
export const RSV2_AND_3 = 0x30;
/** Set in the opcode of every control frame. */
export const CONTROL = 0x08;
/** Bit of a frame's second byte. */
export const MASKED = 0x80;

/** The most that a control frame carries (RFC 6455 §5.5). */
export const MAX_CONTROL_BYTES = 125;

/** Nothing, shared. */
export const NO_BYTES: Buffer = Buffer.alloc(0);

/** How long the header of an unmasked frame with `length` payload bytes is. */
export function headerBytes(length: number): number {
  if (length < 126) return 2;
  return length < 65_536 ? 4 : 10;
}

/** Writes the header without its mask key; `maskBit` is `MASKED` or 0. Returns the offset behind it. */
export function writeHeader(
  target: Buffer,
  offset: number,
  first: number,
  length: number,
  maskBit: number,
): number {
  target[offset] = first;
  if (length < 126) {
    target[offset + 1] = length | maskBit;
    return offset + 2;
  }
  if (length < 65_536) {
    target[offset + 1] = 126 | maskBit;
    target[offset + 2] = length >>> 8;
    target[offset + 3] = length & 0xff;
    return offset + 4;
  }
  target[offset + 1] = 127 | maskBit;
  target.writeUInt32BE(Math.floor(length / 0x1_0000_0000), offset + 2);
  target.writeUInt32BE(length >>> 0, offset + 6);
  return offset + 10;
}

/** The first byte of a whole message's only frame. */
export function firstByteOf(payload: string | Uint8Array): number {
  return FIN | (typeof payload === "string" ? Opcode.text : Opcode.binary);
}

/** How many bytes `payload` takes on the wire. */
export function payloadBytes(payload: string | Uint8Array): number {
  return typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
}

/** Writes `payload`, whose size on the wire is `length`, at `offset`. */
export function writePayload(
  target: Buffer,
  offset: number,
  payload: string | Uint8Array,
  length: number,
): void {
  if (typeof payload !== "string") target.set(payload, offset);
  // Measured: the latin1 copy is up to a third cheaper, and equal sizes mean that every character is ASCII.
  else if (length === payload.length) target.write(payload, offset, "latin1");
  else target.write(payload, offset, "utf8");
}

/** One complete unmasked frame. Every byte of it is written here: none is left as the allocator found it. */
export function encodeFrame(first: number, payload: string | Uint8Array): Buffer {
  const length = payloadBytes(payload);
  const frame = Buffer.allocUnsafe(headerBytes(length) + length);
  writePayload(frame, writeHeader(frame, 0, first, length, 0), payload, length);
  return frame;
}
