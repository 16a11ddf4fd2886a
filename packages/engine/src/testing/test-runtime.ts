import type { ManualClock } from "@tautline/events/testing/manual-clock";
import type { Base64 } from "@tautline/protocol/base64";
import type { Runtime } from "../ports.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 for tests of neutral code, plain rather than fast. */
export const testBase64: Base64 = {
  encode(bytes: Uint8Array): string {
    let text = "";
    for (let at = 0; at < bytes.length; at += 3) {
      const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      for (const shift of [18, 12, 6, 0]) text += ALPHABET.charAt((bits >> shift) & 63);
    }
    const padding = (3 - (bytes.length % 3)) % 3;
    return text.slice(0, text.length - padding) + "=".repeat(padding);
  },
  decode(text: string): Uint8Array {
    const bytes: number[] = [];
    let bits = 0;
    let count = 0;
    for (const character of text) {
      const value = ALPHABET.indexOf(character);
      if (value < 0) continue;
      bits = ((bits << 6) | value) & 0xffffff;
      count += 6;
      if (count < 8) continue;
      count -= 8;
      bytes.push((bits >> count) & 255);
    }
    return Uint8Array.from(bytes);
  },
};

/** A runtime on a manual clock, whose random bytes count up: the first id is that of the bytes 0 to 14. */
export function createTestRuntime(clock: ManualClock): Runtime {
  let next = 0;
  return {
    clock,
    base64: testBase64,
    report: () => {},
    fillRandom: (bytes) => {
      for (let at = 0; at < bytes.length; at++) bytes[at] = next++ & 255;
    },
    serializeCookie: (name, value, options) => `${name}=${value}; Path=${options.path ?? ""}`,
  };
}
