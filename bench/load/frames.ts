// Just enough of RFC 6455 to load a server: whole text frames, short lengths, one fixed mask.

import { Buffer } from "node:buffer";

const MASK = [0x37, 0xfa, 0x21, 0x3d] as const;
const OPCODE_BITS = 0x0f;
export const OPCODE_CLOSE = 0x8;

/** A masked text frame, final, up to 65,535 bytes. */
export function encodeClientFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const isShort = payload.length < 126;
  const head = isShort
    ? [0x81, 0x80 | payload.length]
    : [0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff];
  const frame = Buffer.from([...head, ...MASK, ...payload]);
  const start = head.length + MASK.length;
  for (let at = start; at < frame.length; at++) frame[at] = (frame[at] ?? 0) ^ (MASK[(at - start) & 3] ?? 0);
  return frame;
}

export interface FrameSink {
  /** One frame; its payload is `chunk[start]` to `chunk[end - 1]`, valid during the call only. */
  onFrame(opcode: number, chunk: Buffer, start: number, end: number): void;
}

/** Cuts the unmasked frames of a server out of the chunks that arrive. */
export class FrameReader {
  readonly #sink: FrameSink;
  #rest: Buffer | undefined = undefined;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  push(arrived: Buffer): void {
    const chunk = this.#rest === undefined ? arrived : Buffer.concat([this.#rest, arrived]);
    this.#rest = undefined;
    let at = 0;
    while (at < chunk.length) {
      const start = payloadStart(chunk, at);
      const end = start + payloadLength(chunk, at);
      // NaN, if the header is not whole, is not <= either.
      if (!(end <= chunk.length)) break;
      this.#sink.onFrame((chunk[at] ?? 0) & OPCODE_BITS, chunk, start, end);
      at = end;
    }
    if (at < chunk.length) this.#rest = Buffer.from(chunk.subarray(at));
  }
}

function payloadStart(chunk: Buffer, at: number): number {
  const short = (chunk[at + 1] ?? 0) & 0x7f;
  if (short < 126) return at + 2;
  return short === 126 ? at + 4 : at + 10;
}

function payloadLength(chunk: Buffer, at: number): number {
  if (at + 2 > chunk.length) return Number.NaN;
  const short = (chunk[at + 1] ?? 0) & 0x7f;
  if (short < 126) return short;
  if (payloadStart(chunk, at) > chunk.length) return Number.NaN;
  return short === 126 ? chunk.readUInt16BE(at + 2) : Number(chunk.readBigUInt64BE(at + 2));
}
