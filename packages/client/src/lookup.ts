import type { DefaultEventsMap, EventsMap } from "@tautline/events/types";
import type { Manager } from "./manager.ts";
import type { ManagerOptions, SocketOptions } from "./options.ts";
import type { PageLocation } from "./platform.ts";
import type { Socket } from "./socket.ts";
import { resolveUrl } from "./url.ts";

export type LookupOptions = Partial<ManagerOptions & SocketOptions>;

/** What `URL` objects are known by, on runtimes that have them. */
interface UrlLike {
  readonly href: string;
}

/** `io()`: a socket of a namespace, on a connection shared with other namespaces of the same server. */
export interface Lookup {
  <Listen extends EventsMap = DefaultEventsMap, Emit extends EventsMap = Listen>(
    options?: LookupOptions,
  ): Socket<Listen, Emit>;
  <Listen extends EventsMap = DefaultEventsMap, Emit extends EventsMap = Listen>(
    uri: string | UrlLike | undefined,
    options?: LookupOptions,
  ): Socket<Listen, Emit>;
}

/** What `io()` needs of its entry point. */
export interface LookupContext {
  readonly createManager: (uri: string, options: ManagerOptions) => Manager;
  readonly location: () => PageLocation | undefined;
  /** Managers that may be shared; never emptied. */
  readonly cache: Map<string, Manager>;
}

/** Makes an `io()` (client.md 2). */
export function createLookup({ createManager, location, cache }: LookupContext): Lookup {
  return (first?: string | UrlLike | LookupOptions | null, second?: LookupOptions) => {
    const uri = isUrl(first) ? first.href : first;
    const isUri = typeof uri !== "object";
    const options: LookupOptions = { ...(isUri ? second : uri) };
    const { source, id, namespace, query } = resolveUrl(
      isUri ? uri : undefined,
      options.path ?? "/socket.io",
      location(),
    );
    if (query) options.query ||= query;
    const shared = cache.get(id);
    const mustBeNew =
      options.forceNew ||
      options["force new connection"] ||
      options.multiplex === false ||
      shared?.nsps[namespace];
    const manager = (!mustBeNew && shared) || createManager(source, options);
    if (!mustBeNew) cache.set(id, manager);
    return manager.socket(namespace, options);
  };
}

function isUrl(value: unknown): value is UrlLike {
  return typeof value === "object" && !!value && "href" in value && typeof value.href === "string";
}
