import type { AnyListener } from "@tautline/events/types";
import type { SocketPacket } from "@tautline/protocol/socket-packet";
import type { WriteOptions } from "./engine/packet.ts";
import { createPacketDecoder, encodePacket } from "./standard-codec.ts";

/** A socket packet on its way out. */
export interface OutgoingSocketPacket extends SocketPacket {
  readonly options?: WriteOptions;
}

/** The `parser` option: classes that turn packets into engine messages and back (client.md 4.6, SIO §37). */
export interface Parser {
  readonly Encoder: new () => { encode(packet: OutgoingSocketPacket): unknown[] };
  readonly Decoder: new () => {
    /** May throw. */
    add(chunk: unknown): void;
    destroy(): void;
    on(event: "decoded", listener: AnyListener): unknown;
  };
}

/** The two directions of one manager. */
export interface Codec {
  /** The engine messages of a packet, in order. */
  encode(packet: OutgoingSocketPacket): readonly unknown[];
  /** Takes an engine message; throws what is wrong with it. */
  push(chunk: unknown): void;
  /** Forgets a packet of which parts are missing. */
  reset(): void;
}

/** The codec of a program's parser, or the standard one. */
export function createCodec(parser: Parser | undefined, onPacket: (packet: SocketPacket) => void): Codec {
  if (parser) {
    const encoder = new parser.Encoder();
    const decoder = new parser.Decoder();
    decoder.on("decoded", onPacket);
    return {
      encode: (packet) => encoder.encode(packet),
      push: (chunk) => decoder.add(chunk),
      reset: () => decoder.destroy(),
    };
  }
  const { push, reset } = createPacketDecoder();
  return {
    encode: encodePacket,
    push(chunk) {
      const packet = push(chunk);
      if (packet) onPacket(packet);
    },
    reset,
  };
}
