// Entry point for Node: what `import … from "@tautline/server"` gives.

import { exposeInternals } from "./compat.ts";

export { BroadcastOperator } from "@tautline/adapter/broadcast-operator";
export { AckTimeoutError, EmitError, type EmitErrorCode } from "@tautline/adapter/errors";
export type { RecoveryRefusal } from "@tautline/adapter/recovery";
export { RemoteSocket } from "@tautline/adapter/remote-socket";
export type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
export { OptionError, type OptionErrorCode } from "./errors.ts";
export type { Handshake } from "./handshake.ts";
export type { ExtendedError } from "./middleware.ts";
export { Namespace } from "./namespace.ts";
export { type AnyHttpServer, Server } from "./node-server.ts";
export type { ServerOptions } from "./options.ts";
export type { ConnectionStateRecoveryOptions } from "./recovery-options.ts";
export { type Event, Socket } from "./socket.ts";
export type { DisconnectReason } from "./socket-events.ts";

// server.md §26: what packages written for upstream reach for.
exposeInternals();
