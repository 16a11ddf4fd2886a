import { constants, createDeflateRaw, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Inflater } from "./inflater.ts";

function textOf(inflater: Inflater, hex: string, maxBytes = 1000): string {
  const result = inflater.inflate(Buffer.from(hex, "hex"), maxBytes);
  return result.kind === "inflated" ? result.bytes.toString() : result.kind;
}

/** One zlib stream over all messages, as a peer with context takeover keeps it. */
async function deflateAll(messages: readonly Buffer[], windowBits: number): Promise<Buffer[]> {
  const stream = createDeflateRaw({ windowBits, level: 9 });
  const deflated: Buffer[] = [];
  for (const message of messages) {
    const parts: Buffer[] = [];
    const onData = (part: Buffer): void => {
      parts.push(part);
    };
    stream.on("data", onData);
    stream.write(message);
    await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve));
    stream.off("data", onData);
    const bytes = Buffer.concat(parts);
    deflated.push(bytes.subarray(0, bytes.length - 4));
  }
  stream.close();
  return deflated;
}

function words(seed: number, bytes: number): Buffer {
  let state = seed;
  const parts: string[] = [];
  for (let length = 0; length < bytes; length += 8) {
    state = (state * 48_271) % 2_147_483_647;
    parts.push(`word${(state % 600).toString(36).padStart(3, "0")} `);
  }
  return Buffer.from(parts.join("").slice(0, bytes));
}

describe("Inflater", () => {
  it("inflates the examples of RFC 7692 §7.2.3", () => {
    expect(textOf(new Inflater(15), "f248cdc9c90700")).toBe("Hello");
    const withTakeover = new Inflater(15);
    expect(textOf(withTakeover, "f248cdc9c90700")).toBe("Hello");
    expect(textOf(withTakeover, "f200110000")).toBe("Hello"); // refers back to the first message
    expect(textOf(new Inflater(15), "000500faff48656c6c6f00")).toBe("Hello"); // a block without compression
    expect(textOf(new Inflater(15), "f348cdc9c9070000")).toBe("Hello"); // a final block, then padding
    expect(textOf(new Inflater(15), "f248050000 00ffffcac9c90700".replace(" ", ""))).toBe("Hello"); // two blocks
  });

  it("refuses a reference to a message that it was told to forget", () => {
    const inflater = new Inflater(undefined);
    expect(textOf(inflater, "f248cdc9c90700")).toBe("Hello");
    expect(textOf(inflater, "f200110000")).toBe("malformed");
  });

  it("inflates an empty message", () => {
    expect(textOf(new Inflater(15), "00")).toBe("");
    expect(textOf(new Inflater(undefined), "0200")).toBe("");
  });

  it.each([9, 10, 12, 15])(
    "follows a peer's context with %i window bits over many messages",
    async (bits) => {
      const messages = [10, 5000, 0, 1, 40_000, 300, 32_768, 32_769, 70_000, 20, 999].map((size, i) =>
        words(i + 1, size),
      );
      const deflated = await deflateAll(messages, bits);
      const inflater = new Inflater(bits);
      for (const [index, compressed] of deflated.entries()) {
        const result = inflater.inflate(compressed, 100_000);
        expect(result.kind === "inflated" && result.bytes.equals(messages[index] ?? Buffer.alloc(0))).toBe(
          true,
        );
      }
    },
  );

  it("goes on behind a final block, and takes it into the window", () => {
    const twice = Buffer.concat([deflateRawSync("one "), deflateRawSync("two"), Buffer.from([0])]);
    expect(textOf(new Inflater(15), twice.toString("hex"))).toBe("one two");
    expect(textOf(new Inflater(undefined), twice.toString("hex"))).toBe("one two");
  });

  it("refuses a message of ever new streams instead of beginning zlib for each", () => {
    const many = Buffer.concat(Array.from({ length: 100_000 }, () => Buffer.from("0300", "hex")));
    expect(textOf(new Inflater(15), many.toString("hex"))).toBe("malformed");
  });

  it("holds the limit over all streams of a message", () => {
    const twice = Buffer.concat([
      deflateRawSync("12345"),
      deflateRawSync("67890"),
      Buffer.from([0]),
    ]).toString("hex");
    expect(textOf(new Inflater(15), twice, 10)).toBe("1234567890");
    expect(textOf(new Inflater(15), twice, 9)).toBe("too big");
  });

  it("stops at the limit", () => {
    const bomb = deflateRawSync(Buffer.alloc(100_000_000));
    const before = process.memoryUsage().arrayBuffers;
    expect(new Inflater(15).inflate(bomb, 10_000).kind).toBe("too big");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it("reports garbage and never throws", () => {
    for (let seed = 1; seed < 300; seed++) {
      const bytes = Buffer.from(
        Array.from({ length: seed % 40 }, (_, i) => (seed * 7919 + i * 104_729) & 0xff),
      );
      expect(["inflated", "malformed", "too big"]).toContain(new Inflater(15).inflate(bytes, 1000).kind);
    }
  });
});
