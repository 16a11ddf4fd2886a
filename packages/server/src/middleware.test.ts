import { describe, expect, it } from "vitest";
import { type Next, runChain } from "./middleware.ts";

type Fn = (next: Next) => unknown;

function run(functions: Fn[]) {
  const reported: unknown[] = [];
  const outcomes: unknown[] = [];
  runChain(
    functions,
    (fn, next) => fn(next),
    (error) => reported.push(error),
    (error) => outcomes.push(error?.message ?? "done"),
  );
  return { reported, outcomes };
}

describe("a chain of middleware", () => {
  it("is done at once when it is empty", () => {
    expect(run([]).outcomes).toEqual(["done"]);
  });

  it("stops at the first error", () => {
    const { outcomes, reported } = run([
      (next) => next(),
      (next) => next(new Error("no")),
      () => expect.unreachable(),
    ]);
    expect(outcomes).toEqual(["no"]);
    expect(reported).toEqual([]);
  });

  it("hears only the first call of next", () => {
    const { outcomes } = run([
      (next) => {
        next();
        next(new Error("too late"));
      },
    ]);
    expect(outcomes).toEqual(["done"]);
  });

  it("takes what is thrown as a refusal, and reports it", () => {
    const { outcomes, reported } = run([
      () => {
        throw new Error("thrown");
      },
    ]);
    expect(outcomes).toEqual(["thrown"]);
    expect(reported).toMatchObject([{ message: "thrown" }]);
  });

  it("only reports what is thrown after next was called", () => {
    const { outcomes, reported } = run([
      (next) => {
        next();
        throw new Error("afterwards");
      },
    ]);
    expect(outcomes).toEqual(["done"]);
    expect(reported).toMatchObject([{ message: "afterwards" }]);
  });

  it("takes a rejected promise as a refusal, with the text of a value that is no error", async () => {
    const { outcomes, reported } = run([() => Promise.reject("plain text")]);
    await Promise.resolve();
    expect(outcomes).toEqual(["plain text"]);
    expect(reported).toEqual(["plain text"]);
  });

  it("waits for a function that calls next later", () => {
    const waiting: Next[] = [];
    const { outcomes } = run([(next) => waiting.push(next)]);
    expect(outcomes).toEqual([]);
    waiting[0]?.();
    expect(outcomes).toEqual(["done"]);
  });
});
