import { expect, it } from "vitest";
import type { Failure } from "../../engine/failure.ts";
import { explain } from "./explain.ts";

const failure: Failure = {
  code: "EIO_CONNECT_FAILED",
  transport: "polling",
  phase: "handshake",
  status: undefined,
  hint: "as in browsers",
};

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

it.each([
  ["ECONNREFUSED", "EIO_CONNECT_FAILED", "nothing listens"],
  ["ENOTFOUND", "EIO_CONNECT_FAILED", "no such host"],
  ["EPROTO", "EIO_CONNECT_FAILED", "does not speak TLS"],
  ["ETIMEDOUT", "EIO_CONNECT_FAILED", "nothing answered"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "EIO_CERTIFICATE", "`ca`"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "EIO_CERTIFICATE", "`ca`"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "EIO_CERTIFICATE", "`ca`"],
])("explain names the cause of a system error, wherever it stands: %s", (systemCode, code, hint) => {
  const error = systemError(systemCode);
  const polling = { description: 0, context: { status: 0, error } };
  const webSocket = { description: new Error("handshake", { cause: error }) };
  for (const details of [polling, webSocket]) {
    expect(explain(failure, details)).toEqual({ code, hint: expect.stringContaining(hint) });
  }
});

it.each([
  [404, "is `path` the same on both sides?"],
  [502, "proxy"],
  [418, "look at its log"],
])("explain says what an answer of %i may mean", (status, hint) => {
  const expected = { code: "EIO_HTTP_STATUS", hint: expect.stringContaining(hint) };
  expect(explain({ ...failure, status }, {})).toEqual(expected);
});

it("explain leaves what only the server's packet explains", () => {
  expect(explain(Object.assign({ ...failure }, { code: "parser error" }), {}).hint).toBe("as in browsers");
});
