// The classes and functions of the entry point for mini-programs.

import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import type { Io } from "../../entry.ts";
import type { Manager as NeutralManager } from "../../manager.ts";
import { createWeappClient, type ManagerConstructor, type WeappClient } from "./create-client.ts";
import type { MiniProgram } from "./mini-program.ts";

declare const wx: MiniProgram | undefined;

/**
 * Makes the client of a host that is not WeChat but offers the functions of `wx`. Call it once: sockets of different
 * clients share no connection.
 *
 * @example
 * export const { io } = createClient(uni);
 */
export function createClient(host: MiniProgram): WeappClient {
  return createWeappClient(() => host);
}

// Looked up when a socket is made: importing this module needs nothing.
const wechat = createWeappClient(() => (typeof wx === "undefined" ? undefined : wx));

/** A socket of a namespace, on a connection shared with other namespaces of the same server. The URL is absolute. */
export const io: Io<ManagerConstructor> = wechat.io;

/** A connection to one server by `wx`, kept up by reconnection and shared by the sockets of its namespaces. */
export const Manager: ManagerConstructor = wechat.Manager;

/** An instance of the class. */
export type Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> = NeutralManager<ListenEvents, EmitEvents>;
