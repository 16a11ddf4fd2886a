import { describe, expect, it } from "vitest";
import { resolveUrl } from "./url.ts";

const page = { protocol: "https:", host: "app.example:8443" };

describe("resolveUrl", () => {
  it.each([
    [undefined, "https://app.example:8443", "https://app.example:8443/socket.io", "/"],
    ["/admin", "https://app.example:8443/admin", "https://app.example:8443/socket.io", "/admin"],
    ["/admin/?x=1", "https://app.example:8443/admin/?x=1", "https://app.example:8443/socket.io", "/admin/"],
    ["//other.example/chat", "https://other.example/chat", "https://other.example:443/socket.io", "/chat"],
    ["other.example:99/chat", "https://other.example:99/chat", "https://other.example:99/socket.io", "/chat"],
    ["ws://other.example:80", "ws://other.example:80", "ws://other.example:80/socket.io", "/"],
    ["http://[::1]:3000/a", "http://[::1]:3000/a", "http://[::1]:3000/socket.io", "/a"],
    ["http://user:pass@h/", "http://user:pass@h/", "http://h:80/socket.io", "/"],
    ["http://h/a#fragment", "http://h/a#fragment", "http://h:80/socket.io", "/a"],
  ])("resolves %s against the page", (uri, source, id, namespace) => {
    expect(resolveUrl(uri, "/socket.io", page)).toMatchObject({ source, id, namespace });
  });

  it("gives the query as it stands", () => {
    expect(resolveUrl("http://h/?a=1%202&b=x=y", "/", undefined).query).toEqual({ a: "1%202", b: "x=y" });
    expect(resolveUrl("http://h/", "/", undefined).query).toBeUndefined();
  });

  it.each([[undefined], ["/chat"], ["//h/chat"], ["h:80"]])("refuses %s where there is no page", (uri) => {
    expect(() => resolveUrl(uri, "/socket.io", undefined)).toThrow(Error);
  });

  it("refuses a URI without host, as in a worker made from a blob", () => {
    expect(() => resolveUrl(undefined, "/socket.io", { protocol: "blob:", host: "" })).toThrow(Error);
  });

  it("refuses a URI of more than 8000 characters", () => {
    const longest = `http://h/${"a".repeat(7991)}`;
    expect(resolveUrl(longest, "/", undefined).namespace).toHaveLength(7992);
    expect(() => resolveUrl(`${longest}a`, "/", undefined)).toThrow("URI too long");
  });
});
