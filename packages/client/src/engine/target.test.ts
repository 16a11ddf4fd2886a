import { describe, expect, it } from "vitest";
import { resolveTarget } from "./target.ts";

describe("resolveTarget", () => {
  it("takes host, port, scheme and query from the URI", () => {
    expect(resolveTarget("wss://h:99/ignored?a=%20", { path: "/p/", query: { b: 1 } }, undefined)).toEqual({
      hostname: "h",
      port: "99",
      secure: true,
      path: "/p/",
      query: { a: " " },
    });
  });

  it("takes them from the options where there is no URI", () => {
    const options = { hostname: "h", port: 99, secure: true, query: "a=1", addTrailingSlash: false };
    expect(resolveTarget(undefined, options, undefined)).toEqual({
      hostname: "h",
      port: 99,
      secure: true,
      path: "/engine.io",
      query: { a: "1" },
    });
    expect(resolveTarget(undefined, { host: "h:1" }, undefined)).toMatchObject({ hostname: "h", port: "1" });
  });

  it("falls back to the page, then to this device", () => {
    const page = { protocol: "https:", host: "app.example:8443" };
    expect(resolveTarget(undefined, {}, page)).toMatchObject({
      hostname: "app.example",
      port: "8443",
      secure: true,
    });
    expect(resolveTarget(undefined, {}, undefined)).toMatchObject({ hostname: "localhost", secure: false });
  });

  it("takes IPv6 out of its brackets", () => {
    expect(resolveTarget("http://[::1]:3000", {}, undefined)).toMatchObject({
      hostname: "::1",
      port: "3000",
    });
  });
});
