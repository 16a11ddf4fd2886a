import { describe, expect, it } from "vitest";
import { createClientsView } from "./clients-view.ts";
import type { Session } from "./session.ts";

describe("the view of sessions by id", () => {
  const session = { id: "a" } as unknown as Session;

  it("is live, and lists what is there", () => {
    const sessions = new Map<string, Session>();
    const clients = createClientsView(sessions);
    expect(Object.keys(clients)).toEqual([]);
    sessions.set("a", session);
    expect(clients.a).toBe(session);
    expect("a" in clients).toBe(true);
    expect(Object.entries(clients)).toEqual([["a", session]]);
    sessions.delete("a");
    expect(clients.a).toBeUndefined();
  });

  it("has no members but sessions (SEC §1.1)", () => {
    const clients = createClientsView(new Map<string, Session>());
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect(clients[name]).toBeUndefined();
      expect(name in clients).toBe(false);
    }
  });

  it("cannot be written", () => {
    const clients = createClientsView(new Map<string, Session>());
    expect(Reflect.set(clients, "a", session)).toBe(false);
    expect(Reflect.deleteProperty(clients, "a")).toBe(false);
    expect(Reflect.defineProperty(clients, "a", { value: session })).toBe(false);
  });
});
