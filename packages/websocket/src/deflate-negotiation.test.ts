import { describe, expect, it } from "vitest";
import {
  acceptDeflate,
  type DeflateOptions,
  offerDeflate,
  readDeflateAnswer,
} from "./deflate-negotiation.ts";

function answerTo(header: string, options: DeflateOptions = {}): string | undefined {
  return acceptDeflate(header, options)?.answer;
}

describe("acceptDeflate (RFC 7692 §7.1)", () => {
  it("answers with server_no_context_takeover by default, so that frames are shared", () => {
    expect(answerTo("permessage-deflate")).toBe("permessage-deflate; server_no_context_takeover");
    expect(answerTo("permessage-deflate", { serverNoContextTakeover: false })).toBe("permessage-deflate");
  });

  it("keeps context where the program asks for it, unless the client asks otherwise", () => {
    const keeps = { serverNoContextTakeover: false };
    expect(answerTo("permessage-deflate; server_no_context_takeover", keeps)).toBe(
      "permessage-deflate; server_no_context_takeover",
    );
  });

  it("grants what the client asks for", () => {
    expect(
      answerTo(
        "permessage-deflate; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9",
      ),
    ).toBe(
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=9",
    );
  });

  it("takes the smaller of both sides' window bits", () => {
    const offer = "permessage-deflate; server_max_window_bits=12; client_max_window_bits=11";
    const accepted = acceptDeflate(offer, { serverMaxWindowBits: 10, clientMaxWindowBits: 13 });
    expect(accepted?.negotiated).toMatchObject({ serverMaxWindowBits: 10, clientMaxWindowBits: 11 });
  });

  it("limits the client's window only where the client offered that", () => {
    expect(answerTo("permessage-deflate", { clientMaxWindowBits: 10 })).toBeUndefined();
    expect(answerTo("permessage-deflate; client_max_window_bits", { clientMaxWindowBits: 10 })).toMatch(
      "client_max_window_bits=10",
    );
    expect(answerTo("permessage-deflate; client_max_window_bits")).not.toMatch("client_max_window_bits");
  });

  it("falls back to the next offer", () => {
    const header =
      "x-other; a=1, permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits=8";
    expect(answerTo(header)).toMatch("server_max_window_bits=8");
  });

  it.each([
    "x-webkit-deflate-frame",
    "permessage-deflate; unknown",
    "permessage-deflate; server_no_context_takeover=1",
    "permessage-deflate; client_no_context_takeover=true",
    "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    "permessage-deflate; server_max_window_bits",
    "permessage-deflate; server_max_window_bits=7",
    "permessage-deflate; server_max_window_bits=16",
    "permessage-deflate; server_max_window_bits=08",
    "permessage-deflate; server_max_window_bits=1e1",
    "permessage-deflate; server_max_window_bits=-9",
    "permessage-deflate; server_max_window_bits=9.5",
    "permessage-deflate; server_max_window_bits=0x9",
    "permessage-deflate; client_max_window_bits=7",
    "permessage-deflate; client_max_window_bits=99999999999999999999",
    "permessage-deflate; __proto__",
    "permessage-deflate; constructor=8",
    "permessage-deflate;",
    "permessage-deflate; server_max_window_bits=",
    "PERMESSAGE-DEFLATE",
  ])("declines %j", (header) => {
    expect(answerTo(header)).toBeUndefined();
  });

  it("takes a quoted value", () => {
    expect(answerTo('permessage-deflate; server_max_window_bits="9"')).toMatch("server_max_window_bits=9");
  });
});

describe("offerDeflate", () => {
  it("offers to obey a limit of its window by default", () => {
    expect(offerDeflate({})).toBe("permessage-deflate; client_max_window_bits");
  });

  it("offers what the program asks for", () => {
    const options = {
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 9,
      clientMaxWindowBits: 10,
    };
    expect(offerDeflate(options)).toBe(
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=10",
    );
    expect(offerDeflate({ clientMaxWindowBits: false })).toBe("permessage-deflate");
  });
});

describe("readDeflateAnswer", () => {
  it("takes what it allows", () => {
    const answer = readDeflateAnswer(
      "permessage-deflate; client_max_window_bits=9; server_no_context_takeover",
      {},
    );
    expect(answer).toMatchObject({
      ok: true,
      negotiated: { clientMaxWindowBits: 9, serverMaxWindowBits: 15, serverNoContextTakeover: true },
    });
  });

  it("takes a smaller window than it asked for", () => {
    const answer = readDeflateAnswer("permessage-deflate; server_max_window_bits=9", {
      serverMaxWindowBits: 10,
    });
    expect(answer).toMatchObject({ ok: true, negotiated: { serverMaxWindowBits: 9 } });
  });

  it.each([
    ["permessage-deflate; client_max_window_bits", {}],
    ["permessage-deflate; client_max_window_bits=16", {}],
    ["permessage-deflate; server_max_window_bits=16", {}],
    ["permessage-deflate; server_max_window_bits=0", {}],
    ["permessage-deflate; server_max_window_bits=11", { serverMaxWindowBits: 10 }],
    ["permessage-deflate", { serverMaxWindowBits: 10 }],
    ["permessage-deflate", { serverNoContextTakeover: true }],
    ["permessage-deflate; client_max_window_bits=10", { clientMaxWindowBits: false }],
    ["permessage-deflate; client_max_window_bits=12", { clientMaxWindowBits: 11 }],
    ["permessage-deflate; unknown", {}],
    ["permessage-deflate, permessage-deflate", {}],
    ["x-other", {}],
    ["permessage-deflate;;", {}],
    ["", {}],
    ["permessage-deflate", undefined],
  ] as const)("refuses %j to the options %j (CVE-2026-2229)", (header, options) => {
    expect(readDeflateAnswer(header, options).ok).toBe(false);
  });
});
