/** A frame written field by field, so that a test can break any of them. */
export interface RawFrame {
  readonly fin?: boolean;
  /** RSV1, RSV2 and RSV3 as bits 4, 2 and 1. */
  readonly rsv?: number;
  readonly opcode: number;
  readonly payload?: string | Uint8Array;
  /** The mask key; no mask without it. */
  readonly mask?: readonly [number, number, number, number];
  /** How the length is written; by default as short as may be. */
  readonly lengthBytes?: 0 | 2 | 8;
}

/** The key by which tests mask, unless they say otherwise. */
export const TEST_MASK = [0x37, 0xfa, 0x21, 0x3d] as const;

/** Writes the frame plainly, byte by byte: it shares no code with what it tests. */
export function rawFrame(frame: RawFrame): Buffer {
  const { fin = true, rsv = 0, opcode, payload = "", mask } = frame;
  const bytes = Buffer.from(payload);
  const lengthBytes = frame.lengthBytes ?? (bytes.length < 126 ? 0 : bytes.length < 65_536 ? 2 : 8);
  const maskBit = mask === undefined ? 0 : 0x80;
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  if (lengthBytes === 0) head.push(bytes.length | maskBit);
  else head.push((lengthBytes === 2 ? 126 : 127) | maskBit, ...bigEndian(bytes.length, lengthBytes));
  if (mask === undefined) return Buffer.concat([Buffer.from(head), bytes]);
  const masked = bytes.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([Buffer.from([...head, ...mask]), masked]);
}

/** A masked frame, as a client sends it. */
export function clientFrame(frame: Omit<RawFrame, "mask">): Buffer {
  return rawFrame({ ...frame, mask: TEST_MASK });
}

function bigEndian(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, index) => Math.floor(value / 256 ** (size - 1 - index)) % 256);
}
