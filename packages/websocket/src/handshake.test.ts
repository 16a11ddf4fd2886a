import { describe, expect, it } from "vitest";
import { acceptKeyOf, hasToken, parseProtocols } from "./handshake.ts";

describe("acceptKeyOf", () => {
  it("answers the key of RFC 6455 §1.3", () => {
    expect(acceptKeyOf("dGhlIHNhbXBsZSBub25jZQ==")).toBe("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  });
});

describe("hasToken", () => {
  it("finds a token among others, in any case", () => {
    expect(hasToken("keep-alive, UpGrade", "upgrade")).toBe(true);
    expect(hasToken("upgraded", "upgrade")).toBe(false);
    expect(hasToken("", "upgrade")).toBe(false);
    expect(hasToken(undefined, "upgrade")).toBe(false);
  });
});

describe("parseProtocols", () => {
  it("reads names in order", () => {
    expect(parseProtocols("chat , v2.chat,x")).toEqual(["chat", "v2.chat", "x"]);
  });

  it.each(["", ",", "a,", "a,,b", "a b", "a,a", "a;b", "ä", '"a"'])("refuses %j", (header) => {
    expect(parseProtocols(header)).toBeUndefined();
  });
});
