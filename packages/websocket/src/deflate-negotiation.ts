// Negotiation of permessage-deflate (RFC 7692 §5, §7.1). A bad offer is declined, a bad answer fails the handshake.

import { type ExtensionOffer, formatExtension, parseExtensions } from "./extension-header.ts";

const NAME = "permessage-deflate";
const DEFAULT_THRESHOLD_BYTES = 1024;
const MIN_WINDOW_BITS = 8;
const MAX_WINDOW_BITS = 15;
/** Measured on JSON: within 5 % of level 6 in size, and seven times faster from 16 KiB on. */
const DEFAULT_LEVEL = 1;

/** What a program asks of permessage-deflate; the names are those that upstream's `perMessageDeflate` has. */
export interface DeflateOptions {
  /** Messages of fewer bytes are sent as they are. Default 1024. */
  readonly threshold?: number | undefined;
  /**
   * The server begins each message afresh, so that one deflated frame suits all receivers. Default true for a
   * server; a client asks for it only if it is true.
   */
  readonly serverNoContextTakeover?: boolean | undefined;
  /** The client begins each message afresh: saves the server a window of up to 64 KiB a connection. Default false. */
  readonly clientNoContextTakeover?: boolean | undefined;
  /** The most window bits that the server may use, 8 to 15. Default 15. */
  readonly serverMaxWindowBits?: number | undefined;
  /** The most window bits that the client may use, 8 to 15; for a client also `true`, which offers to obey. */
  readonly clientMaxWindowBits?: number | boolean | undefined;
  /** Given to zlib. Default level 1. */
  readonly zlibDeflateOptions?: ZlibLevels | undefined;
}

export interface ZlibLevels {
  readonly level?: number;
  readonly memLevel?: number;
  readonly strategy?: number;
}

/** What both sides agreed on. */
export interface NegotiatedDeflate {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
  readonly threshold: number;
  readonly zlib: ZlibLevels;
}

/** The parameters of one offer or answer, checked. */
interface Parameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  readonly clientMaxWindowBits: number | true | undefined;
}

/** Server: picks the first offer that can be met. `answer` is the response header's value. */
export function acceptDeflate(
  header: string,
  options: DeflateOptions,
): { negotiated: NegotiatedDeflate; answer: string } | undefined {
  for (const offer of parseExtensions(header) ?? []) {
    const parameters = offer.name === NAME ? checkParameters(offer) : undefined;
    const negotiated = parameters && meetOffer(parameters, options);
    if (negotiated !== undefined) return { negotiated, answer: formatAnswer(negotiated, parameters) };
  }
  return undefined;
}

/** Client: the request header's value. */
export function offerDeflate(options: DeflateOptions): string {
  const { serverMaxWindowBits, clientMaxWindowBits = true } = options;
  const parameters: [string, string | true][] = [];
  if (options.serverNoContextTakeover === true) parameters.push(["server_no_context_takeover", true]);
  if (options.clientNoContextTakeover === true) parameters.push(["client_no_context_takeover", true]);
  if (serverMaxWindowBits !== undefined) {
    parameters.push(["server_max_window_bits", String(serverMaxWindowBits)]);
  }
  if (clientMaxWindowBits !== false) {
    const value = clientMaxWindowBits === true ? true : String(clientMaxWindowBits);
    parameters.push(["client_max_window_bits", value]);
  }
  return formatExtension({ name: NAME, parameters });
}

/** Client: what the server's answer agreed to, or a refusal that says what is wrong with it. */
export function readDeflateAnswer(
  header: string,
  options: DeflateOptions | undefined,
): { ok: true; negotiated: NegotiatedDeflate } | { ok: false; message: string } {
  const [answer, ...others] = parseExtensions(header) ?? [];
  if (answer === undefined) return { ok: false, message: "malformed Sec-WebSocket-Extensions header" };
  if (options === undefined || answer.name !== NAME || others.length > 0) {
    return { ok: false, message: "server chose an extension that was not offered" };
  }
  const parameters = checkParameters(answer);
  if (parameters === undefined || !isAllowedAnswer(parameters, options)) {
    return { ok: false, message: `server answered with bad parameters of ${NAME}` };
  }
  const { clientMaxWindowBits } = parameters;
  return {
    ok: true,
    negotiated: {
      serverNoContextTakeover: parameters.serverNoContextTakeover,
      clientNoContextTakeover: parameters.clientNoContextTakeover || options.clientNoContextTakeover === true,
      serverMaxWindowBits: parameters.serverMaxWindowBits ?? MAX_WINDOW_BITS,
      clientMaxWindowBits:
        typeof clientMaxWindowBits === "number" ? clientMaxWindowBits : ownClientBits(options),
      threshold: options.threshold ?? DEFAULT_THRESHOLD_BYTES,
      zlib: zlibLevels(options),
    },
  };
}

function meetOffer(offer: Parameters, options: DeflateOptions): NegotiatedDeflate | undefined {
  const { serverMaxWindowBits = MAX_WINDOW_BITS, clientMaxWindowBits } = options;
  const clientLimit = typeof clientMaxWindowBits === "number" ? clientMaxWindowBits : MAX_WINDOW_BITS;
  // RFC 7692 §7.1.2.2: a client that did not offer it cannot be limited.
  if (clientLimit < MAX_WINDOW_BITS && offer.clientMaxWindowBits === undefined) return undefined;
  const clientBits =
    typeof offer.clientMaxWindowBits === "number" ? offer.clientMaxWindowBits : MAX_WINDOW_BITS;
  return {
    serverNoContextTakeover: offer.serverNoContextTakeover || (options.serverNoContextTakeover ?? true),
    clientNoContextTakeover: offer.clientNoContextTakeover || options.clientNoContextTakeover === true,
    serverMaxWindowBits: Math.min(serverMaxWindowBits, offer.serverMaxWindowBits ?? MAX_WINDOW_BITS),
    clientMaxWindowBits: Math.min(clientLimit, clientBits),
    threshold: options.threshold ?? DEFAULT_THRESHOLD_BYTES,
    zlib: zlibLevels(options),
  };
}

function formatAnswer(negotiated: NegotiatedDeflate, offer: Parameters | undefined): string {
  const parameters: [string, string | true][] = [];
  if (negotiated.serverNoContextTakeover) parameters.push(["server_no_context_takeover", true]);
  if (negotiated.clientNoContextTakeover) parameters.push(["client_no_context_takeover", true]);
  if (negotiated.serverMaxWindowBits < MAX_WINDOW_BITS || offer?.serverMaxWindowBits !== undefined) {
    parameters.push(["server_max_window_bits", String(negotiated.serverMaxWindowBits)]);
  }
  if (negotiated.clientMaxWindowBits < MAX_WINDOW_BITS) {
    parameters.push(["client_max_window_bits", String(negotiated.clientMaxWindowBits)]);
  }
  return formatExtension({ name: NAME, parameters });
}

/** RFC 7692 §7.1: known names only, each at most once, each with the value that it asks for. */
function checkParameters(offer: ExtensionOffer): Parameters | undefined {
  const given = new Map(offer.parameters);
  if (given.size !== offer.parameters.length) return undefined;
  const flags = { server: false, client: false };
  let serverMaxWindowBits: number | undefined;
  let clientMaxWindowBits: number | true | undefined;
  for (const [name, value] of given) {
    const bits = value === true ? undefined : windowBits(value);
    if (name === "server_no_context_takeover" && value === true) flags.server = true;
    else if (name === "client_no_context_takeover" && value === true) flags.client = true;
    else if (name === "server_max_window_bits" && bits !== undefined) serverMaxWindowBits = bits;
    else if (name === "client_max_window_bits" && value === true) clientMaxWindowBits = true;
    else if (name === "client_max_window_bits" && bits !== undefined) clientMaxWindowBits = bits;
    else return undefined;
  }
  return {
    serverNoContextTakeover: flags.server,
    clientNoContextTakeover: flags.client,
    serverMaxWindowBits,
    clientMaxWindowBits,
  };
}

/** RFC 7692 §7.1.2: the server may tighten what was offered, and name nothing that was not. CVE-2026-2229. */
function isAllowedAnswer(answer: Parameters, options: DeflateOptions): boolean {
  if (options.serverNoContextTakeover === true && !answer.serverNoContextTakeover) return false;
  const { serverMaxWindowBits, clientMaxWindowBits } = answer;
  if (options.serverMaxWindowBits !== undefined) {
    if (serverMaxWindowBits === undefined || serverMaxWindowBits > options.serverMaxWindowBits) return false;
  }
  if (clientMaxWindowBits === undefined) return true;
  if (clientMaxWindowBits === true || options.clientMaxWindowBits === false) return false;
  return clientMaxWindowBits <= ownClientBits(options);
}

function ownClientBits(options: DeflateOptions): number {
  return typeof options.clientMaxWindowBits === "number" ? options.clientMaxWindowBits : MAX_WINDOW_BITS;
}

/** 8 to 15, in digits without a leading zero. */
function windowBits(value: string): number | undefined {
  const bits = Number(value);
  if (!Number.isInteger(bits) || String(bits) !== value) return undefined;
  return bits >= MIN_WINDOW_BITS && bits <= MAX_WINDOW_BITS ? bits : undefined;
}

function zlibLevels(options: DeflateOptions): ZlibLevels {
  return { level: DEFAULT_LEVEL, ...options.zlibDeflateOptions };
}
