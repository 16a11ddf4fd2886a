import { describe, expect, it } from "vitest";
import { Emitter } from "./emitter.ts";

describe("Emitter", () => {
  it("calls listeners in the order in which they were added, prepended ones first", () => {
    const emitter = new Emitter();
    const calls: string[] = [];
    emitter.on("x", () => calls.push("second"));
    emitter.prependListener("x", () => calls.push("first"));
    emitter.addListener("x", () => calls.push("third"));
    expect(emitter.emit("x")).toBe(true);
    expect(calls).toEqual(["first", "second", "third"]);
  });

  it("walks the list as it was when the emission began", () => {
    const emitter = new Emitter();
    const calls: string[] = [];
    const late = () => calls.push("late");
    const removed = () => calls.push("removed");
    emitter.on("x", () => {
      emitter.on("x", late);
      emitter.off("x", removed);
    });
    emitter.on("x", removed);
    emitter.emit("x");
    expect(calls).toEqual(["removed"]);
    emitter.emit("x");
    expect(calls).toEqual(["removed", "late"]);
  });

  it("takes numbers for their text, as Node's emitter does", () => {
    const emitter = new Emitter();
    const calls: string[] = [];
    const on = (name: unknown, listener: () => void) => emitter.on(name as string, listener);
    const removed = () => {
      calls.push("removed");
    };
    on(7, () => calls.push("by number"));
    on("7", removed);
    emitter.off(7 as never, removed);
    emitter.emit("7");
    expect(calls).toEqual(["by number"]);
    expect([emitter.listenerCount(7 as never), emitter.listeners(7 as never).length]).toEqual([1, 1]);
    expect(emitter.removeAllListeners(7 as never).eventNames()).toEqual([]);
  });

  it("calls a once listener once, and finds it by the function that was given", () => {
    const emitter = new Emitter();
    let calls = 0;
    const listener = () => {
      calls += 1;
    };
    emitter.once("x", listener);
    expect(emitter.listeners("x")).toEqual([listener]);
    emitter.emit("x");
    emitter.emit("x");
    expect(calls).toBe(1);
    emitter.prependOnceListener("x", listener);
    emitter.off("x", listener);
    expect(emitter.listenerCount("x")).toBe(0);
    expect(emitter.rawListeners("x")).toEqual([]);
  });

  it("removes the most recently added of equal listeners", () => {
    const emitter = new Emitter();
    const calls: string[] = [];
    const twice = () => calls.push("twice");
    emitter.on("x", twice);
    emitter.on("x", () => calls.push("between"));
    emitter.on("x", twice);
    emitter.removeListener("x", twice);
    emitter.emit("x");
    expect(calls).toEqual(["twice", "between"]);
  });

  it("does nothing when an error event has no listener", () => {
    const emitter = new Emitter();
    expect(emitter.emit("error", new Error("nobody listens"))).toBe(false);
  });

  it("treats names of Object's members as ordinary events", () => {
    const emitter = new Emitter();
    expect(emitter.emit("constructor")).toBe(false);
    expect(emitter.emit("__proto__")).toBe(false);
    let heard = 0;
    emitter.on("__proto__", () => {
      heard += 1;
    });
    emitter.emit("__proto__");
    expect(heard).toBe(1);
    expect(emitter.eventNames()).toEqual(["__proto__"]);
  });

  it("tells newListener and removeListener who comes and goes", () => {
    const emitter = new Emitter();
    const seen: unknown[] = [];
    const listener = () => {};
    emitter.on("newListener", (event: string, fn: unknown) => seen.push(["new", event, fn]));
    emitter.on("removeListener", (event: string, fn: unknown) => seen.push(["gone", event, fn]));
    seen.length = 0;
    emitter.once("x", listener);
    emitter.emit("x");
    expect(seen[0]).toEqual(["new", "x", listener]);
    expect(seen).toHaveLength(2);
  });

  it("refuses a listener that is not a function, naming the event", () => {
    const emitter = new Emitter();
    const wrong: unknown = 7;
    expect(() => emitter.on("x", wrong as () => void)).toThrow(
      'the listener of "x" must be a function, not number',
    );
  });

  it("forgets one event or all", () => {
    const emitter = new Emitter();
    emitter.on("x", () => {});
    emitter.on("y", () => {});
    emitter.removeAllListeners("x");
    expect(emitter.eventNames()).toEqual(["y"]);
    emitter.removeAllListeners();
    expect(emitter.hasListeners("y")).toBe(false);
    expect(emitter.setMaxListeners(3).getMaxListeners()).toBe(3);
  });
});
