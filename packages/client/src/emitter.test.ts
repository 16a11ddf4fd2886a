import { ManualClock } from "@tautline/events/testing/manual-clock";
import type { NoEvents } from "@tautline/events/types";
import { describe, expect, it } from "vitest";
import { Emitter } from "./emitter.ts";

describe("Emitter", () => {
  it("calls listeners in order, each as often as it was added, with the emitter as this", () => {
    const emitter = new Emitter(new ManualClock());
    const calls: unknown[] = [];
    const twice = (...args: unknown[]): void => {
      calls.push(args);
    };
    emitter.on("e", twice).addEventListener("e", twice);
    emitter.on("e", function (this: unknown) {
      calls.push(this);
    });
    emitter.emit("e", 1, 2);
    expect(calls).toEqual([[1, 2], [1, 2], emitter]);
  });

  it("removes a once listener before it calls it, and shows its wrapper", () => {
    const emitter = new Emitter(new ManualClock());
    let calls = 0;
    const listener = (): void => {
      calls++;
      emitter.emit("e");
    };
    emitter.once("e", listener);
    expect(Object(emitter.listeners("e")[0]).fn).toBe(listener);
    emitter.emit("e");
    expect(calls).toBe(1);
    expect(emitter.hasListeners("e")).toBe(false);
  });

  it("removes the first match, also of a once wrapper by its original", () => {
    const emitter = new Emitter(new ManualClock());
    const listener = (): void => {};
    emitter.on("e", listener).on("e", listener).once("f", listener);
    emitter.off("e", listener).removeListener("f", listener);
    expect(emitter.listeners("e")).toEqual([listener]);
    expect(emitter.listeners("f")).toEqual([]);
  });

  it("removes all listeners of one event, or of all", () => {
    const emitter = new Emitter(new ManualClock());
    emitter
      .on("a", () => {})
      .on("b", () => {})
      .on("c", () => {});
    emitter.removeAllListeners("a");
    expect(emitter.hasListeners("a")).toBe(false);
    expect(emitter.hasListeners("b")).toBe(true);
    emitter.removeEventListener();
    expect(emitter.hasListeners("b")).toBe(false);
  });

  it("emits over a snapshot", () => {
    const emitter = new Emitter(new ManualClock());
    const calls: string[] = [];
    emitter.on("e", () => {
      calls.push("first");
      emitter.on("e", () => calls.push("late"));
    });
    emitter.emit("e");
    expect(calls).toEqual(["first"]);
  });

  it("lets what a listener throws stop the others and reach the emitter's caller", () => {
    const emitter = new Emitter(new ManualClock());
    emitter.on("e", () => {
      throw new Error("mine");
    });
    emitter.on("e", () => expect.unreachable());
    expect(() => emitter.emit("e")).toThrow("mine");
  });

  it("treats error, __proto__ and constructor as ordinary names", () => {
    const emitter = new Emitter(new ManualClock());
    const names: string[] = [];
    for (const name of ["error", "__proto__", "constructor"]) {
      expect(() => emitter.emit(name)).not.toThrow();
      expect(emitter.listeners(name)).toEqual([]);
      emitter.on(name, () => names.push(name));
      emitter.emit(name);
    }
    expect(names).toEqual(["error", "__proto__", "constructor"]);
  });

  it("brings events of its own class to every listener, and lets what they throw surface in ticks of its own", () => {
    class Door extends Emitter<NoEvents, NoEvents, { open: () => void }> {
      open(): void {
        this.emitReserved("open");
      }
    }
    const clock = new ManualClock();
    const door = new Door(clock);
    const calls: string[] = [];
    for (const name of ["first", "second"]) {
      door.on("open", () => {
        calls.push(name);
        throw new Error(name);
      });
    }
    door.open();
    expect(calls).toEqual(["first", "second"]);
    expect(() => clock.settle()).toThrow("first");
    expect(() => clock.settle()).toThrow("second");
  });
});
