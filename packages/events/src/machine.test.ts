import { describe, expect, it } from "vitest";
import { assertNever, type MachineTable, next } from "./machine.ts";

const door: MachineTable<"open" | "shut", "push" | "pull"> = {
  open: { push: "shut" },
  shut: { pull: "open" },
};

describe("a machine table", () => {
  it("leads to the state that it lists", () => {
    expect(next(door, "open", "push")).toBe("shut");
  });

  it("ignores an event that it does not list", () => {
    expect(next(door, "open", "pull")).toBeUndefined();
  });

  it("names the value that no case expected", () => {
    const value: unknown = "ajar";
    expect(() => assertNever(value as never)).toThrow("unreachable case: ajar");
  });
});
