import { describe, expect, it } from "vitest";
import { decodeQuery, encodeQuery } from "./query.ts";

describe("queries", () => {
  it("come back as they were", () => {
    const query = { a: "1 2", "b&": "=", ü: "€" };
    expect(decodeQuery(encodeQuery(query))).toEqual(query);
  });

  it("keep everything behind the first equals sign", () => {
    expect(decodeQuery("a=b=c&d")).toEqual({ a: "b=c", d: "" });
    expect(decodeQuery("")).toEqual({});
  });

  it("survive broken escapes and odd names", () => {
    const query = decodeQuery("a=%zz&__proto__=x");
    expect(query.a).toBe("%zz");
    expect(Object.keys(query)).toEqual(["a", "__proto__"]);
    expect(Object.getPrototypeOf(query)).toBe(Object.prototype);
  });
});
