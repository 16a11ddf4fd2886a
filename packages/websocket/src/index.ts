export {
  type AdmittedUpgrade,
  acceptUpgrade,
  admitUpgrade,
  completeUpgrade,
  type HeaderFields,
  refuseUpgrade,
  type UpgradeOptions,
  type UpgradeRefusal,
} from "./accept-upgrade.ts";
export type { ClientOptions } from "./client-options.ts";
export { ABNORMAL, isWireCloseCode, NO_STATUS } from "./close-codes.ts";
export { type ClientHandle, type ClientHandler, connect, type UpgradeResponse } from "./connect.ts";
export { Connection } from "./connection.ts";
export type { ConnectionHandler } from "./connection-handler.ts";
export {
  type ConnectionLimits,
  type ConnectionOptions,
  createLimits,
  type Role,
} from "./connection-options.ts";
export type { ConnectionState } from "./connection-state.ts";
export type { DeflateOptions, NegotiatedDeflate, ZlibLevels } from "./deflate-negotiation.ts";
export {
  HandshakeError,
  ProtocolError,
  type ResponseHeaders,
  UsageError,
  WebSocketError,
  type WebSocketErrorCode,
} from "./errors.ts";
export { BatchWriter } from "./frame-writer.ts";
export { createMessage, type Message } from "./message.ts";
