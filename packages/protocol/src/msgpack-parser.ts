// Packets in MessagePack, in the shape of upstream's `socket.io-msgpack-parser` (SIO §38).

import { decodeMsgpackPacket, MsgpackWriter } from "./msgpack-packet.ts";
import { ParserDecoder } from "./parser-decoder.ts";
import type { SocketPacket } from "./socket-packet.ts";

/**
 * Encodes each packet as one binary message.
 *
 * `encode` throws a TypeError for a bigint, a symbol, a Blob or a function in a list, and a RangeError for data that
 * is circular or nests deeper than 512 levels.
 *
 * @example const [message] = new Encoder().encode({ type: 2, nsp: "/", data: ["tick", 1] });
 * @see SIO §38
 */
export class Encoder {
  readonly #writer: MsgpackWriter = new MsgpackWriter();

  encode(packet: SocketPacket): Uint8Array[] {
    return [this.#writer.write(packet)];
  }
}

/**
 * Decodes the messages of one connection and emits `decoded` with each packet.
 *
 * `add` throws an Error: `invalid packet type`, `invalid namespace`, `invalid payload`, `invalid packet id`,
 * `got plaintext data instead of MessagePack`, `Unknown type: <value>`.
 *
 * @example
 * const decoder = new Decoder();
 * decoder.on("decoded", (packet) => console.log(packet.data));
 * decoder.add(message);
 * @see SIO §38
 */
export class Decoder extends ParserDecoder {
  constructor() {
    super({ push: decodeMsgpackPacket, reset: () => {} });
  }
}
