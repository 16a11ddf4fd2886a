import type { PageLocation } from "../platform.ts";
import type { EngineOptions } from "./options.ts";
import { decodeQuery, type Query } from "./query.ts";
import { isSecure, parseUri } from "./uri.ts";

/** Where an engine connects to. */
export interface EngineTarget {
  readonly hostname: string;
  readonly port: string | number;
  readonly secure: boolean;
  readonly path: string;
  readonly query: Query;
}

/** Works out the target from the URI, else the options, else the page (EIO §45). */
export function resolveTarget(
  uri: string | undefined,
  options: EngineOptions,
  location: PageLocation | undefined,
): EngineTarget {
  const given = parseUri(uri ?? options.hostname ?? options.host ?? location?.host ?? "");
  // C 3: a query in the URI replaces the option
  const query = given.query || options.query;
  const path = (options.path ?? "/engine.io").replace(/\/$/, "");
  return {
    hostname: given.host || "localhost",
    port: (uri === undefined && options.port) || given.port,
    secure: given.protocol ? isSecure(given) : (options.secure ?? location?.protocol === "https:"),
    path: options.addTrailingSlash === false ? path : `${path}/`,
    query: typeof query === "string" ? decodeQuery(query) : { ...query },
  };
}
