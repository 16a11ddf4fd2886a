import type { Base64 } from "@tautline/protocol/base64";

// Mini-programs have neither `btoa` nor `atob`.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const SEXTETS: ReadonlyMap<string, number> = new Map([...ALPHABET].map((letter, sextet) => [letter, sextet]));

/** Base64 by arithmetic. */
export const arithmeticBase64: Base64 = {
  encode(bytes) {
    let text = "";
    for (let start = 0; start < bytes.length; start += 3) {
      const [first = 0, second = 0, third = 0] = bytes.subarray(start, start + 3);
      const bits = (first << 16) | (second << 8) | third;
      for (const shift of [18, 12, 6, 0]) text += ALPHABET.charAt((bits >> shift) & 63);
    }
    const missing = (3 - (bytes.length % 3)) % 3;
    return text.slice(0, text.length - missing) + "=".repeat(missing);
  },
  decode(text) {
    const bytes = new Uint8Array((text.length * 3) >> 2);
    let length = 0;
    let bits = 0;
    let bitCount = 0;
    for (let index = 0; index < text.length; index++) {
      const sextet = SEXTETS.get(text.charAt(index));
      // EIO §22: what is not of the alphabet is skipped
      if (sextet === undefined) continue;
      bits = ((bits << 6) | sextet) & 0xffff;
      bitCount += 6;
      if (bitCount < 8) continue;
      bitCount -= 8;
      bytes[length++] = bits >> bitCount;
    }
    return bytes.slice(0, length);
  },
};
