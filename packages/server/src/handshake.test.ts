import { describe, expect, it } from "vitest";
import { parseQuery } from "./handshake.ts";

describe("parseQuery", () => {
  it("decodes parameters, the last of a repeated one winning", () => {
    expect({ ...parseQuery("/socket.io/?EIO=4&room=a%20b&room=c") }).toEqual({ EIO: "4", room: "c" });
  });

  it("knows no inherited names", () => {
    const query = parseQuery("/x?__proto__=a&constructor=b");
    expect(Object.keys(query)).toEqual(["__proto__", "constructor"]);
    expect("toString" in query).toBe(false);
  });

  it("is empty without a query", () => {
    expect(Object.keys(parseQuery("/socket.io/"))).toEqual([]);
  });
});
