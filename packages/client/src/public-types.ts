// The types of every entry point.

export type { DefaultEventsMap } from "@tautline/events/types";
export type { CustomParser, OutgoingSocketPacket, Parser } from "./codec.ts";
export type { Failure, FailurePhase } from "./engine/failure.ts";
export type { FailureCode } from "./errors.ts";
export type { ManagerReservedEvents } from "./manager.ts";
export type { Auth, ManagerOptions, SocketOptions } from "./options.ts";
export type {
  DisconnectDescription,
  ExtendedError,
  SocketReservedEvents,
} from "./socket-types.ts";
