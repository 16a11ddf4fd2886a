import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { exposeQuery } from "./compat.ts";

function queryOf(url: string | undefined, given?: Record<string, string>) {
  const req: IncomingMessage & { _query?: Record<string, unknown> | undefined } = new IncomingMessage(
    new Socket(),
  );
  if (url !== undefined) req.url = url;
  if (given) req._query = given;
  const query = exposeQuery(req);
  expect(req._query).toBe(query);
  return { ...query };
}

describe("the query of a request (EIO §6.2)", () => {
  it("holds the last occurrence of each name", () => {
    expect(queryOf("/?a=1&b=2&a=3")).toEqual({ a: "3", b: "2" });
  });

  it("is decoded as forms are, whatever it contains", () => {
    expect(queryOf("/?a%20b=c+d%C3%AF&x=1=2&y&=z&&")).toEqual({
      "a b": "c dï",
      x: "1=2",
      y: "",
      "": "z",
    });
    expect(queryOf("/?a=%&b=%zz&c=%ff")).toEqual({ a: "%", b: "%zz", c: "\ufffd" });
    expect(queryOf("/")).toEqual({});
    expect(queryOf(undefined)).toEqual({});
  });

  it("agrees with the platform's own parser on what is well-formed", () => {
    for (const query of ["EIO=4&transport=polling&t=abc", "q=%E2%98%95+%F0%9F%98%80", "a&b=&c=%26%3D"]) {
      expect(queryOf(`/?${query}`)).toEqual(Object.fromEntries(new URLSearchParams(query)));
    }
  });

  it("has no inherited names (SEC §1.1)", () => {
    const req = new IncomingMessage(new Socket());
    req.url = "/?__proto__=x";
    const query = exposeQuery(req);
    expect(Object.keys(query)).toEqual(["__proto__"]);
    expect(query.constructor).toBeUndefined();
  });

  it("is taken as it is when somebody has parsed it before", () => {
    expect(queryOf("/?a=1", { a: "2" })).toEqual({ a: "2" });
  });
});
