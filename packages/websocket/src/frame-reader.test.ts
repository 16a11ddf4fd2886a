import { describe, expect, it } from "vitest";
import { ProtocolError } from "./errors.ts";
import { FrameReader } from "./frame-reader.ts";
import { clientFrame, rawFrame, TEST_MASK } from "./testing/raw-frame.ts";

const OPEN_GATE = { refuse: () => undefined };

function readAll(reader: FrameReader, chunks: readonly Buffer[]): (string | ProtocolError)[] {
  const found: (string | ProtocolError)[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (;;) {
      const result = reader.read(OPEN_GATE);
      if (result === "nothing") break;
      if (result !== "frame") return [...found, result];
      const { first, bytes, start, end } = reader;
      found.push(`${first.toString(16)} ${bytes.toString("latin1", start, end)}`);
    }
  }
  return found;
}

function problemOf(frame: Buffer, expectsMask = true, allowsRsv1 = false): string {
  const [problem] = readAll(new FrameReader(expectsMask, allowsRsv1), [frame]);
  return problem instanceof ProtocolError ? problem.message : `read: ${String(problem)}`;
}

describe("FrameReader", () => {
  it("reads all frames of one chunk", () => {
    const chunk = Buffer.concat([
      clientFrame({ opcode: 1, payload: "one" }),
      clientFrame({ opcode: 2, payload: "" }),
      clientFrame({ opcode: 1, payload: "three", fin: false }),
      clientFrame({ opcode: 9, payload: "p" }),
      clientFrame({ opcode: 0, payload: "x".repeat(300) }),
    ]);
    const expected = ["81 one", "82 ", "1 three", "89 p", `80 ${"x".repeat(300)}`];
    expect(readAll(new FrameReader(true, false), [chunk])).toEqual(expected);
  });

  it("takes a frame without mask from a server", () => {
    expect(readAll(new FrameReader(false, false), [rawFrame({ opcode: 1, payload: "hi" })])).toEqual([
      "81 hi",
    ]);
  });

  it.each([0, 1, 124, 125, 126, 127, 65_534, 65_535, 65_536, 65_537])(
    "reads a frame of %i bytes from chunks of any size",
    (length) => {
      const payload = Buffer.from(Array.from({ length }, (_, i) => (i * 7) & 0xff));
      const frame = clientFrame({ opcode: 2, payload });
      const expected = [`82 ${payload.toString("latin1")}`, "81 next"];
      const next = clientFrame({ opcode: 1, payload: "next" });
      for (const step of [1, 3, 14, 1000, 16_384, 65_536, frame.length]) {
        if (step < 10 && length > 1000) continue;
        const all = Buffer.concat([frame, next]);
        const chunks: Buffer[] = [];
        for (let at = 0; at < all.length; at += step) chunks.push(Buffer.from(all.subarray(at, at + step)));
        expect(readAll(new FrameReader(true, false), chunks)).toEqual(expected);
      }
    },
  );

  it("refuses each reserved bit (SEC §5)", () => {
    for (const rsv of [1, 2, 3, 4, 5, 6, 7]) {
      expect(problemOf(clientFrame({ opcode: 1, rsv }))).toMatch(/^reserved bit/);
    }
  });

  it("takes RSV1 on the first frame of a message only, and only where deflate was negotiated", () => {
    expect(problemOf(clientFrame({ opcode: 1, rsv: 4, payload: "z" }), true, true)).toBe("read: c1 z");
    expect(problemOf(clientFrame({ opcode: 2, rsv: 4, payload: "z" }), true, true)).toBe("read: c2 z");
    for (const opcode of [0, 8, 9, 10]) {
      expect(problemOf(clientFrame({ opcode, rsv: 4 }), true, true)).toBe("reserved bit 1 of a frame is set");
    }
    expect(problemOf(clientFrame({ opcode: 1, rsv: 6 }), true, true)).toBe(
      "reserved bits of a frame are set",
    );
  });

  it.each([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])("refuses the reserved opcode %i", (opcode) => {
    expect(problemOf(clientFrame({ opcode }))).toBe(`reserved opcode ${opcode}`);
  });

  it("asks for a mask from clients and refuses one from servers", () => {
    expect(problemOf(rawFrame({ opcode: 1 }))).toBe("frame from a client is not masked");
    expect(problemOf(rawFrame({ opcode: 9 }))).toBe("frame from a client is not masked");
    expect(problemOf(clientFrame({ opcode: 1 }), false)).toBe("frame from a server is masked");
  });

  it("refuses fragmented and long control frames", () => {
    for (const opcode of [8, 9, 10]) {
      expect(problemOf(clientFrame({ opcode, fin: false }))).toBe("control frame is fragmented");
      expect(problemOf(clientFrame({ opcode, payload: "x".repeat(126) }))).toMatch("exceeds 125 bytes");
      expect(problemOf(clientFrame({ opcode, payload: "x".repeat(125) }))).toMatch("read:");
      expect(problemOf(clientFrame({ opcode, lengthBytes: 8 }))).toMatch("exceeds 125 bytes");
    }
  });

  it("refuses lengths that are not minimal", () => {
    const problem = "frame length is not minimally encoded";
    expect(problemOf(clientFrame({ opcode: 1, payload: "x".repeat(125), lengthBytes: 2 }))).toBe(problem);
    expect(problemOf(clientFrame({ opcode: 1, payload: "x".repeat(125), lengthBytes: 8 }))).toBe(problem);
    expect(problemOf(clientFrame({ opcode: 2, payload: Buffer.alloc(65_535), lengthBytes: 8 }))).toBe(
      problem,
    );
  });

  it("refuses a 64-bit length with the top bit, before the mask key has arrived", () => {
    expect(problemOf(Buffer.from("82ff8000000000000000", "hex"))).toBe("top bit of a frame length is set");
  });

  it("asks the gate as soon as the length is known", () => {
    const reader = new FrameReader(true, false);
    const refusal = new ProtocolError("WS_MESSAGE_TOO_BIG", "no");
    reader.push(Buffer.from("82ff7fffffffffffffff", "hex"));
    const seen: number[] = [];
    const gate = {
      refuse(_first: number, length: number): ProtocolError {
        seen.push(length);
        return refusal;
      },
    };
    expect(reader.read(gate)).toBe(refusal);
    expect(seen[0]).toBeGreaterThan(2 ** 62);
  });

  it("knows whether a payload is ASCII, masked or not", () => {
    for (const [payload, isAscii] of [
      ["plain", true],
      ["ü", false],
      ["x".repeat(500), true],
      [`${"x".repeat(500)}ü`, false],
    ] as const) {
      for (const mask of [undefined, TEST_MASK]) {
        const reader = new FrameReader(mask !== undefined, false);
        reader.push(rawFrame({ opcode: 1, payload, ...(mask && { mask }) }));
        expect(reader.read(OPEN_GATE)).toBe("frame");
        expect(reader.isAscii).toBe(isAscii);
      }
    }
  });

  it("goes on behind frames that were left unread", () => {
    const reader = new FrameReader(true, false);
    reader.push(
      Buffer.concat([clientFrame({ opcode: 1, payload: "a" }), clientFrame({ opcode: 1, payload: "b" })]),
    );
    expect(reader.read(OPEN_GATE)).toBe("frame");
    expect(readAll(reader, [clientFrame({ opcode: 1, payload: "c" })])).toEqual(["81 b", "81 c"]);
  });

  it("lets go of a chunk of 64 KiB of which a half header is left (ws 8.22.2 release, SEC §3)", () => {
    const reader = new FrameReader(true, false);
    const chunk = Buffer.alloc(65_536);
    const frame = clientFrame({ opcode: 2, payload: Buffer.alloc(65_525) });
    frame.copy(chunk, 0);
    chunk.set([0x82, 0x85, 1], frame.length); // three bytes of the next header
    reader.push(chunk.subarray(0, frame.length + 3));
    expect(reader.read(OPEN_GATE)).toBe("frame");
    expect(reader.read(OPEN_GATE)).toBe("nothing");
    expect(reader.bytes.length).toBe(0);
    chunk.fill(0xff); // what is left was copied
    expect(readAll(reader, [Buffer.from([1, 1, 1, 0x60, 0x60, 0x60, 0x60, 0x60])])).toEqual(["82 aaaaa"]);
  });
});
