import { describe, expect, it } from "vitest";
import { isAnyScopeEnabled, isScopeEnabled } from "./debug-scopes.ts";

describe("the setting of DEBUG (server.md §24)", () => {
  it.each([
    ["engine", true],
    ["engine,socket.io:client", true],
    ["socket.io:client engine", true],
    ["*", true],
    ["eng*", true],
    ["*gine", true],
    ["e*i*e", true],
    ["*,-engine", false],
    ["-engine,*", false],
    ["*,-eng*", false],
    ["engine:*", false],
    ["engin", false],
    ["engine2", false],
    ["enginee*ngine", false],
    ["", false],
    [",", false],
    ["socket.io:*", false],
  ])("%j asks for engine: %s", (setting, isEnabled) => {
    expect(isScopeEnabled(setting, "engine")).toBe(isEnabled);
  });

  it("takes a dot for a dot", () => {
    expect(isScopeEnabled("socket.io:socket", "socket.io:socket")).toBe(true);
    expect(isScopeEnabled("socketXio:socket", "socket.io:socket")).toBe(false);
  });

  it("may be about other packages alone", () => {
    expect(isAnyScopeEnabled("express:*,http")).toBe(false);
    expect(isAnyScopeEnabled("express:*,engine:socket")).toBe(true);
  });
});
