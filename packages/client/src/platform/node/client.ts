// The classes and the function of Node's entry points.

import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import { createIo, type Io } from "../../entry.ts";
import { Manager as NeutralManager } from "../../manager.ts";
import type { ManagerOptions } from "../../options.ts";
import { nodePlatform } from "./node-platform.ts";

/** A connection to one server, kept up by reconnection and shared by the sockets of its namespaces. */
export class Manager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends NeutralManager<ListenEvents, EmitEvents> {
  constructor(uri?: string | ManagerOptions, options?: ManagerOptions) {
    super(nodePlatform, uri, options);
  }
}

/** A socket of a namespace, on a connection shared with other namespaces of the same server. */
export const io: Io<typeof Manager> = createIo(Manager, {
  createManager: (uri, options) => new Manager(uri, options),
  location: nodePlatform.location,
  cache: sharedCache(),
});

/** client-platforms.md 5: the ESM and the CommonJS build in one process share their managers. */
function sharedCache(): Map<string, NeutralManager> {
  const key = Symbol.for("tautline.client.managers");
  const known: unknown = Reflect.get(globalThis, key);
  if (known instanceof Map) return known;
  const cache = new Map<string, NeutralManager>();
  Reflect.set(globalThis, key, cache);
  return cache;
}
