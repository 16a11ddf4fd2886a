import { constants } from "node:buffer";
import { describe, expect, it } from "vitest";
import { createLimits } from "./connection-options.ts";
import { UsageError } from "./errors.ts";

describe("createLimits", () => {
  it("completes what was given by the defaults of SEC §2", () => {
    expect(createLimits({ maxPayloadBytes: 5, closeTimeoutMs: 7 })).toEqual({
      maxPayloadBytes: 5,
      maxFragments: 1024,
      maxQueuedPings: 60,
      closeTimeoutMs: 7,
    });
  });

  it("limits what is unlimited to what a string can hold", () => {
    const { maxPayloadBytes } = createLimits({ maxPayloadBytes: Number.POSITIVE_INFINITY });
    expect(maxPayloadBytes).toBe(constants.MAX_STRING_LENGTH);
  });

  it("refuses limits that allow nothing", () => {
    for (const maxPayloadBytes of [0, -1, Number.NaN]) {
      expect(() => createLimits({ maxPayloadBytes })).toThrow(UsageError);
    }
  });
});
