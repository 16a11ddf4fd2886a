// The server's side of the opening handshake (RFC 6455 §4.2).

import { type IncomingMessage, STATUS_CODES, validateHeaderName, validateHeaderValue } from "node:http";
import type { Duplex } from "node:stream";
import { Connection } from "./connection.ts";
import { type ConnectionLimits, createLimits } from "./connection-options.ts";
import { acceptDeflate, type DeflateOptions, type NegotiatedDeflate } from "./deflate-negotiation.ts";
import type { BatchWriter } from "./frame-writer.ts";
import { acceptKeyOf, hasToken, parseProtocols, prepareSocket } from "./handshake.ts";

/** Header fields to send: a record, or pairs where a name may come more than once. */
export type HeaderFields =
  | Readonly<Record<string, string | number | readonly string[] | undefined>>
  | readonly (readonly [name: string, value: string])[];

/** What a server asks of a handshake; make it once and share it by all requests. */
export interface UpgradeOptions extends Partial<ConnectionLimits> {
  /** The most bytes of one message, also after inflating. `Infinity`: what a string can hold, 512 MiB. */
  readonly maxPayloadBytes: number;
  /** permessage-deflate: options, `true` for the defaults, `false` (default) to decline it. */
  readonly deflate?: DeflateOptions | boolean | undefined;
  /**
   * Picks the subprotocol among those that the client offers. A name that was not offered counts as none.
   * Default: the first.
   */
  readonly chooseProtocol?:
    | ((offered: readonly string[], request: IncomingMessage) => string | false | undefined)
    | undefined;
  /** Fields to add to the response. */
  readonly headers?: HeaderFields | undefined;
  /** Shared by all connections of a server, so that they share joined batches. Default: one for each. */
  readonly writer?: BatchWriter | undefined;
}

/** A handshake that may go ahead. */
export interface AdmittedUpgrade {
  readonly ok: true;
  /** The value of Sec-WebSocket-Accept. */
  readonly acceptKey: string;
  /** The subprotocol that was chosen; "" for none. */
  readonly protocol: string;
  readonly deflate: { readonly negotiated: NegotiatedDeflate; readonly answer: string } | undefined;
}

/** A handshake that may not; answer it with `refuseUpgrade`. */
export interface UpgradeRefusal {
  readonly ok: false;
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Validates a handshake and writes nothing, so that the caller may look further before `completeUpgrade`.
 *
 * @see RFC 6455 §4.2.1
 */
export function admitUpgrade(
  request: IncomingMessage,
  options: Pick<UpgradeOptions, "deflate" | "chooseProtocol"> = {},
): AdmittedUpgrade | UpgradeRefusal {
  const { headers } = request;
  if (request.method !== "GET") return refusal(405, `method ${String(request.method)} cannot upgrade`);
  if (request.httpVersionMajor === 1 && request.httpVersionMinor === 0) {
    return refusal(400, "HTTP 1.0 cannot upgrade");
  }
  // CVE-2024-37890: a field beyond the parser's limit is missing here, and that is all.
  if (!hasToken(headers.upgrade, "websocket")) return refusal(400, "upgrade header is not websocket");
  if (!hasToken(headers.connection, "upgrade")) return refusal(400, "connection header is not upgrade");
  const version = headers["sec-websocket-version"];
  if (version !== "13") {
    const message = `websocket version ${JSON.stringify(version ?? "")} is not 13`;
    return refusal(426, message, { "Sec-WebSocket-Version": "13" });
  }
  const key = headers["sec-websocket-key"];
  if (key === undefined || !isKey(key)) return refusal(400, "sec-websocket-key is not 16 bytes in base64");
  const offered = headers["sec-websocket-protocol"];
  const protocols = offered === undefined ? [] : parseProtocols(offered);
  if (protocols === undefined) return refusal(400, "sec-websocket-protocol is malformed");
  return {
    ok: true,
    acceptKey: acceptKeyOf(key),
    protocol: chooseProtocol(protocols, request, options),
    deflate: negotiateDeflate(headers["sec-websocket-extensions"], options.deflate),
  };
}

/**
 * Sends the 101 response and takes the socket over. Call `start` on the connection to begin to read.
 *
 * The response goes out together with what is sent in the same turn of the event loop, and otherwise in the next.
 *
 * Throws Node's `ERR_INVALID_CHAR` or `ERR_INVALID_HTTP_TOKEN` for header fields that cannot be sent.
 */
export function completeUpgrade(
  socket: Duplex,
  upgrade: AdmittedUpgrade,
  options: Omit<UpgradeOptions, "deflate" | "chooseProtocol">,
): Connection {
  const { protocol, deflate } = upgrade;
  let head = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${upgrade.acceptKey}\r\n`;
  if (protocol !== "") head += `Sec-WebSocket-Protocol: ${protocol}\r\n`;
  if (deflate !== undefined) head += `Sec-WebSocket-Extensions: ${deflate.answer}\r\n`;
  if (options.headers !== undefined) head += formatFields(options.headers);
  prepareSocket(socket);
  return new Connection(socket, {
    role: "server",
    limits: createLimits(options),
    protocol,
    deflate: deflate?.negotiated,
    writer: options.writer,
    opening: `${head}\r\n`,
  });
}

/**
 * Accepts the upgrade request of a client, or says why not; the caller answers a refusal by `refuseUpgrade`.
 *
 * @example
 * const options = { maxPayloadBytes: 1_000_000 };
 * httpServer.on("upgrade", (request, socket, head) => {
 *   const upgrade = acceptUpgrade(request, socket, options);
 *   if (!upgrade.ok) return refuseUpgrade(socket, upgrade.status, upgrade.message, upgrade.headers);
 *   upgrade.connection.start(handler, head);
 * });
 */
export function acceptUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  options: UpgradeOptions,
): { readonly ok: true; readonly connection: Connection } | UpgradeRefusal {
  const upgrade = admitUpgrade(request, options);
  if (!upgrade.ok) return upgrade;
  return { ok: true, connection: completeUpgrade(socket, upgrade, options) };
}

/** Answers a request on a bare socket and closes it. On a socket that is lost already it does nothing. */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  message: string,
  headers: HeaderFields = {},
): void {
  socket.on("error", () => socket.destroy());
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const named = new Set(pairsOf(headers).map(([name]) => name.toLowerCase()));
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nConnection: close\r\n`;
  if (!named.has("content-type")) head += "Content-Type: text/plain; charset=utf-8\r\n";
  if (!named.has("content-length")) head += `Content-Length: ${Buffer.byteLength(message)}\r\n`;
  socket.once("finish", () => socket.destroy());
  socket.end(`${head}${formatFields(headers)}\r\n${message}`);
}

function refusal(status: number, message: string, headers: Record<string, string> = {}): UpgradeRefusal {
  return { ok: false, status, message, headers };
}

/** 16 bytes in base64: 22 characters of the alphabet and two of padding. */
function isKey(key: string): boolean {
  return /^[+/0-9A-Za-z]{22}==$/.test(key);
}

function chooseProtocol(
  offered: readonly string[],
  request: IncomingMessage,
  options: Pick<UpgradeOptions, "chooseProtocol">,
): string {
  if (offered.length === 0) return "";
  const chosen = options.chooseProtocol === undefined ? offered[0] : options.chooseProtocol(offered, request);
  // RFC 6455 §4.2.2: naming one that was not offered would fail the client's handshake.
  return chosen !== undefined && chosen !== false && offered.includes(chosen) ? chosen : "";
}

function negotiateDeflate(
  header: string | undefined,
  deflate: DeflateOptions | boolean | undefined,
): AdmittedUpgrade["deflate"] {
  if (header === undefined || deflate === undefined || deflate === false) return undefined;
  return acceptDeflate(header, deflate === true ? {} : deflate);
}

function formatFields(fields: HeaderFields): string {
  let text = "";
  for (const [name, value] of pairsOf(fields)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    text += `${name}: ${value}\r\n`;
  }
  return text;
}

function pairsOf(fields: HeaderFields): (readonly [name: string, value: string])[] {
  if (isPairs(fields)) return [...fields];
  const pairs: [string, string][] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const values = typeof value === "object" ? value : [String(value)];
    for (const one of values) pairs.push([name, one]);
  }
  return pairs;
}

function isPairs(fields: HeaderFields): fields is readonly (readonly [string, string])[] {
  return Array.isArray(fields);
}
