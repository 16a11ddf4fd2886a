import { beforeEach, describe, expect, it } from "vitest";
import { MemoryCookieJar } from "./cookie-jar.ts";

let nowMs: number;
let jar: MemoryCookieJar;

beforeEach(() => {
  nowMs = Date.parse("2026-01-01T00:00:00Z");
  jar = new MemoryCookieJar(() => nowMs);
});

const cookie = (): string | undefined => jar.merge({}).cookie;

describe("MemoryCookieJar", () => {
  it("sends what was set, the latest value of each name", () => {
    jar.store(["a=1; Path=/", 'b="2"', "c=x=y"]);
    jar.store(["a=3"]);
    expect(cookie()).toBe("a=3; b=2; c=x=y");
  });

  it("merges the program's own cookie, and never writes to its headers", () => {
    const headers = { Cookie: "own=1", x: "y" };
    jar.store(["a=1"]);
    expect(jar.merge(headers)).toEqual({ x: "y", cookie: "own=1; a=1" });
    expect(headers).toEqual({ Cookie: "own=1", x: "y" });
  });

  it("sends no header without cookies", () => {
    expect(jar.merge({ x: "y" })).toEqual({ x: "y" });
  });

  it.each([
    ["Max-Age=10", 10_000],
    ["max-age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 10_000],
    ["EXPIRES=Thu, 01 Jan 2026 00:00:10 GMT", 10_000],
  ])("forgets a cookie with %s in time", (attribute, lifeMs) => {
    jar.store([`a=1; ${attribute}`]);
    nowMs += lifeMs - 1;
    expect(cookie()).toBe("a=1");
    nowMs += 1;
    expect(cookie()).toBeUndefined();
  });

  it.each([["Max-Age=0"], ["Max-Age=-1"], ["Max-Age=soon"], ["Expires=never"]])(
    "ends a cookie at once with %s",
    (attribute) => {
      jar.store(["a=1"]);
      jar.store([`a=2; ${attribute}`]);
      expect(cookie()).toBeUndefined();
    },
  );

  it("ignores what has no name", () => {
    jar.store(["=x", "", ";"]);
    expect(cookie()).toBeUndefined();
  });
});
