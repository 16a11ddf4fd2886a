// Packets on a byte stream, as WebTransport carries them (EIO §11.2).
//
// A header of 1, 3 or 9 bytes tells the length; its top bit tells binary from text.

const BINARY = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** The frame of one packet: header and content, to be written one after the other. */
export function encodeStreamFrame(content: string | Uint8Array): [header: Uint8Array, bytes: Uint8Array] {
  const isText = typeof content === "string";
  const bytes = isText ? new TextEncoder().encode(content) : content;
  const { length } = bytes;
  const code = length < LENGTH_16 ? length : length < 0x10000 ? LENGTH_16 : LENGTH_64;
  const size = headerBytes(code);
  // Storing takes the lowest byte of what remains.
  const header = Uint8Array.from({ length: size }, (_, index) => length / 256 ** (size - 1 - index));
  header[0] = isText ? code : code + BINARY;
  return [header, bytes];
}

/**
 * Finds the frames in a stream that is cut anywhere.
 *
 * The returned function takes a chunk. It MUST NOT be called again once `onBroken` was.
 */
export function createStreamDecoder(
  onContent: (content: string | Uint8Array) => void,
  onBroken: () => void,
): (chunk: Uint8Array) => void {
  let chunks: Uint8Array[] = [];
  let size = 0;
  // Bytes without which nothing can be decoded: chunks are joined only once they are there.
  let needed = 1;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    while (size >= needed) {
      const bytes = join(chunks, size);
      chunks = [bytes];
      const [start, end] = findContent(bytes);
      // EIO §11.3: a frame cannot be empty
      if (start === end || end > Number.MAX_SAFE_INTEGER) {
        onBroken();
        return;
      }
      needed = end;
      if (size < end) continue;
      const content = bytes.slice(start, end);
      chunks = [bytes.subarray(end)];
      size -= end;
      needed = 1;
      onContent(Number(bytes[0]) & BINARY ? content : new TextDecoder().decode(content));
    }
  };
}

/** Where the content of the first frame starts and ends; as far as is known, if the header is incomplete. */
function findContent(bytes: Uint8Array): [start: number, end: number] {
  const code = Number(bytes[0]) % BINARY;
  const start = headerBytes(code);
  if (bytes.length < start) return [0, start];
  const length = start === 1 ? code : bytes.subarray(1, start).reduce((sum, byte) => sum * 256 + byte, 0);
  return [start, start + length];
}

function headerBytes(code: number): number {
  return code < LENGTH_16 ? 1 : code === LENGTH_16 ? 3 : 9;
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const [first] = chunks;
  if (first && chunks.length === 1) return first;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
