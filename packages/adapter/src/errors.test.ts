import { describe, expect, it } from "vitest";
import { refuseName } from "./errors.ts";

describe("names of events", () => {
  it("may be strings and numbers", () => {
    refuseName("x");
    refuseName("");
    refuseName(7);
  });

  it.each([[undefined], [null], [{}], [Symbol("x")], [() => {}], [true]])("may not be %s", (name) => {
    expect(() => refuseName(name)).toThrow(
      /^an event name must be a string or a number, not (undefined|null|object|symbol|function|boolean)$/,
    );
  });

  it("may not be reserved (SIO §36)", () => {
    expect(() => refuseName("disconnecting")).toThrow('"disconnecting" is a reserved event name');
  });
});
