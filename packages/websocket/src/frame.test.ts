import { describe, expect, it } from "vitest";
import { encodeFrame, FIN, headerBytes, MASKED, Opcode, writeHeader } from "./frame.ts";
import { rawFrame } from "./testing/raw-frame.ts";

const EDGES = [0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 65_537, 2_000_000];

describe("encodeFrame", () => {
  it.each(EDGES)("frames a text of %i bytes as RFC 6455 §5.2 lays it out", (length) => {
    const text = "a".repeat(length);
    const expected = rawFrame({ opcode: Opcode.text, payload: text });
    expect(encodeFrame(FIN | Opcode.text, text).equals(expected)).toBe(true);
  });

  it.each(EDGES)("frames %i bytes of binary", (length) => {
    const bytes = new Uint8Array(length).fill(0xfe);
    const expected = rawFrame({ opcode: Opcode.binary, payload: bytes });
    expect(encodeFrame(FIN | Opcode.binary, bytes).equals(expected)).toBe(true);
  });

  it("counts the length in bytes of UTF-8", () => {
    expect(encodeFrame(FIN | Opcode.text, "ü€😀").toString("hex")).toBe("8109c3bce282acf09f9880");
  });

  it("replaces a lone surrogate, so that what is sent is always UTF-8", () => {
    expect(encodeFrame(FIN | Opcode.text, "\ud800").toString("hex")).toBe("8103efbfbd");
  });

  it("frames the window of a view, not the buffer behind it", () => {
    const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);
    expect(encodeFrame(FIN | Opcode.binary, view).toString("hex")).toBe("82020203");
  });
});

describe("writeHeader", () => {
  it("writes lengths beyond 32 bits", () => {
    const target = Buffer.alloc(10);
    expect(writeHeader(target, 0, FIN | Opcode.binary, 0x1_0000_0005, MASKED)).toBe(10);
    expect(target.toString("hex")).toBe("82ff0000000100000005");
  });

  it("needs as many bytes as headerBytes says", () => {
    for (const length of EDGES) {
      const target = Buffer.alloc(16);
      expect(writeHeader(target, 3, FIN, length, 0)).toBe(3 + headerBytes(length));
    }
  });
});
