// The classes and the function of the Node entry points.

import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import { createLookup, type Lookup } from "../../lookup.ts";
import { Manager as NeutralManager } from "../../manager.ts";
import type { ManagerOptions } from "../../options.ts";
import { nodePlatform } from "./node-platform.ts";

/** A connection to one server, kept up by reconnection and shared by the sockets of its namespaces. */
export class Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends NeutralManager<ListenEvents, EmitEvents> {
  constructor(uri?: string | Partial<ManagerOptions>, options?: Partial<ManagerOptions>) {
    super(nodePlatform, uri, options);
  }
}

// client-platforms.md 5: the ESM and the CommonJS build of one process share their managers.
const CACHE_KEY = Symbol.for("tautline.client.managers");
const shared: { [CACHE_KEY]?: Map<string, Manager> } = globalThis;
shared[CACHE_KEY] ??= new Map();

/** A socket of a namespace, on a connection shared with other namespaces of the same server. */
export const io: Lookup = createLookup({
  createManager: (uri, options) => new Manager(uri, options),
  location: nodePlatform.location,
  cache: shared[CACHE_KEY],
});
