// Both directions between socket packets and engine messages, for the built-in codec and for a program's own
// `parser` option (SIO §37).

import { OutboundPacket } from "@tautline/engine/outbound-packet";
import { type DecodeResult, SocketDecoder } from "@tautline/protocol/socket-decoder";
import { encodeSocketPacket, type SocketPacket } from "@tautline/protocol/socket-packet";

/** The engine packets of one socket packet: its text, then its attachments. Shared by all receivers. */
export type Encoded = readonly OutboundPacket[];

/**
 * A codec of the program's own: upstream's contract (SIO §37). Of the types only the names are checked, for programs
 * pass published parsers, whose declarations know other packets than ours.
 */
export interface CustomParser {
  /** Each string and each binary value that `encode` returns becomes one engine message, in order. */
  Encoder: new () => { encode(packet: never): unknown };
  /** Emits `decoded` as often as it likes, during `add` or later. */
  Decoder: new () => {
    /** May throw. */
    add(message: never): unknown;
    destroy(): unknown;
    on(event: never, listener: never): unknown;
  };
}

/** What a program's encoder is taken for. */
interface CustomEncoder {
  encode(packet: SocketPacket): unknown;
}

/** What a program's decoder is taken for. */
export interface CustomDecoder {
  add(message: unknown): unknown;
  destroy(): unknown;
  on(event: "decoded", listener: (packet: SocketPacket) => void): unknown;
}

/** Whoever is given the packets that a decoder does not return. */
export interface PacketOwner {
  onPacket(packet: SocketPacket): void;
}

/** Decodes the messages of one connection. */
export interface MessageDecoder {
  /** Takes one message; a packet that it completed is returned, or an error, or goes to the owner. */
  push(data: string | Uint8Array | undefined): DecodeResult;
  /** Forgets what is incomplete: the connection has ended. */
  reset(): void;
}

/** The codec that a server and all of its connections share. */
export interface Parser {
  encode(packet: SocketPacket, compress: boolean): Encoded;
  createDecoder(owner: PacketOwner): MessageDecoder;
}

/** The codec of the protocol itself. */
export const builtInParser: Parser = {
  encode(packet, compress) {
    const encoded = encodeSocketPacket(packet);
    if (typeof encoded === "string") return [new OutboundPacket("message", encoded, compress)];
    const packets = [new OutboundPacket("message", encoded.text, compress)];
    for (const attachment of encoded.attachments) {
      packets.push(new OutboundPacket("message", asBytes(attachment), compress));
    }
    return packets;
  },
  createDecoder: () => new SocketDecoder(),
};

/** Wraps a program's own codec. */
export function wrapParser({ Encoder, Decoder }: CustomParser): Parser {
  const encoder: CustomEncoder = Object(new Encoder());
  return {
    encode(packet, compress) {
      const chunks = encoder.encode(withoutAbsentId(packet));
      if (!Array.isArray(chunks)) throw new TypeError("the encoder of the parser option must return a list");
      return chunks.map((chunk: unknown) => new OutboundPacket("message", asPayload(chunk), compress));
    },
    createDecoder: (owner) => new WrappedDecoder(Object(new Decoder()), owner),
  };
}

/** A codec that writes every member would write one that says nothing, with each event. */
function withoutAbsentId(packet: SocketPacket): SocketPacket {
  const { id, ...rest } = packet;
  return id === undefined ? rest : packet;
}

const PENDING: DecodeResult = { type: "pending" };

class WrappedDecoder implements MessageDecoder {
  readonly #decoder: CustomDecoder;
  #owner: PacketOwner | undefined;
  /** What `add` has emitted so far, while it runs. */
  #emitted: SocketPacket[] | undefined;

  constructor(decoder: CustomDecoder, owner: PacketOwner) {
    this.#decoder = decoder;
    this.#owner = owner;
    decoder.on("decoded", (emitted) => {
      const packet = toPacket(emitted);
      if (this.#emitted === undefined) this.#owner?.onPacket(packet);
      else this.#emitted.push(packet);
    });
  }

  push(data: string | Uint8Array | undefined): DecodeResult {
    const emitted: SocketPacket[] = [];
    this.#emitted = emitted;
    let result = PENDING;
    try {
      this.#decoder.add(data);
    } catch (error) {
      result = { type: "error", message: error instanceof Error ? error.message : String(error) };
    }
    this.#emitted = undefined;
    // Behind `add`: what goes wrong in here is no fault of the decoder.
    for (const packet of emitted) this.#owner?.onPacket(packet);
    return result;
  }

  reset(): void {
    this.#owner = undefined;
    this.#decoder.destroy();
  }
}

/** SIO §37: the packet that a decoder emitted, without the binary types. Throws into the decoder if it is none. */
function toPacket(emitted: unknown): SocketPacket {
  const { type, nsp, data, id }: EmittedPacket = Object(emitted);
  const plainType = type === 5 ? 2 : type === 6 ? 3 : type;
  const packet = { type: plainType, nsp, data, id };
  if (isSocketPacket(packet)) return packet;
  throw new TypeError("the decoder of the parser option must emit packets, with type and nsp");
}

interface EmittedPacket {
  readonly type?: unknown;
  readonly nsp?: unknown;
  readonly data?: unknown;
  readonly id?: unknown;
}

function isSocketPacket(packet: EmittedPacket): packet is SocketPacket {
  const { type, nsp, id } = packet;
  const isKnownType = type === 0 || type === 1 || type === 2 || type === 3 || type === 4;
  return isKnownType && typeof nsp === "string" && (id === undefined || typeof id === "number");
}

function asPayload(chunk: unknown): string | Uint8Array {
  if (typeof chunk === "string" || chunk instanceof Uint8Array) return chunk;
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new TypeError(`the encoder of the parser option must return strings and binary, not ${typeof chunk}`);
}

function asBytes(attachment: object): Uint8Array {
  if (attachment instanceof Uint8Array) return attachment;
  throw new TypeError("a Blob cannot be sent by a server: read its arrayBuffer() first");
}
