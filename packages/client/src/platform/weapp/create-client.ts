// `io()` and `Manager` bound to a platform of mini-programs.

import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import { createIo, type Io } from "../../entry.ts";
import { Manager as NeutralManager } from "../../manager.ts";
import type { ManagerOptions } from "../../options.ts";
import type { MiniProgram } from "./mini-program.ts";
import { createWeappPlatform } from "./weapp-platform.ts";

/** A `Manager` class that is bound to a host. */
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

/** Makes the client of a host that is looked up when a connection is made. */
export function createWeappClient(findHost: () => MiniProgram | undefined): WeappClient {
  const platform = createWeappPlatform(findHost);
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
