import type { AnyListener } from "@tautline/events/types";
import { SocketDecoder } from "@tautline/protocol/socket-decoder";
import { encodeSocketPacket, type SocketPacket } from "@tautline/protocol/socket-packet";
import type { WriteOptions } from "./engine/packet.ts";

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
  /** Takes an engine message; returns what is wrong with it. */
  push(chunk: unknown): Error | undefined;
  /** Forgets a packet of which parts are missing. */
  reset(): void;
}

/** The codec of a program's parser, or the standard one. */
export function createCodec(parser: Parser | undefined, onPacket: (packet: SocketPacket) => void): Codec {
  return parser ? createCustomCodec(parser, onPacket) : createStandardCodec(onPacket);
}

function createStandardCodec(onPacket: (packet: SocketPacket) => void): Codec {
  const decoder = new SocketDecoder();
  return {
    encode(packet) {
      const encoded = encodeSocketPacket(packet);
      return typeof encoded === "string" ? [encoded] : [encoded.text, ...encoded.attachments];
    },
    push(chunk) {
      const result = decoder.push(chunk);
      if (result.type === "error") return new Error(result.message);
      if (result.type !== "pending") onPacket(result);
      return undefined;
    },
    reset: () => decoder.reset(),
  };
}

function createCustomCodec({ Encoder, Decoder }: Parser, onPacket: (packet: SocketPacket) => void): Codec {
  const encoder = new Encoder();
  const decoder = new Decoder();
  decoder.on("decoded", onPacket);
  return {
    encode: (packet) => encoder.encode(packet),
    push(chunk) {
      try {
        decoder.add(chunk);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
      }
    },
    reset: () => decoder.destroy(),
  };
}
