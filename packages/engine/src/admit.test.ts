import { describe, expect, it } from "vitest";
import { type AdmissionFacts, admit, revisionOf } from "./admit.ts";
import type { TransportName } from "./transport.ts";

const sessions = new Map([
  ["polls", { protocol: 4 as const, transport: { name: "polling" as const } }],
  ["socket", { protocol: 4 as const, transport: { name: "websocket" as const } }],
  ["old", { protocol: 3 as const, transport: { name: "polling" as const } }],
]);
const BOTH: TransportName[] = ["polling", "websocket"];

function ask(
  query: Record<string, string>,
  facts: Partial<AdmissionFacts> = {},
  transports: TransportName[] = BOTH,
) {
  return admit({ method: "GET", origin: undefined, isUpgrade: false, query, ...facts }, transports, (sid) =>
    sessions.get(sid),
  );
}
const refused = (code: number, context: object) => ({ kind: "refused", refusal: { code, context } });

describe("admit", () => {
  it("refuses transports that are unknown, not enabled or never come as a request (EIO §7.1.3)", () => {
    expect(ask({ EIO: "4" })).toEqual(refused(0, { transport: undefined }));
    for (const transport of ["nope", "__proto__", "constructor", "webtransport", "toString"]) {
      const all: TransportName[] = [...BOTH, "webtransport"];
      expect(ask({ transport }, {}, all)).toEqual(refused(0, { transport }));
    }
    expect(ask({ transport: "websocket" }, { isUpgrade: true }, ["polling"]).kind).toBe("refused");
  });

  it("CVE-2023-31125: an unexpected transport on the WebSocket path is refused", () => {
    expect(ask({ EIO: "4", transport: "" }, { isUpgrade: true })).toEqual(refused(0, { transport: "" }));
    expect(ask({ EIO: "4", transport: "nope" }, { isUpgrade: true }).kind).toBe("refused");
  });

  it("refuses an origin that cannot stand in a header (EIO §7.1.4)", () => {
    const query = { EIO: "4", transport: "polling" };
    for (const origin of ["http://a\x7f", "a\nb", "\0", "http://\u20ac"]) {
      expect(ask(query, { origin })).toEqual(refused(3, { name: "INVALID_ORIGIN", origin }));
    }
    for (const origin of ["http://a.test", "a\tb", "\x80\xff", ""]) {
      expect(ask(query, { origin }).kind).toBe("handshake");
    }
  });

  it("knows sessions by their own ids only (EIO §62.10, SEC §1.1)", () => {
    for (const sid of ["nope", "__proto__", "constructor", "toString"]) {
      expect(ask({ EIO: "4", transport: "polling", sid })).toEqual(refused(1, { sid }));
    }
  });

  it("takes an empty sid for none", () => {
    expect(ask({ EIO: "4", transport: "polling", sid: "" }).kind).toBe("handshake");
  });

  it("refuses another transport than the session's, except for an upgrade (EIO §7.1.5b)", () => {
    expect(ask({ EIO: "4", transport: "polling", sid: "socket" })).toEqual(
      refused(3, { name: "TRANSPORT_MISMATCH", transport: "polling", previousTransport: "websocket" }),
    );
    expect(ask({ EIO: "4", transport: "websocket", sid: "polls" }, { isUpgrade: true })).toMatchObject({
      kind: "established",
      transport: "websocket",
    });
  });

  it("CVE-2026-102599: the revision of a session cannot change, by an upgrade neither", () => {
    for (const isUpgrade of [false, true]) {
      const transport = isUpgrade ? "websocket" : "polling";
      expect(ask({ EIO: "3", transport, sid: "polls" }, { isUpgrade })).toEqual(
        refused(3, { name: "PROTOCOL_MISMATCH", protocol: 3, previousProtocol: 4 }),
      );
      expect(ask({ EIO: "4", transport, sid: "old" }, { isUpgrade })).toEqual(
        refused(3, { name: "PROTOCOL_MISMATCH", protocol: 4, previousProtocol: 3 }),
      );
    }
  });

  it("lets handshakes be GET requests only, and WebSocket ones upgrades only (EIO §7.1.6)", () => {
    const query = { EIO: "4", transport: "polling" };
    for (const method of ["POST", "OPTIONS", "HEAD", "PUT"]) {
      expect(ask(query, { method })).toEqual(refused(2, { method }));
    }
    expect(ask({ EIO: "4", transport: "websocket" })).toEqual(
      refused(3, { name: "TRANSPORT_HANDSHAKE_ERROR" }),
    );
  });

  it("reads the revision exactly (EIO §6.2)", () => {
    expect(["4", "3", "", "04", "5"].map((EIO) => revisionOf({ EIO }))).toEqual([4, 3, 3, 3, 3]);
    expect(revisionOf({})).toBe(3);
  });
});
