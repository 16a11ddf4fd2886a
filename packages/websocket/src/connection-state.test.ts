import { describe, expect, it } from "vitest";
import { nextState } from "./connection-state.ts";

describe("nextState", () => {
  it("goes from open over closing and ending to closed", () => {
    expect(nextState("open", "closeSent")).toBe("closing");
    expect(nextState("closing", "finished")).toBe("ending");
    expect(nextState("ending", "socketClosed")).toBe("closed");
  });

  it("closes from everywhere when the socket does", () => {
    for (const state of ["open", "closing", "ending"] as const)
      expect(nextState(state, "socketClosed")).toBe("closed");
  });

  it("never goes back", () => {
    expect(nextState("closing", "closeSent")).toBeUndefined();
    expect(nextState("ending", "closeSent")).toBeUndefined();
    expect(nextState("ending", "finished")).toBeUndefined();
    expect(nextState("closed", "socketClosed")).toBeUndefined();
  });
});
