// `@tautline/client/msgpack-parser`, in place of upstream's `socket.io-msgpack-parser`.

export { Decoder, Encoder } from "@tautline/protocol/msgpack-parser";
export { PlainPacketType as PacketType } from "@tautline/protocol/packet-type-names";
export { protocol } from "@tautline/protocol/protocol-revision";
export type { SocketPacket as Packet } from "@tautline/protocol/socket-packet";
