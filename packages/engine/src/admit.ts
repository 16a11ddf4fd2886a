// Whether a request is let in, and as what: the order of checks of EIO §7.1, without side effects.

import { createBadRequest, errorCodes, type Refusal } from "./errors.ts";
import type { Query } from "./ports.ts";
import type { Revision, TransportName } from "./transport.ts";

/** What the checks look at. */
export interface AdmissionFacts {
  readonly method: string;
  readonly query: Query;
  readonly origin: string | undefined;
  readonly isUpgrade: boolean;
}

/** What the checks need to know of a session. */
export interface KnownSession {
  readonly protocol: Revision;
  readonly transport: { readonly name: TransportName };
}

export type Admission<Known extends KnownSession> =
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "established"; readonly session: Known; readonly transport: TransportName }
  | { readonly kind: "handshake"; readonly transport: TransportName; readonly protocol: Revision };

/** EIO §7.1.4: anything but tab, printable ASCII and the upper half of latin1. */
const ILLEGAL_IN_HEADER = /[^\t\x20-\x7e\x80-\xff]/;

/** Decides, given the enabled transports and a way to find a session by its id. */
export function admit<Known extends KnownSession>(
  facts: AdmissionFacts,
  transports: readonly TransportName[],
  findSession: (sid: string) => Known | undefined,
): Admission<Known> {
  const transport = transports.find((name) => name === facts.query.transport);
  // EIO §6.2: WebTransport never comes as a request; CVE-2023-31125: nor does a name that is not enabled.
  if (transport === undefined || transport === "webtransport") {
    return refuse({ code: errorCodes.UNKNOWN_TRANSPORT, context: { transport: facts.query.transport } });
  }
  if (facts.origin !== undefined && ILLEGAL_IN_HEADER.test(facts.origin)) {
    return refuse(createBadRequest("INVALID_ORIGIN", { origin: facts.origin }));
  }
  // EIO §6.2: an empty sid counts as absent.
  const { sid } = facts.query;
  if (sid) return admitEstablished(facts, transport, String(sid), findSession);
  return admitHandshake(facts, transport);
}

/** EIO §6.2: exactly `4` is revision 4; anything else, or nothing, is revision 3. */
export function revisionOf(query: Query): Revision {
  return query.EIO === "4" ? 4 : 3;
}

function admitEstablished<Known extends KnownSession>(
  facts: AdmissionFacts,
  transport: TransportName,
  sid: string,
  findSession: (sid: string) => Known | undefined,
): Admission<Known> {
  const session = findSession(sid);
  if (session === undefined) return refuse({ code: errorCodes.UNKNOWN_SID, context: { sid } });
  const previousTransport = session.transport.name;
  if (!facts.isUpgrade && transport !== previousTransport) {
    return refuse(createBadRequest("TRANSPORT_MISMATCH", { transport, previousTransport }));
  }
  // CVE-2026-102599: the revision of a session is fixed at its handshake.
  const protocol = revisionOf(facts.query);
  if (protocol !== session.protocol) {
    return refuse(createBadRequest("PROTOCOL_MISMATCH", { protocol, previousProtocol: session.protocol }));
  }
  return { kind: "established", session, transport };
}

function admitHandshake<Known extends KnownSession>(
  facts: AdmissionFacts,
  transport: TransportName,
): Admission<Known> {
  if (facts.method !== "GET") {
    return refuse({ code: errorCodes.BAD_HANDSHAKE_METHOD, context: { method: facts.method } });
  }
  if (transport === "websocket" && !facts.isUpgrade) {
    return refuse(createBadRequest("TRANSPORT_HANDSHAKE_ERROR"));
  }
  return { kind: "handshake", transport, protocol: revisionOf(facts.query) };
}

function refuse(refusal: Refusal): { kind: "refused"; refusal: Refusal } {
  return { kind: "refused", refusal };
}
