export type { CallOptions, CallState } from "../bindings/acknowledged-calls.ts";
export type { Connection } from "../bindings/connection.ts";
export { createSocketContext, type SocketContext } from "./socket-context.ts";
export { useConnection } from "./use-connection.ts";
export { type EmitWithAck, useEmitWithAck } from "./use-emit-with-ack.ts";
export { useEvent } from "./use-event.ts";
export { useOwnSocket } from "./use-own-socket.ts";
