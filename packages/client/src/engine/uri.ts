/** The parts of a URI; a missing part is the empty string. */
export interface ParsedUri {
  /** Without the colon. */
  readonly protocol: string;
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: string;
  /** Verbatim, with its leading slash. */
  readonly path: string;
  /** Verbatim, without `?`. */
  readonly query: string;
}

const MAX_LENGTH = 8000;

// Not the platform's URL: some runtimes have none, or one that changes what it is given (React Native).
const PARTS =
  /^(?:(https?|wss?):\/\/)?(?:[^/?#@]*@)?(?:\[([^\]]*)\]|([^:/?#]*))(?::(\d*))?([^?#]*)(?:\?([^#]*))?/;

/**
 * Takes a URI apart.
 *
 * @throws Error `URI too long` above 8000 characters.
 */
export function parseUri(text: string): ParsedUri {
  if (text.length > MAX_LENGTH) throw new Error("URI too long");
  const [, protocol = "", ipv6, host = ipv6 ?? "", port = "", path = "", query = ""] = PARTS.exec(text) ?? [];
  return { protocol, host, port, path, query };
}

/** Whether a URI asks for TLS. */
export function isSecure({ protocol }: ParsedUri): boolean {
  return /s$/.test(protocol);
}

/** A host as it stands in a URI: IPv6 in brackets. */
export function bracketHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
