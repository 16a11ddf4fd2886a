import { decodeQuery, type Query } from "./engine/query.ts";
import { bracketHost, isSecure, parseUri } from "./engine/uri.ts";
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
  const source = page ? makeAbsolute(uri ?? `//${page.host}`, page) : (uri ?? "");
  const parsed = parseUri(source);
  const { protocol, host, port, path, query } = parsed;
  if (!protocol || !host) throw new Error(`no server in URL "${source}"`);
  return {
    source,
    id: `${protocol}://${bracketHost(host)}:${port || (isSecure(parsed) ? 443 : 80)}${requestPath}`,
    namespace: path || "/",
    query: query ? decodeQuery(query, (part) => part) : undefined,
  };
}

function makeAbsolute(uri: string, { protocol, host }: PageLocation): string {
  if (/^(https?|wss?):\/\//.test(uri)) return uri;
  if (uri.startsWith("//")) return protocol + uri;
  return `${protocol}//${uri.startsWith("/") ? host : ""}${uri}`;
}
