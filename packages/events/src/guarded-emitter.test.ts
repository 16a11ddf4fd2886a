import { describe, expect, it } from "vitest";
import { GuardedEmitter } from "./guarded-emitter.ts";

class Door extends GuardedEmitter {
  readonly reported: unknown[] = [];

  protected override onListenerError(error: unknown): void {
    this.reported.push(error);
  }
}

describe("GuardedEmitter", () => {
  it("reports what a listener throws, once, and calls the others all the same", () => {
    const door = new Door();
    const calls: string[] = [];
    door.on("open", () => {
      throw "stuck";
    });
    door.on("open", (by) => calls.push(by));
    expect(door.emit("open", "Ada")).toBe(true);
    expect(calls).toEqual(["Ada"]);
    expect(door.reported).toEqual(["stuck"]);
  });

  it("reports what the promise of a listener is rejected with, of one that is called once too", async () => {
    const door = new Door();
    door.on("open", () => Promise.reject("late"));
    door.once("open", () => Promise.reject("once"));
    door.emit("open");
    await Promise.resolve();
    await Promise.resolve();
    expect(door.reported).toEqual(["late", "once"]);
  });

  it("calls listeners with itself as this, and walks the list as it was", () => {
    const door = new Door();
    const calls: unknown[] = [];
    door.on("open", function (this: unknown) {
      calls.push(this);
      door.on("open", () => calls.push("late"));
    });
    door.emit("open");
    expect(calls).toEqual([door]);
  });

  it("makes no exception for an event named error", () => {
    const door = new Door();
    expect(door.emit("error", new Error("nobody listens"))).toBe(false);
    expect(door.reported).toEqual([]);
  });
});
