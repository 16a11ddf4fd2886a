import type { AnyListener } from "@tautline/events/types";
import type { SocketPacket } from "@tautline/protocol/socket-packet";
import type { WriteOptions } from "./engine/packet.ts";

/** A socket packet on its way out. */
export interface OutgoingSocketPacket extends SocketPacket {
  readonly options?: WriteOptions;
}

/**
 * What the `parser` option takes. Of the types only the names are checked, for programs pass published parsers, whose
 * declarations know other packets than ours.
 */
export interface CustomParser {
  readonly Encoder: new () => { encode(packet: never): unknown };
  readonly Decoder: new () => {
    add(chunk: never): unknown;
    destroy(): unknown;
    on(event: never, listener: never): unknown;
  };
}

/** A parser: classes that turn packets into engine messages and back (client.md 4.6, SIO §37). */
export interface Parser {
  readonly Encoder: new () => {
    /** The engine messages of a packet, in order. */
    encode(packet: OutgoingSocketPacket): readonly unknown[];
  };
  readonly Decoder: new () => {
    /** Takes an engine message; throws what is wrong with it. */
    add(chunk: unknown): void;
    /** Forgets a packet of which parts are missing. */
    destroy(): void;
    on(event: "decoded", listener: AnyListener): unknown;
  };
}
