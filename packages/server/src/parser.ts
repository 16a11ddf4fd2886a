// Both directions between socket packets and engine messages, for the built-in codec and for a program's own
// `parser` option (SIO §37).

import { OutboundPacket } from "@tautline/engine/outbound-packet";
import { type DecodeResult, SocketDecoder } from "@tautline/protocol/socket-decoder";
import { encodeSocketPacket, type SocketPacket } from "@tautline/protocol/socket-packet";

/** The engine packets of one socket packet: its text, then its attachments. Shared by all receivers. */
export type Encoded = readonly OutboundPacket[];

/** A codec of the program's own: upstream's contract. */
export interface CustomParser {
  Encoder: new () => { encode(packet: SocketPacket): (string | Uint8Array)[] };
  Decoder: new () => CustomDecoder;
}

export interface CustomDecoder {
  add(chunk: unknown): void;
  destroy(): void;
  on(event: "decoded", listener: (packet: SocketPacket) => void): unknown;
}

/** Decodes the messages of one connection. */
export interface MessageDecoder {
  /** Takes one message and gives every packet that it completed; a string says what is wrong with it. */
  push(data: string | Uint8Array | undefined): DecodeResult;
  reset(): void;
}

/** The codec that a server and all of its connections share. */
export interface Parser {
  encode(packet: SocketPacket, compress: boolean): Encoded;
  createDecoder(): MessageDecoder;
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
  const encoder = new Encoder();
  return {
    encode(packet, compress) {
      return encoder.encode(packet).map((chunk) => new OutboundPacket("message", chunk, compress));
    },
    createDecoder: () => new WrappedDecoder(new Decoder()),
  };
}

class WrappedDecoder implements MessageDecoder {
  readonly #decoder: CustomDecoder;
  #decoded: SocketPacket | undefined;

  constructor(decoder: CustomDecoder) {
    this.#decoder = decoder;
    decoder.on("decoded", (packet) => {
      this.#decoded = packet;
    });
  }

  push(data: string | Uint8Array | undefined): DecodeResult {
    this.#decoded = undefined;
    try {
      this.#decoder.add(data);
    } catch (error) {
      return { type: "error", message: error instanceof Error ? error.message : String(error) };
    }
    return this.#decoded ?? { type: "pending" };
  }

  reset(): void {
    this.#decoder.destroy();
  }
}

function asBytes(attachment: object): Uint8Array {
  if (attachment instanceof Uint8Array) return attachment;
  throw new TypeError("a Blob cannot be sent by a server: read its arrayBuffer() first");
}
