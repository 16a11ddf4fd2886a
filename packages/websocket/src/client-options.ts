// What a client may ask for, and the HTTP request that it makes.

import type { Agent } from "node:http";
import type { RequestOptions } from "node:https";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import type { ConnectionLimits } from "./connection-options.ts";
import { type DeflateOptions, offerDeflate } from "./deflate-negotiation.ts";
import { UsageError } from "./errors.ts";
import { isToken } from "./extension-header.ts";

type ClientTlsOptions = Pick<
  TlsOptions,
  "pfx" | "key" | "passphrase" | "cert" | "ca" | "ciphers" | "servername" | "checkServerIdentity"
>;

/** Options of `connect`. */
export interface ClientOptions extends Partial<ConnectionLimits>, ClientTlsOptions {
  /** The most bytes of one message, also after inflating. `Infinity`: what a string can hold, 512 MiB. */
  readonly maxPayloadBytes: number;
  /** Subprotocols to offer, in order of preference. */
  readonly protocols?: readonly string[] | undefined;
  /** Request header fields to add; those of the handshake itself cannot be replaced. */
  readonly headers?: Readonly<Record<string, string | number | readonly string[] | undefined>> | undefined;
  /** The value of the Origin field. Default: none. */
  readonly origin?: string | undefined;
  /** The agent that makes the TCP or TLS connection. Default: a connection of its own. */
  readonly agent?: Agent | false | undefined;
  /** The server's certificate is verified unless this is exactly `false`. Default true. */
  readonly rejectUnauthorized?: boolean | undefined;
  /** permessage-deflate: options, `true` (default) for the defaults, `false` not to offer it. */
  readonly perMessageDeflate?: DeflateOptions | boolean | undefined;
  /** How long the handshake may take, in milliseconds. Default 0: as long as the system lets it. */
  readonly handshakeTimeoutMs?: number | undefined;
  readonly localAddress?: string | undefined;
  /** 4 or 6; by default both are tried. */
  readonly family?: number | undefined;
  /** Abandons the handshake, or terminates the connection. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the connection lets the process end. Default false. */
  readonly autoUnref?: boolean | undefined;
}

/** The request that carries the handshake. Throws a `UsageError`. */
export function requestOptionsOf(
  url: string | URL,
  options: ClientOptions,
  key: string,
): { isSecure: boolean; requestOptions: RequestOptions } {
  const target = parseUrl(url);
  const isSecure = target.protocol === "wss:" || target.protocol === "https:";
  const requestOptions: RequestOptions = {
    method: "GET",
    host: target.hostname.replace(/^\[|\]$/g, ""),
    port: target.port === "" ? (isSecure ? 443 : 80) : Number(target.port),
    path: `${target.pathname}${target.search}`,
    headers: headersOf(options, key),
    agent: options.agent ?? false,
    ...optional("localAddress", options.localAddress),
    ...optional("family", options.family),
  };
  if (target.username !== "" || target.password !== "") {
    requestOptions.auth = `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}`;
  }
  return {
    isSecure,
    requestOptions: isSecure ? { ...requestOptions, ...tlsOptionsOf(options) } : requestOptions,
  };
}

function parseUrl(url: string | URL): URL {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (cause) {
    throw new UsageError(`cannot parse url ${JSON.stringify(String(url))}`, cause);
  }
  if (!["ws:", "wss:", "http:", "https:"].includes(parsed.protocol)) {
    throw new UsageError(`url has protocol ${JSON.stringify(parsed.protocol)}, not ws or wss`);
  }
  if (parsed.hash !== "") throw new UsageError("url has a fragment"); // RFC 6455 §3
  return parsed;
}

function headersOf(options: ClientOptions, key: string): Record<string, string | number | string[]> {
  const { protocols = [], perMessageDeflate = true } = options;
  const headers: Record<string, string | number | string[]> = Object.create(null);
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = typeof value === "object" ? [...value] : value;
  }
  if (options.origin !== undefined) headers.origin = options.origin;
  headers.connection = "Upgrade";
  headers.upgrade = "websocket";
  headers["sec-websocket-version"] = "13";
  headers["sec-websocket-key"] = key;
  delete headers["sec-websocket-protocol"];
  delete headers["sec-websocket-extensions"];
  if (protocols.length > 0) headers["sec-websocket-protocol"] = checkProtocols(protocols).join(",");
  if (perMessageDeflate !== false) {
    headers["sec-websocket-extensions"] = offerDeflate(perMessageDeflate === true ? {} : perMessageDeflate);
  }
  return headers;
}

function checkProtocols(protocols: readonly string[]): readonly string[] {
  for (const [index, protocol] of protocols.entries()) {
    if (!isToken(protocol)) throw new UsageError(`subprotocol ${JSON.stringify(protocol)} is not a token`);
    if (protocols.indexOf(protocol) !== index) throw new UsageError(`subprotocol ${protocol} is named twice`);
  }
  return protocols;
}

function tlsOptionsOf(options: ClientOptions): RequestOptions {
  return {
    // CVE-2016-10536, CVE-2021-31597: null, 0 and undefined do not turn verification off.
    rejectUnauthorized: options.rejectUnauthorized !== false,
    ...optional("pfx", options.pfx),
    ...optional("key", options.key),
    ...optional("passphrase", options.passphrase),
    ...optional("cert", options.cert),
    ...optional("ca", options.ca),
    ...optional("ciphers", options.ciphers),
    ...optional("servername", options.servername),
    ...optional("checkServerIdentity", options.checkServerIdentity),
  };
}

/** A property to spread, absent if its value is. */
function optional<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  if (value === undefined) return {};
  const property: { [P in K]?: V } = {};
  property[name] = value;
  return property;
}
