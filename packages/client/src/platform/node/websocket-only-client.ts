// Node's `io()` and `Manager` without polling and upgrades.

import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import { createIo, type Io } from "../../entry.ts";
import { Manager as NeutralManager } from "../../manager.ts";
import type { ManagerOptions } from "../../options.ts";
import type { Platform } from "../../platform.ts";
import { nodeGlobals } from "./node-globals.ts";
import { NodeWebSocket } from "./websocket-transport.ts";

const platform: Platform = {
  ...nodeGlobals,
  transports: new Map([["websocket", NodeWebSocket]]),
  defaultTransports: () => ["websocket"],
};

/** A connection to one server by WebSocket, kept up by reconnection and shared by the sockets of its namespaces. */
export class Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends NeutralManager<ListenEvents, EmitEvents> {
  constructor(uri?: string | ManagerOptions, options?: ManagerOptions) {
    super(platform, uri, options);
  }
}

/** A socket of a namespace, on a connection shared with other namespaces of the same server. */
export const io: Io<typeof Manager> = createIo(Manager, {
  createManager: (uri, options) => new Manager(uri, options),
  location: platform.location,
  cache: new Map(),
});
