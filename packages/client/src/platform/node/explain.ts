// What a person can do about a failure. Browsers have no room for it: there the code leads to docs/troubleshooting.md.

import type { Failure } from "../../engine/failure.ts";
import type { FailureCode } from "../../errors.ts";

const HINTS: { readonly [Code in FailureCode]: string } = {
  EIO_CONNECT_FAILED:
    "nothing answered: are host and port right, is the server up, and does a firewall stand between?",
  EIO_TRANSPORT_UNAVAILABLE:
    "this runtime cannot open the transport: choose others with the option `transports`",
  EIO_CERTIFICATE:
    "the certificate is not trusted: give its authority with the option `ca`, or name the host it is for",
  EIO_CONNECT_TIMEOUT: "no session within the option `timeout`: does a proxy hold the connection back?",
  EIO_HTTP_STATUS: "something before the server answered: look at its log",
  EIO_SESSION_UNKNOWN:
    "another node answered, or the server was restarted: make sessions sticky, or use WebSocket alone",
  EIO_FORBIDDEN: "`allowRequest` of the server refused: are cookies, headers and origin what it expects?",
  EIO_VERSION_UNSUPPORTED:
    "client and server speak different revisions: update the older one, or set `allowEIO3` there",
  EIO_PAYLOAD_TOO_LARGE: "send less at once, or raise `maxHttpBufferSize` on the server",
  EIO_CONNECTION_LOST: "the network or a proxy broke it, or the server closed it: the client connects again",
  EIO_OFFLINE: "the device has no network: the client connects again when it returns",
  EIO_PING_TIMEOUT: "the server fell silent: did it stall, or the network vanish? The client connects again",
  EIO_PROBE_TIMEOUT: "the connection did not survive a pause: the client connects again at once",
  SIO_PARSE_ERROR: "what came is no packet: do both sides use the same `parser`?",
  SIO_OLD_SERVER: "the server is of version 2: update it",
  SIO_INVALID_NAMESPACE:
    "the server has no such namespace: the path of the URL names it, the path of requests is the option `path`",
  SIO_REFUSED:
    "middleware of the server refused: see the error's `data`, correct `auth` and call `socket.connect()`",
};

const HINTS_BY_STATUS: { readonly [status: number]: string } = {
  401: "something before the server asks for credentials: give them in `extraHeaders`",
  403: "something before the server refused: a firewall, or a proxy's rules",
  404: "the server answered 404: is `path` the same on both sides?",
  502: "a proxy stands before the server and cannot reach it",
  503: "a proxy stands before the server, which is overloaded or down",
  504: "a proxy gave up waiting: give it more time than the server's `pingInterval`",
};

const HINTS_BY_SYSTEM_CODE: { readonly [code: string]: string } = {
  ECONNREFUSED: "nothing listens at that host and port: is the server up, and the port right?",
  ENOTFOUND: "no such host: is its name spelt right?",
  EAI_AGAIN: "the name of the host could not be looked up: is there a network?",
  ECONNRESET: "the connection was cut at once: is it `http` where the server speaks `https`, or the reverse?",
  EPROTO: "the server does not speak TLS at that port: is it `https` where it speaks `http`?",
};

/** Names the cause more exactly than a browser could, and says what to do about it. */
export function explain(failure: Failure, details: object): Partial<Failure> {
  const system = systemCodeOf(details);
  const code = codeOf(failure, system);
  const known =
    code === "EIO_CONNECT_FAILED"
      ? HINTS_BY_SYSTEM_CODE[system]
      : HINTS_BY_STATUS[hintableStatus(code, failure)];
  // `server error` has as its code what the server's packet says.
  return { code, hint: known ?? HINTS[code] ?? failure.hint };
}

function codeOf({ code, status }: Failure, system: string): FailureCode {
  if (code !== "EIO_CONNECT_FAILED") return code;
  if (/CERT|_SIGNATURE$/.test(system)) return "EIO_CERTIFICATE";
  return status ? "EIO_HTTP_STATUS" : code;
}

function hintableStatus(code: FailureCode, { status = 0 }: Failure): number {
  return code === "EIO_HTTP_STATUS" ? status : 0;
}

/** The code of the system's error at the end of the chain of causes; the empty string if there is none. */
function systemCodeOf(details: object): string {
  const { description, context }: { description?: unknown; context?: unknown } = details;
  let error: unknown = Object(context).error ?? description;
  while (error instanceof Error && error.cause) error = error.cause;
  const { code } = Object(error);
  return typeof code === "string" ? code : "";
}
