import { randomFillSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SessionIds } from "./session-ids.ts";

describe("SessionIds", () => {
  it("encodes 15 bytes as url-safe base64", () => {
    const ids = new SessionIds((bytes) => {
      for (let at = 0; at < bytes.length; at++) bytes[at] = 255 - at;
    });
    const expected = Buffer.from(Array.from({ length: 30 }, (_, at) => 255 - at));
    expect(ids.next()).toBe(expected.subarray(0, 15).toString("base64url"));
    expect(ids.next()).toBe(expected.subarray(15, 30).toString("base64url"));
  });

  it("CVE-2017-16031: every bit comes from the generator, and no id comes twice", () => {
    const ids = new SessionIds((bytes) => randomFillSync(bytes));
    const all = Array.from({ length: 10_000 }, () => ids.next());
    expect(new Set(all).size).toBe(all.length);
    expect(all.every((id) => /^[A-Za-z0-9_-]{20}$/.test(id))).toBe(true);
    for (let position = 0; position < 20; position++) {
      const characters = new Set(all.map((id) => id[position]));
      expect(characters.size).toBe(64);
    }
  });

  it("asks the generator anew when its pool is used up", () => {
    let fills = 0;
    const ids = new SessionIds((bytes) => {
      fills++;
      bytes.fill(fills);
    });
    const all = Array.from({ length: 65 }, () => ids.next());
    expect(fills).toBe(2);
    expect(all[0]).not.toBe(all[64]);
  });
});
