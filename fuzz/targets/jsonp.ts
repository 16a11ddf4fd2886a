import { deepStrictEqual, ok } from "node:assert/strict";
import { decodeJsonpBody, encodeJsonpBody, readJsonpIndex } from "@tautline/protocol/jsonp";

export const name = "jsonp";

export const seeds = [
  "d=6%3A4hello",
  "d=4%3A4a%5Cnb",
  "d=5%3A4a%5C%5Cnb",
  "x=1&d=3%3A4+a&y",
  "d=%C3%A9%ff%",
  "d=",
];

export const tokens = ["d=", "&d=", "%5C", "%5Cn", "%", "%e2%98%95", "+", "\\n", "\u2028"];

export function run(bytes: Uint8Array): void {
  const text = new TextDecoder().decode(bytes);
  const index = readJsonpIndex(text);
  ok(/^[0-9]*$/.test(index));
  const payload = decodeJsonpBody(text);
  if (payload === undefined) return;
  ok(payload.length <= text.length, "a payload no longer than its body");
  const script = encodeJsonpBody(index, payload);
  ok(!/[\u2028\u2029]/.test(script));
  deepStrictEqual(JSON.parse(script.slice(`___eio[${index}](`.length, -");".length)), payload);
}
