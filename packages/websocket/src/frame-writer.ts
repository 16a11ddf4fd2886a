import type { Deflater } from "./deflater.ts";
import {
  encodeFrame,
  firstByteOf,
  headerBytes,
  NO_BYTES,
  payloadBytes,
  RSV1,
  writeHeader,
  writePayload,
} from "./frame.ts";
import type { Message } from "./message.ts";

/** The longest payload that is framed again for each joined batch, rather than kept as a frame. */
const FRAMED_IN_PLACE = 512;

/** Turns messages into the bytes of their frames; one implementation per role. */
export interface FrameWriter {
  /** The frames of all messages, one after another; MUST NOT be modified by the caller. */
  encode(messages: readonly Message[], deflater: Deflater | undefined): Uint8Array;
  /** One control frame. `first` includes the FIN bit. */
  encodeControl(first: number, payload: Uint8Array): Uint8Array;
}

/** A joined batch of more bytes is let go at the end of the turn; a smaller one waits for the next. */
const MAX_KEPT_BYTES = 65_536;

/** The batch that was joined last, for the next connection that sends the same. */
interface JoinedBatch {
  readonly messages: readonly Message[];
  readonly isDeflated: boolean;
  readonly bytes: Uint8Array;
}

/**
 * The server's frame writer, shared by all its connections.
 *
 * A message's frame is made once and kept in the message. Several messages are joined into one buffer, and
 * connections that send the same ones in turn share it: ten events to a thousand receivers are joined once.
 */
export class BatchWriter implements FrameWriter {
  #last: JoinedBatch | undefined = undefined;

  encode(messages: readonly Message[], deflater: Deflater | undefined): Uint8Array {
    const first = messages[0];
    if (first === undefined) return NO_BYTES;
    if (messages.length === 1) return frameOf(first, deflater);
    if (deflater !== undefined && !deflater.sharesAlways) return join(messages, deflater);
    const isDeflated = deflater !== undefined;
    const last = this.#last;
    if (last !== undefined && last.isDeflated === isDeflated && areSame(last.messages, messages)) {
      return last.bytes;
    }
    const bytes = join(messages, deflater);
    this.#last = { messages: messages.slice(), isDeflated, bytes };
    if (bytes.byteLength > MAX_KEPT_BYTES) setImmediate(() => this.forget());
    return bytes;
  }

  encodeControl(first: number, payload: Uint8Array): Uint8Array {
    return encodeFrame(first, payload);
  }

  /** Lets go of the last joined batch. */
  forget(): void {
    this.#last = undefined;
  }
}

function areSame(a: readonly Message[], b: readonly Message[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

function join(messages: readonly Message[], deflater: Deflater | undefined): Uint8Array {
  if (deflater === undefined) return joinPlain(messages);
  return Buffer.concat(messages.map((message) => frameOf(message, deflater)));
}

/** Most joined messages are short answers to one peer: they are framed in place, without a buffer of their own. */
function joinPlain(messages: readonly Message[]): Uint8Array {
  let total = 0;
  for (const message of messages) total += frameBytes(message);
  const joined = Buffer.allocUnsafe(total);
  let at = 0;
  for (const message of messages) at = writeFrame(joined, at, message);
  return joined;
}

function frameBytes(message: Message): number {
  if (isLong(message)) return plainFrameOf(message).length;
  const length = payloadBytes(message.payload);
  return headerBytes(length) + length;
}

/** Writes the message's frame at `offset`; returns the offset behind it. */
function writeFrame(target: Buffer, offset: number, message: Message): number {
  if (isLong(message)) {
    const frame = plainFrameOf(message);
    target.set(frame, offset);
    return offset + frame.length;
  }
  const { payload } = message;
  const length = payloadBytes(payload);
  const start = writeHeader(target, offset, firstByteOf(payload), length, 0);
  writePayload(target, start, payload, length);
  return start + length;
}

/** Copying a finished frame is cheaper than framing a long payload again, for the next receiver. */
function isLong({ frame, payload }: Message): boolean {
  return frame !== undefined || payload.length > FRAMED_IN_PLACE;
}

function frameOf(message: Message, deflater: Deflater | undefined): Uint8Array {
  if (deflater === undefined || !message.compress) return plainFrameOf(message);
  if (!deflater.sharesAlways && !deflater.shares(message.payload)) {
    return deflatedFrame(message, deflater) ?? plainFrameOf(message);
  }
  message.deflatedFrame ??= deflatedFrame(message, deflater) ?? plainFrameOf(message);
  return message.deflatedFrame;
}

function plainFrameOf(message: Message): Uint8Array {
  message.frame ??= encodeFrame(firstByteOf(message.payload), message.payload);
  return message.frame;
}

function deflatedFrame(message: Message, deflater: Deflater): Uint8Array | undefined {
  const deflated = deflater.deflate(message.payload);
  if (deflated === undefined) return undefined;
  return encodeFrame(firstByteOf(message.payload) | RSV1, deflated);
}
