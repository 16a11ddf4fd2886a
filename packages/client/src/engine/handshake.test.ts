import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeHandshake } from "./handshake.ts";

const valid = { sid: "s", upgrades: ["websocket"], pingInterval: 1, pingTimeout: 2, maxPayload: 3 };

describe("decodeHandshake", () => {
  it("reads what servers send", () => {
    expect(decodeHandshake(JSON.stringify(valid))).toEqual(valid);
    const { maxPayload, ...older } = valid;
    expect(maxPayload).toBe(3);
    expect(decodeHandshake(JSON.stringify(older))).toEqual(older);
  });

  it.each([
    [undefined],
    [""],
    ["{"],
    ["null"],
    ["[]"],
    [JSON.stringify({ ...valid, sid: 1 })],
    [JSON.stringify({ ...valid, sid: "" })],
    [JSON.stringify({ ...valid, upgrades: "websocket" })],
    [JSON.stringify({ ...valid, pingInterval: "25000" })],
    [JSON.stringify({ ...valid, pingTimeout: -1 })],
    [JSON.stringify({ ...valid, maxPayload: null })],
    [new Uint8Array(3)],
  ])("refuses %s", (data) => {
    expect(decodeHandshake(data)).toBeUndefined();
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.anything()), (data) => void decodeHandshake(data)),
    );
  });
});
