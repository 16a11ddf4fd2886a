import { describe, expect, it } from "vitest";
import { resolveOptions, toOutgoingData } from "./options.ts";

describe("resolveOptions", () => {
  it("has the defaults of EIO §41", () => {
    expect(resolveOptions({})).toMatchObject({
      pingTimeout: 20_000,
      pingInterval: 25_000,
      upgradeTimeout: 10_000,
      maxHttpBufferSize: 1e6,
      maxBufferedBytes: 16 * 1024 * 1024,
      transports: ["polling", "websocket"],
      allowUpgrades: true,
      perMessageDeflate: false,
      httpCompression: { threshold: 1024 },
      cookie: false,
      allowEIO3: false,
    });
  });

  it("takes undefined for not given, and keeps options that it does not know", () => {
    const given: object = { pingInterval: undefined, other: 1 };
    const opts = resolveOptions({ ...given });
    expect(opts.pingInterval).toBe(25_000);
    expect(opts.other).toBe(1);
  });

  it("merges the cookie over its defaults (EIO §18)", () => {
    expect(resolveOptions({ cookie: true }).cookie).toEqual({
      name: "io",
      path: "/",
      httpOnly: true,
      sameSite: "lax",
    });
    expect(resolveOptions({ cookie: { name: "s", secure: true } }).cookie).toMatchObject({
      name: "s",
      secure: true,
      path: "/",
    });
  });

  it("replaces httpCompression as a whole and merges perMessageDeflate (EIO §19)", () => {
    expect(resolveOptions({ httpCompression: { level: 9 } }).httpCompression).toEqual({ level: 9 });
    expect(resolveOptions({ httpCompression: true }).httpCompression).toEqual({ threshold: 1024 });
    expect(resolveOptions({ httpCompression: false }).httpCompression).toBe(false);
    expect(resolveOptions({ perMessageDeflate: true }).perMessageDeflate).toEqual({ threshold: 1024 });
    expect(resolveOptions({ perMessageDeflate: { threshold: 1 } }).perMessageDeflate).toEqual({
      threshold: 1,
    });
  });
});

describe("toOutgoingData", () => {
  it("takes falsy data for none and makes text of the rest (EIO §3.1)", () => {
    expect(["", 0, false, null, undefined].map(toOutgoingData)).toEqual(Array(5).fill(undefined));
    expect([42, {}, true, "x"].map(toOutgoingData)).toEqual(["42", "[object Object]", "true", "x"]);
  });

  it("sends the window of a view and no more (EIO §62.5)", () => {
    const buffer = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7).buffer;
    expect(toOutgoingData(new Uint8Array(buffer, 4, 2))).toEqual(Uint8Array.of(4, 5));
    expect(toOutgoingData(new DataView(buffer, 1, 3))).toEqual(Uint8Array.of(1, 2, 3));
    expect(toOutgoingData(new Uint16Array(buffer, 2, 1))).toEqual(Uint8Array.of(2, 3));
    expect(toOutgoingData(buffer)).toEqual(Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7));
  });
});
