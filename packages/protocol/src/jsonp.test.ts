import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeJsonpBody, decodeJsonpField, encodeJsonpBody, readJsonpIndex } from "./jsonp.ts";

// EIO §56
describe("JSONP bodies", () => {
  it("wraps the handshake of the worked example", () => {
    const payload =
      '118:0{"sid":"q3NfT0aZrW8kLx2DAAAB","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
    expect(encodeJsonpBody("3", payload)).toBe(
      '___eio[3]("118:0{\\"sid\\":\\"q3NfT0aZrW8kLx2DAAAB\\",\\"upgrades\\":[\\"websocket\\"],\\"pingInterval\\":25000,\\"pingTimeout\\":20000,\\"maxPayload\\":1000000}");',
    );
  });

  it("wraps binary that is base64 already", () => {
    expect(encodeJsonpBody("3", "6:b4yv4A")).toBe('___eio[3]("6:b4yv4A");');
  });

  it("escapes the two line separators that end a script line", () => {
    expect(encodeJsonpBody("3", "5:4x\ny\u2028")).toBe('___eio[3]("5:4x\\ny\\u2028");');
    expect(encodeJsonpBody("0", "\u2029\u2029")).toBe('___eio[0]("\\u2029\\u2029");');
  });

  it("keeps only the digits of the index", () => {
    expect(readJsonpIndex("3")).toBe("3");
    expect(readJsonpIndex("];alert(1);//12")).toBe("112");
    expect(readJsonpIndex("")).toBe("");
  });

  it.each([
    ["d=6%3A4hello", "6:4hello"],
    ["d=4%3A4a%5Cnb", "4:4a\nb"],
    ["d=5%3A4a%5C%5Cnb", "5:4a\\nb"],
    ["d=3%3A4+a", "3:4 a"],
    ["x=1&d=2%3A4a&d=2%3A4b", "2:4a"],
    ["d=4%3A4a%2Bb", "4:4a+b"],
    ["d=", ""],
    ["d=8%3A4na%C3%AFve+%E2%98%95", "8:4naïve ☕"],
  ])("reads %j as %j", (body, payload) => {
    expect(decodeJsonpBody(body)).toBe(payload);
  });

  it.each(["", "x=d", "ad=1", "D=1", "d", "xd=1&y=2"])("finds no payload in %j", (body) => {
    expect(decodeJsonpBody(body)).toBeUndefined();
  });

  it.each([
    ["d=%", "%"],
    ["d=%zz", "%zz"],
    ["d=%ff%41", "\ufffdA"],
    ["d=%C3%28", "\ufffd("],
  ])("reads the broken escapes of %j as %j instead of throwing", (body, payload) => {
    expect(decodeJsonpBody(body)).toBe(payload);
  });

  it("undoes the escapes from left to right", () => {
    expect(decodeJsonpField("\\n")).toBe("\n");
    expect(decodeJsonpField("\\\\n")).toBe("\\n");
    expect(decodeJsonpField("\\\\\\n")).toBe("\\\\n");
    expect(decodeJsonpField("\\n\\n")).toBe("\n\n");
    expect(decodeJsonpField("\\t\\")).toBe("\\t\\");
  });

  it("reads what a browser's form sends", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (payload) => {
        const escaped = payload.replaceAll("\\n", "\\\\n").replaceAll("\n", "\\n");
        // A backslash right before a newline cannot be told from an escaped one; clients never send it.
        fc.pre(!payload.includes("\\\n") && !payload.includes("\\\\n"));
        expect(decodeJsonpBody(new URLSearchParams({ d: escaped }).toString())).toBe(payload);
      }),
    );
  });

  it("wraps any payload as a script that evaluates to it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (payload) => {
        const script = encodeJsonpBody("7", payload);
        expect(JSON.parse(script.slice("___eio[7](".length, -");".length))).toBe(payload);
      }),
    );
  });
});
