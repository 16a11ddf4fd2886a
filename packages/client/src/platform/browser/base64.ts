import type { Base64 } from "@tautline/protocol/base64";

// Arguments that a call may safely have.
const CHUNK_BYTES = 0x8000;

/** Base64 by `btoa` and `atob`. */
export const browserBase64: Base64 = {
  encode(bytes) {
    let text = "";
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
      text += String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES));
    }
    return btoa(text);
  },
  decode(text) {
    const clean = text.replace(/[^A-Za-z0-9+/]/g, "");
    // One character beyond whole groups holds no byte.
    const binary = atob(clean.length % 4 === 1 ? clean.slice(0, -1) : clean);
    const bytes = new Uint8Array(binary.length);
    for (let index = 0; index < bytes.length; index++) bytes[index] = binary.charCodeAt(index);
    return bytes;
  },
};
