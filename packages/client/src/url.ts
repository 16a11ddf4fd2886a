import { decodeQuery, type Query } from "./engine/query.ts";
import { bracketHost, parseUri } from "./engine/uri.ts";
import type { PageLocation } from "./platform.ts";

/** A URI as `io()` understands it (client.md 3). */
export interface ResolvedUrl {
  /** The full URI, for the manager. */
  readonly source: string;
  /** What managers are shared by: scheme, host, port, request path. */
  readonly id: string;
  /** The pathname, verbatim. */
  readonly namespace: string;
  /** The parameters as they stand in the URI, not decoded. */
  readonly query: Query | undefined;
}

/**
 * Resolves what was passed to `io()` against the page's address.
 *
 * @throws Error if there is no page and the URI is not absolute, or if it is too long.
 */
export function resolveUrl(uri: string | undefined, requestPath: string, page?: PageLocation): ResolvedUrl {
  const source = makeAbsolute(uri ?? "//", page);
  const { protocol, host, port, path, query } = parseUri(source);
  if (!protocol || !host) throw new Error(`no server in URL "${source}"`);
  const isSecure = protocol === "https" || protocol === "wss";
  return {
    source,
    id: `${protocol}://${bracketHost(host)}:${port || (isSecure ? 443 : 80)}${requestPath}`,
    namespace: path || "/",
    query: query ? decodeQuery(query, (part) => part) : undefined,
  };
}

function makeAbsolute(uri: string, page: PageLocation | undefined): string {
  if (/^(https?|wss?):\/\//.test(uri)) return uri;
  if (!page) throw new Error(`cannot resolve URL "${uri}" without a page: it must be absolute`);
  if (uri === "//") return `${page.protocol}//${page.host}`;
  if (uri.startsWith("//")) return page.protocol + uri;
  return `${page.protocol}//${uri.startsWith("/") ? page.host : ""}${uri}`;
}
