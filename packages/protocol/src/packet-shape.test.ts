import { describe, expect, it } from "vitest";
import { isPacketValid } from "./packet-shape.ts";
import { RESERVED_EVENTS } from "./reserved-events.ts";

// SIO §27.1
describe("the shape of socket packets", () => {
  it.each<[string, unknown]>([
    ["CONNECT without data", { type: 0, nsp: "/" }],
    ["CONNECT with an object", { type: 0, nsp: "/admin", data: { sid: "a" } }],
    ["DISCONNECT", { type: 1, nsp: "/" }],
    ["EVENT by name", { type: 2, nsp: "/", data: ["a", 1], id: 0 }],
    ["EVENT by number", { type: 2, nsp: "/", data: [7] }],
    ["EVENT called error", { type: 2, nsp: "/", data: ["error"] }],
    ["ACK without arguments", { type: 3, nsp: "/", data: [], id: 3 }],
    ["CONNECT_ERROR with an object", { type: 4, nsp: "/", data: { message: "no" } }],
    ["CONNECT_ERROR with a string", { type: 4, nsp: "/", data: "no" }],
  ])("accepts %s", (_name, packet) => {
    expect(isPacketValid(packet)).toBe(true);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a string", "2"],
    ["a namespace that is no string", { type: 2, nsp: 1, data: ["a"] }],
    ["an id that is no integer", { type: 2, nsp: "/", data: ["a"], id: 0.5 }],
    ["an id that is a string", { type: 2, nsp: "/", data: ["a"], id: "1" }],
    ["CONNECT with a string", { type: 0, nsp: "/", data: "a" }],
    ["CONNECT with an array", { type: 0, nsp: "/", data: [] }],
    ["CONNECT with null", { type: 0, nsp: "/", data: null }],
    ["DISCONNECT with data", { type: 1, nsp: "/", data: {} }],
    ["EVENT without data", { type: 2, nsp: "/" }],
    ["EVENT without a name", { type: 2, nsp: "/", data: [] }],
    ["EVENT with an object", { type: 2, nsp: "/", data: {} }],
    ["ACK with an object", { type: 3, nsp: "/", data: {} }],
    ["CONNECT_ERROR without data", { type: 4, nsp: "/" }],
    ["CONNECT_ERROR with an array", { type: 4, nsp: "/", data: [] }],
    ["a binary event", { type: 5, nsp: "/", data: ["a"] }],
    ["an unknown type", { type: 9, nsp: "/" }],
    ["a type that is a string", { type: "2", nsp: "/", data: ["a"] }],
  ])("refuses %s", (_name, packet) => {
    expect(isPacketValid(packet)).toBe(false);
  });

  it.each([...RESERVED_EVENTS])("refuses an event called %s", (name) => {
    expect(isPacketValid({ type: 2, nsp: "/", data: [name] })).toBe(false);
  });

  it("CVE-2023-32695: refuses an event name that is neither string nor number", () => {
    for (const name of [{ toString: "x" }, ["a"], null, true, undefined]) {
      expect(isPacketValid({ type: 2, nsp: "/", data: [name] })).toBe(false);
    }
  });

  it("reserves exactly the names that the library emits itself", () => {
    // SIO §36
    expect([...RESERVED_EVENTS].sort()).toStrictEqual([
      "connect",
      "connect_error",
      "disconnect",
      "disconnecting",
      "newListener",
      "removeListener",
    ]);
  });
});
