// The classes and functions of the entry point for mini-programs.

import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import { createIo, type Io } from "../../entry.ts";
import { Manager as NeutralManager } from "../../manager.ts";
import type { ManagerOptions } from "../../options.ts";
import type { Platform } from "../../platform.ts";
import type { MiniProgram } from "./mini-program.ts";
import { createWeappPlatform } from "./weapp-platform.ts";

declare const wx: MiniProgram | undefined;

/** A `Manager` class, bound to a host. */
export type ManagerConstructor = new <
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
>(
  uri?: string | ManagerOptions,
  options?: ManagerOptions,
) => NeutralManager<ListenEvents, EmitEvents>;

/** What a mini-program connects with. */
export interface WeappClient {
  readonly io: Io<ManagerConstructor>;
  readonly Manager: ManagerConstructor;
}

/**
 * Makes the client of a host that is not WeChat but offers the functions of `wx`. Call it once: sockets of different
 * clients share no connection.
 *
 * @example
 * export const { io } = createClient(uni);
 */
export function createClient(host: MiniProgram): WeappClient {
  return clientOf(createWeappPlatform(() => host));
}

// Looked up when a socket is made: importing this module needs nothing.
const client = clientOf(createWeappPlatform(() => (typeof wx === "undefined" ? undefined : wx)));

/** A socket of a namespace, on a connection shared with other namespaces of the same server. The URL is absolute. */
export const io: Io<ManagerConstructor> = client.io;

/** A connection to one server by `wx`, kept up by reconnection and shared by the sockets of its namespaces. */
export const Manager: ManagerConstructor = client.Manager;

/** The same as the class: `Manager<ListenEvents, EmitEvents>`. */
export type Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> = NeutralManager<ListenEvents, EmitEvents>;

function clientOf(platform: Platform): WeappClient {
  class WeappManager<
    ListenEvents extends EventsMap = DefaultEventsMap,
    EmitEvents extends EventsMap = ListenEvents,
  > extends NeutralManager<ListenEvents, EmitEvents> {
    constructor(uri?: string | ManagerOptions, options?: ManagerOptions) {
      const given = typeof uri === "object" ? uri : options;
      // client-platforms.md 7.6: there is no upgrade from WebSocket, so polling takes over where it fails
      super(platform, typeof uri === "string" ? uri : undefined, { tryAllTransports: true, ...given });
    }
  }
  const io = createIo<ManagerConstructor>(WeappManager, {
    createManager: (uri, options) => new WeappManager(uri, options),
    location: platform.location,
    cache: new Map(),
  });
  return { io, Manager: WeappManager };
}
