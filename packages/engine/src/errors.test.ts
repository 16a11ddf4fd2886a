import { describe, expect, it } from "vitest";
import { closeReasons } from "./close-reasons.ts";
import { createBadRequest, EngineError, errorCodes, errorMessages, TransportError } from "./errors.ts";

describe("refusals (EIO §7)", () => {
  it("have a text for every code", () => {
    for (const code of Object.values(errorCodes)) expect(errorMessages[code]).toMatch(/^[A-Z]/);
  });

  it("name the reason of code 3", () => {
    expect(createBadRequest("PROTOCOL_MISMATCH", { protocol: 3 })).toEqual({
      code: 3,
      context: { name: "PROTOCOL_MISMATCH", protocol: 3 },
    });
  });
});

describe("TransportError", () => {
  it("carries what EIO §44 states, and a code", () => {
    const cause = new Error("reset");
    const error = new TransportError("EIO_TRANSPORT_FAILED", "websocket error", cause);
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ type: "TransportError", description: cause, cause });
    expect(error.code).toBe("EIO_TRANSPORT_FAILED");
  });
});

describe("close reasons", () => {
  it("say of each whether the peer comes back", () => {
    expect(closeReasons["forced close"].isReconnectExpected).toBe(false);
    expect(closeReasons["ping timeout"].isReconnectExpected).toBe(true);
  });
});
