import { describe, expect, it } from "vitest";
import { guard, guardReport } from "./guard.ts";

describe("guard", () => {
  it("reports what is thrown", () => {
    const reported: unknown[] = [];
    guard(
      (error) => reported.push(error),
      () => {
        throw "thrown";
      },
    );
    expect(reported).toEqual(["thrown"]);
  });

  it("reports what a promise is rejected with", async () => {
    const reported: unknown[] = [];
    guard(
      (error) => reported.push(error),
      () => Promise.reject("rejected"),
    );
    await Promise.resolve();
    expect(reported).toEqual(["rejected"]);
  });

  it("reports nothing of what goes well", async () => {
    const reported: unknown[] = [];
    guard(
      (error) => reported.push(error),
      () => Promise.resolve("fine"),
    );
    await Promise.resolve();
    expect(reported).toEqual([]);
  });
});

describe("guardReport", () => {
  it("hands what a report throws to its fallback", () => {
    const fallen: unknown[] = [];
    const report = guardReport(
      (error) => {
        throw `cannot report ${error}`;
      },
      (error) => fallen.push(error),
    );
    report("x");
    expect(fallen).toEqual(["cannot report x"]);
  });
});
