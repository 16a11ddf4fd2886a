import type { Deflater } from "./deflater.ts";
import { firstByteOf, headerBytes, MASKED, payloadBytes, RSV1, writeHeader, writePayload } from "./frame.ts";
import type { FrameWriter } from "./frame-writer.ts";
import { MaskKeys, maskBytes } from "./mask.ts";
import type { Message } from "./message.ts";

const MASK_KEY_BYTES = 4;

/** One frame that is yet to be written: its first byte, its payload and the payload's size on the wire. */
interface PendingFrame {
  readonly first: number;
  readonly payload: string | Uint8Array;
  readonly length: number;
}

/** The client's frame writer, one for each connection: every frame is masked with a key of its own. */
export class MaskingWriter implements FrameWriter {
  readonly #keys = new MaskKeys();

  encode(messages: readonly Message[], deflater: Deflater | undefined): Uint8Array {
    const frames = messages.map((message) => pendingFrameOf(message, deflater));
    return this.#write(frames);
  }

  encodeControl(first: number, payload: Uint8Array): Uint8Array {
    return this.#write([{ first, payload, length: payload.byteLength }]);
  }

  #write(frames: readonly PendingFrame[]): Uint8Array {
    let size = 0;
    for (const { length } of frames) size += headerBytes(length) + MASK_KEY_BYTES + length;
    const bytes = Buffer.allocUnsafe(size);
    let offset = 0;
    for (const { first, payload, length } of frames) {
      const key = this.#keys.next();
      offset = bytes.writeInt32LE(key, writeHeader(bytes, offset, first, length, MASKED));
      writePayload(bytes, offset, payload, length);
      maskBytes(bytes, offset, offset + length, key);
      offset += length;
    }
    return bytes;
  }
}

function pendingFrameOf(message: Message, deflater: Deflater | undefined): PendingFrame {
  const { payload } = message;
  const deflated = message.compress ? deflater?.deflate(payload) : undefined;
  if (deflated !== undefined) {
    return { first: firstByteOf(payload) | RSV1, payload: deflated, length: deflated.length };
  }
  return { first: firstByteOf(payload), payload, length: payloadBytes(payload) };
}
