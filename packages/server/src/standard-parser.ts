// `@tautline/server/parser`, in place of upstream's `socket.io-parser`.

export { isPacketValid } from "@tautline/protocol/packet-shape";
export { PacketTypeNames as PacketType } from "@tautline/protocol/packet-type-names";
export { protocol } from "@tautline/protocol/protocol-revision";
export type { SocketPacket as Packet } from "@tautline/protocol/socket-packet";
export { Decoder, type EncodablePacket, Encoder } from "@tautline/protocol/standard-parser";
