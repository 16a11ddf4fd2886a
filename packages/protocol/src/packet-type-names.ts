/** The packet types that parsers other than the standard one deal in, by name. */
export const PlainPacketType = {
  CONNECT: 0,
  DISCONNECT: 1,
  EVENT: 2,
  ACK: 3,
  CONNECT_ERROR: 4,
} as const;

/** The packet types by name, and their names by type: upstream's enumeration has both. */
export const PacketTypeNames = {
  CONNECT: 0,
  DISCONNECT: 1,
  EVENT: 2,
  ACK: 3,
  CONNECT_ERROR: 4,
  BINARY_EVENT: 5,
  BINARY_ACK: 6,
  0: "CONNECT",
  1: "DISCONNECT",
  2: "EVENT",
  3: "ACK",
  4: "CONNECT_ERROR",
  5: "BINARY_EVENT",
  6: "BINARY_ACK",
} as const;
