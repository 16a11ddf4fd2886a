// The classes and the function of the browser's entry points.

import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import { createIo, type Io } from "../../entry.ts";
import { Manager as NeutralManager } from "../../manager.ts";
import type { ManagerOptions } from "../../options.ts";
import { browserPlatform } from "./browser-platform.ts";

/** A connection to one server, kept up by reconnection and shared by the sockets of its namespaces. */
export class Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends NeutralManager<ListenEvents, EmitEvents> {
  constructor(uri?: string | ManagerOptions, options?: ManagerOptions) {
    super(browserPlatform, uri, options);
  }
}

/** A socket of a namespace, on a connection shared with other namespaces of the same server. */
export const io: Io<typeof Manager> = createIo(Manager, {
  createManager: (uri, options) => new Manager(uri, options),
  location: browserPlatform.location,
  cache: new Map(),
});
