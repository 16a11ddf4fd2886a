// Socket packets from the chunks that the engine delivers (SIO §27, §28.2).
//
// A text chunk is a packet, or announces one with attachments; those then follow as binary chunks, in order and
// with nothing between. The decoder is idle, or holds exactly one partial packet.
//
// Limits: attachments of one packet and their placeholders, nesting of its JSON (SEC §2), ids up to 2^53 - 1.
// What a peer did wrong is a value; nothing here throws. After an error the decoder is idle again, and its owner
// closes the connection.

import { isBinary, MAX_NESTING, reconstruct } from "./attachments.ts";
import { isNestingWithin } from "./json-nesting.ts";
import { isDataValid } from "./packet-shape.ts";
import { PacketType, type SocketPacket, type SocketPacketType } from "./socket-packet.ts";

/** Attachments of one packet are still to come. */
export interface DecodePending {
  readonly type: "pending";
}

/** The chunk broke the protocol. */
export interface DecodeError {
  readonly type: "error";
  readonly message: string;
}

/** What one chunk led to: tell them apart by `type`, which is a number for a packet. */
export type DecodeResult = SocketPacket | DecodePending | DecodeError;

/** The second argument of `JSON.parse`. */
export type Reviver = (this: unknown, key: string, value: unknown) => unknown;

export interface SocketDecoderOptions {
  /** Attachments that one packet may announce, and places in which it may put them. Default 10. */
  readonly maxAttachments?: number;
  /** Called for every parsed value, as by `JSON.parse`. An exception of it is the error `invalid payload`. */
  readonly reviver?: Reviver | undefined;
}

interface PartialPacket {
  readonly packet: SocketPacket;
  readonly expected: number;
  readonly attachments: unknown[];
}

const DEFAULT_MAX_ATTACHMENTS = 10;

const PENDING: DecodePending = { type: "pending" };

const DIGIT_ZERO = 48;
const DIGIT_NINE = 57;
const DASH = 45;
const SLASH = 47;

/**
 * Decodes the chunks of one connection.
 *
 * @example
 * const decoder = new SocketDecoder();
 * const result = decoder.push('2["tick",1]');
 * if (result.type === "error") close(result.message);
 * else if (result.type !== "pending") route(result);
 */
export class SocketDecoder {
  readonly #maxAttachments: number;
  readonly #reviver: Reviver | undefined;
  #partial: PartialPacket | undefined = undefined;

  constructor(options: SocketDecoderOptions = {}) {
    this.#maxAttachments = options.maxAttachments ?? DEFAULT_MAX_ATTACHMENTS;
    this.#reviver = options.reviver;
  }

  /**
   * Takes the next chunk: a string, or binary in whatever class the platform delivers it, which is the class that
   * the program then finds in the data. The returned packet always has all four members.
   */
  push(chunk: unknown): DecodeResult {
    if (typeof chunk === "string") return this.#pushText(chunk);
    if (isBinary(chunk)) return this.#pushBinary(chunk);
    this.reset();
    return createError(`Unknown type: ${describe(chunk)}`);
  }

  /** Forgets a partial packet, for when the connection ends. */
  reset(): void {
    this.#partial = undefined;
  }

  #pushText(text: string): DecodeResult {
    if (this.#partial !== undefined) {
      this.reset();
      return createError("got plaintext data when reconstructing a packet");
    }
    const wireType = text.charCodeAt(0) - DIGIT_ZERO;
    if (wireType === PacketType.BINARY_EVENT) return this.#pushHead(text, PacketType.EVENT);
    if (wireType === PacketType.BINARY_ACK) return this.#pushHead(text, PacketType.ACK);
    if (!isPlainType(wireType)) return createError(`unknown packet type ${toDigit(wireType)}`);
    return this.#decodeRest(text, 1, wireType);
  }

  /** Takes the text of a packet with attachments. */
  #pushHead(text: string, type: 2 | 3): DecodeResult {
    // SIO §27: "<count>-"; a count of zero would leave the decoder waiting for ever (4.2.7)
    const dash = endOfDigits(text, 1);
    const expected = Number(text.slice(1, dash));
    if (text.charCodeAt(dash) !== DASH || expected < 1) return createError("Illegal attachments");
    if (expected > this.#maxAttachments) return createError("too many attachments");
    const packet = this.#decodeRest(text, dash + 1, type);
    if (packet.type === "error") return packet;
    this.#partial = { packet, expected, attachments: [] };
    return PENDING;
  }

  /** Decodes what follows the type and the count: namespace, id, payload. */
  #decodeRest(text: string, start: number, type: SocketPacketType): SocketPacket | DecodeError {
    let index = start;
    let nsp = "/";
    if (text.charCodeAt(index) === SLASH) {
      const comma = text.indexOf(",", index);
      const end = comma < 0 ? text.length : comma;
      nsp = text.slice(index, end);
      index = comma < 0 ? end : end + 1;
    }
    let id: number | undefined;
    const payload = endOfDigits(text, index);
    if (payload > index) {
      id = Number(text.slice(index, payload));
      if (id > Number.MAX_SAFE_INTEGER) return createError("invalid payload");
    }
    // SIO §27: without a payload there is no check of its shape
    if (payload === text.length) return { type, nsp, data: undefined, id };
    if (!isNestingWithin(text, payload, MAX_NESTING)) return createError("invalid payload");
    const data = this.#parse(text.slice(payload));
    if (data === undefined || !isDataValid(type, data)) return createError("invalid payload");
    return { type, nsp, data, id };
  }

  /** The value of a JSON text, or `undefined`, which no JSON text stands for. */
  #parse(json: string): unknown {
    try {
      return this.#reviver === undefined ? JSON.parse(json) : JSON.parse(json, this.#reviver);
    } catch {
      return undefined;
    }
  }

  #pushBinary(chunk: unknown): DecodeResult {
    const partial = this.#partial;
    if (partial === undefined) return createError("got binary data when not reconstructing a packet");
    partial.attachments.push(chunk);
    if (partial.attachments.length < partial.expected) return PENDING;
    this.reset();
    const isComplete = reconstruct(partial.packet.data, partial.attachments, this.#maxAttachments);
    return isComplete ? partial.packet : createError("illegal attachments");
  }
}

function createError(message: string): DecodeError {
  return { type: "error", message };
}

function isPlainType(type: number): type is SocketPacketType {
  return type >= PacketType.CONNECT && type <= PacketType.CONNECT_ERROR;
}

// Upstream's text shows what is no digit, the empty chunk included, as NaN.
function toDigit(value: number): number {
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

function endOfDigits(text: string, start: number): number {
  let index = start;
  for (;;) {
    const code = text.charCodeAt(index);
    if (!(code >= DIGIT_ZERO && code <= DIGIT_NINE)) return index;
    index++;
  }
}

// Not String(chunk): an object without a prototype, or with a broken toString, would throw.
function describe(chunk: unknown): string {
  return typeof chunk === "object" && chunk !== null ? Object.prototype.toString.call(chunk) : String(chunk);
}
