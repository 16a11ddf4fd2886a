import { describe, expect, it } from "vitest";
import { type ClientOptions, requestOptionsOf } from "./client-options.ts";
import { UsageError } from "./errors.ts";

const BASE = { maxPayloadBytes: 1000 };

function requestOf(
  url: string | URL,
  options: Partial<ClientOptions> = {},
): ReturnType<typeof requestOptionsOf> {
  return requestOptionsOf(url, { ...BASE, ...options }, "key");
}

describe("requestOptionsOf", () => {
  it.each([
    ["ws://example.org", false, "example.org", 80, "/"],
    ["wss://example.org/chat?a=1", true, "example.org", 443, "/chat?a=1"],
    ["http://example.org:8080/x", false, "example.org", 8080, "/x"],
    ["https://[::1]:8443/", true, "::1", 8443, "/"],
  ])("reads %s", (url, isSecure, host, port, path) => {
    const { requestOptions, ...rest } = requestOf(new URL(url));
    expect(rest).toEqual({ isSecure });
    expect(requestOptions).toMatchObject({ host, port, path });
  });

  it.each(["", "example.org", "ftp://example.org", "ws://example.org/#part"])("refuses the url %j", (url) => {
    expect(() => requestOf(url)).toThrow(UsageError);
  });

  it("sends credentials of the url as basic authorization", () => {
    expect(requestOf("ws://user:p%40ss@example.org").requestOptions.auth).toBe("user:p@ss");
  });

  it("asks for version 13, deflate by default, and the subprotocols in order", () => {
    const { headers } = requestOf("ws://example.org", {
      protocols: ["a", "b"],
      origin: "http://o",
    }).requestOptions;
    expect(headers).toEqual({
      origin: "http://o",
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "key",
      "sec-websocket-protocol": "a,b",
      "sec-websocket-extensions": "permessage-deflate; client_max_window_bits",
    });
    const plain = requestOf("ws://example.org", { perMessageDeflate: false }).requestOptions.headers;
    expect(plain).not.toHaveProperty("sec-websocket-extensions");
  });

  it("adds the program's fields, and lets none of them replace the handshake's", () => {
    const headers = {
      Host: "virtual",
      Cookie: ["a=1", "b=2"],
      UPGRADE: "h2c",
      "Sec-WebSocket-Extensions": "x",
      "Sec-WebSocket-Protocol": "y",
      Nothing: undefined,
    };
    const sent = requestOf("ws://example.org", { headers, perMessageDeflate: false }).requestOptions.headers;
    expect(sent).toMatchObject({ host: "virtual", cookie: ["a=1", "b=2"], upgrade: "websocket" });
    expect(Object.keys(sent ?? {}).sort()).toEqual(
      ["connection", "cookie", "host", "sec-websocket-key", "sec-websocket-version", "upgrade"].sort(),
    );
  });

  it.each([["a b"], [""], ["ä"], ["a", "a"]])("refuses the subprotocols %j", (...protocols) => {
    expect(() => requestOf("ws://example.org", { protocols })).toThrow(UsageError);
  });

  it("verifies the server's certificate unless the option is exactly false (CVE-2016-10536, CVE-2021-31597)", () => {
    for (const value of [undefined, true, null, 0, "", Number.NaN]) {
      const options: ClientOptions = Object({ ...BASE, rejectUnauthorized: value });
      expect(requestOptionsOf("wss://example.org", options, "key").requestOptions.rejectUnauthorized).toBe(
        true,
      );
    }
    const off = requestOf("wss://example.org", { rejectUnauthorized: false });
    expect(off.requestOptions.rejectUnauthorized).toBe(false);
  });

  it("passes TLS and socket options on, and leaves out what was not given", () => {
    const { requestOptions } = requestOf("wss://example.org", {
      ca: "ca",
      localAddress: "127.0.0.1",
      family: 4,
    });
    expect(requestOptions).toMatchObject({ ca: "ca", localAddress: "127.0.0.1", family: 4, agent: false });
    expect(requestOptions).not.toHaveProperty("pfx");
    expect(requestOf("ws://example.org", { ca: "ca" }).requestOptions).not.toHaveProperty("ca");
  });
});
