// Packets on a byte stream, as WebTransport carries them (EIO §11.2).
//
// A header of 1, 3 or 9 bytes tells the length; its top bit tells binary from text.

const BINARY = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const UINT32 = 2 ** 32;

/** The frame of one packet: header and content, to be written one after the other. */
export function encodeStreamFrame(content: string | Uint8Array): [header: Uint8Array, bytes: Uint8Array] {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const { length } = bytes;
  const header = new Uint8Array(length < LENGTH_16 ? 1 : length < 0x10000 ? 3 : 9);
  const view = new DataView(header.buffer);
  if (header.length === 9) {
    view.setUint32(1, Math.floor(length / UINT32));
    view.setUint32(5, length % UINT32);
  }
  if (header.length === 3) view.setUint16(1, length);
  const code = header.length === 1 ? length : header.length === 3 ? LENGTH_16 : LENGTH_64;
  header[0] = code + (content === bytes ? BINARY : 0);
  return [header, bytes];
}

/** What a stream holds where a frame cannot be decoded. */
export const BROKEN: unique symbol = Symbol("broken");
export type StreamContent = string | Uint8Array | typeof BROKEN;

/** Finds the frames in a stream that is cut anywhere. */
export class StreamFrameDecoder {
  #chunks: Uint8Array[] = [];
  #size = 0;
  /** Bytes without which nothing can be decoded: chunks are joined only once they are there. */
  #needed = 1;

  /** The contents of the frames that are complete. */
  push(chunk: Uint8Array): StreamContent[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const contents: StreamContent[] = [];
    while (this.#size >= this.#needed) {
      const content = this.#next(this.#join());
      if (content !== undefined) contents.push(content);
      if (content === BROKEN) this.#needed = Number.POSITIVE_INFINITY;
    }
    return contents;
  }

  #join(): Uint8Array {
    const joined = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    if (joined) return joined;
    const bytes = new Uint8Array(this.#size);
    let offset = 0;
    for (const chunk of this.#chunks) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    this.#chunks = [bytes];
    return bytes;
  }

  /** The first frame, taken off; or undefined, `needed` then being what it takes. */
  #next(bytes: Uint8Array): StreamContent | undefined {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const code = view.getUint8(0) % BINARY;
    const header = code === LENGTH_64 ? 9 : code === LENGTH_16 ? 3 : 1;
    if (bytes.length < header) {
      this.#needed = header;
      return undefined;
    }
    const length =
      header === 9 ? view.getUint32(1) * UINT32 + view.getUint32(5) : header === 3 ? view.getUint16(1) : code;
    // EIO §11.3: a frame cannot be empty
    if (length === 0 || length > Number.MAX_SAFE_INTEGER) return BROKEN;
    const end = header + length;
    if (bytes.length < end) {
      this.#needed = end;
      return undefined;
    }
    this.#chunks = [bytes.subarray(end)];
    this.#size -= end;
    this.#needed = 1;
    const content = bytes.slice(header, end);
    return view.getUint8(0) & BINARY ? content : new TextDecoder().decode(content);
  }
}
