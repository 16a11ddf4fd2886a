import { describe, expect, it } from "vitest";
import { SessionStore } from "./session-store.ts";

function createStore(maxSessions = 10) {
  const store = new SessionStore({ maxDisconnectionMs: 1_000, maxSessions });
  const save = (pid: string, nowMs = 0, rooms: string[] = [pid]) =>
    store.save({ sid: `sid of ${pid}`, pid, rooms, data: {} }, [], nowMs);
  return { store, save };
}

describe("the session store", () => {
  it("server.md §16.4 S18: hands a session out once", () => {
    const { store, save } = createStore();
    save("p");
    expect(store.take("p")?.session.sid).toBe("sid of p");
    expect(store.take("p")).toBeUndefined();
  });

  it("takes `__proto__` for an ordinary name (SEC §1)", () => {
    const { store, save } = createStore();
    expect(store.take("__proto__")).toBeUndefined();
    save("__proto__");
    expect(store.take("__proto__")?.session.pid).toBe("__proto__");
  });

  it("tells on both sides of the edge whether a session has waited too long", () => {
    const { store, save } = createStore();
    save("p", 500);
    const saved = store.take("p");
    expect(saved && store.isExpired(saved, 1_500)).toBe(false);
    expect(saved && store.isExpired(saved, 1_501)).toBe(true);
  });

  it("forgets those that have waited too long, and no others", () => {
    const { store, save } = createStore();
    save("a", 0);
    save("b", 100);
    save("c", 200);
    save("a", 300);
    store.expire(1_150);
    expect(store.size).toBe(2);
    expect(store.take("b")).toBeUndefined();
    expect(store.take("a")).toBeDefined();
  });

  it("makes room for the newest by forgetting the oldest", () => {
    const { store, save } = createStore(2);
    save("a");
    save("b");
    save("c");
    expect(store.size).toBe(2);
    expect(store.take("a")).toBeUndefined();
  });

  it("knows in which rooms its sessions are", () => {
    const { store, save } = createStore();
    save("a", 0, ["r", "s"]);
    save("b", 0, ["r"]);
    store.take("a");
    expect([store.hasRoom("r"), store.hasRoom("s")]).toEqual([true, false]);
    save("b", 0, ["t"]);
    expect([store.hasRoom("r"), store.hasRoom("t")]).toEqual([false, true]);
    store.clear();
    expect([store.size, store.hasRoom("t")]).toEqual([0, false]);
  });
});
