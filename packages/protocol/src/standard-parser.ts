// The standard codec in the shape of upstream's `socket.io-parser` (SIO §49).

import type { Attachment } from "./attachments.ts";
import { ParserDecoder } from "./parser-decoder.ts";
import { type Reviver, SocketDecoder, type SocketDecoderOptions } from "./socket-decoder.ts";
import { encodeSocketPacket, PacketType, type Replacer, type SocketPacket } from "./socket-packet.ts";

/** A packet as programs that use the codec on its own may give it: of the types of the wire as well. */
export interface EncodablePacket extends Omit<SocketPacket, "type"> {
  readonly type: PacketType;
}

/**
 * Encodes packets: the text, then the attachments.
 *
 * `encode` throws what `JSON.stringify` throws for bigints and circular data, and a RangeError for data with binary
 * that nests deeper than 512 levels.
 *
 * @example new Encoder().encode({ type: PacketType.EVENT, nsp: "/", data: ["tick", 1] }); // ['2["tick",1]']
 * @see SIO §27, §28.1
 */
export class Encoder {
  readonly #replacer: Replacer | undefined;

  /** `replacer` is the second argument of `JSON.stringify`. */
  constructor(replacer?: Replacer) {
    this.#replacer = replacer;
  }

  encode({ type, nsp, data, id }: EncodablePacket): (string | Attachment)[] {
    const encoded = encodeSocketPacket({ type: withoutBinary(type), nsp, data, id }, this.#replacer);
    return typeof encoded === "string" ? [encoded] : [encoded.text, ...encoded.attachments];
  }
}

/**
 * Decodes the messages of one connection and emits `decoded` with each packet.
 *
 * `add` throws an Error: `unknown packet type <n>`, `invalid payload`, `Illegal attachments`, `illegal attachments`,
 * `too many attachments`, `got binary data when not reconstructing a packet`, `got plaintext data when reconstructing
 * a packet`, `Unknown type: <value>`.
 *
 * @example
 * const decoder = new Decoder();
 * decoder.on("decoded", (packet) => console.log(packet.data));
 * decoder.add('2["tick",1]');
 * @see SIO §27, §28.2
 */
export class Decoder extends ParserDecoder {
  /** `options` may be the second argument of `JSON.parse` alone. */
  constructor(options?: SocketDecoderOptions | Reviver) {
    super(new SocketDecoder(typeof options === "function" ? { reviver: options } : options));
  }
}

/** Whether a packet is a binary one shows in its data. */
function withoutBinary(type: PacketType): SocketPacket["type"] {
  if (type === PacketType.BINARY_EVENT) return PacketType.EVENT;
  return type === PacketType.BINARY_ACK ? PacketType.ACK : type;
}
