import { describe, expect, it } from "vitest";
import { acceptDeflate } from "./deflate-negotiation.ts";
import { Deflater } from "./deflater.ts";
import { BatchWriter } from "./frame-writer.ts";
import { createMessage } from "./message.ts";
import { rawFrame } from "./testing/raw-frame.ts";
import { turns } from "./testing/wait-for.ts";

function deflater(takesContextOver: boolean, windowBits = 15): Deflater {
  const accepted = acceptDeflate("permessage-deflate", { threshold: 10 });
  if (accepted === undefined) throw new Error("not negotiated");
  return new Deflater(accepted.negotiated, windowBits, takesContextOver);
}

describe("BatchWriter", () => {
  it("makes a message's frame once and hands out the same bytes ever after", () => {
    const message = createMessage("hello");
    const first = new BatchWriter().encode([message], undefined);
    expect(Buffer.from(first)).toEqual(rawFrame({ opcode: 1, payload: "hello" }));
    expect(new BatchWriter().encode([message], undefined)).toBe(first);
    expect(message.frame).toBe(first);
    expect(message.deflatedFrame).toBeUndefined();
  });

  it("joins several messages in order", () => {
    const joined = new BatchWriter().encode(
      [createMessage("a"), createMessage(new Uint8Array([7]))],
      undefined,
    );
    const expected = [
      rawFrame({ opcode: 1, payload: "a" }),
      rawFrame({ opcode: 2, payload: Buffer.from([7]) }),
    ];
    expect(Buffer.from(joined)).toEqual(Buffer.concat(expected));
  });

  it("shares the joined bytes of the same messages, and joins anew for any others", () => {
    const writer = new BatchWriter();
    const [a, b, c] = [createMessage("a"), createMessage("b"), createMessage("c")];
    const queue = [a, b];
    const joined = writer.encode(queue, undefined);
    expect(writer.encode([a, b], undefined)).toBe(joined);
    queue[1] = c; // the caller's array is its own
    expect(writer.encode([a, b], undefined)).toBe(joined);
    expect(writer.encode([a, c], undefined)).not.toBe(joined);
    expect(writer.encode([a, c, b], undefined)).toHaveLength(9);
    expect(writer.encode([a, b], undefined)).toEqual(joined);
  });

  it("lets go of the last batch when told to", () => {
    const writer = new BatchWriter();
    const messages = [createMessage("a"), createMessage("b")];
    const joined = writer.encode(messages, undefined);
    writer.forget();
    expect(writer.encode(messages, undefined)).not.toBe(joined);
  });

  it("lets go of a large joined batch by itself, at the end of the turn", async () => {
    const writer = new BatchWriter();
    const messages = [createMessage("a".repeat(40_000)), createMessage("b".repeat(40_000))];
    const joined = writer.encode(messages, undefined);
    expect(writer.encode(messages, undefined)).toBe(joined);
    await turns(2);
    expect(writer.encode(messages, undefined)).not.toBe(joined);
  });

  it("deflates a shared message once, and keeps plain and deflated batches apart", () => {
    const writer = new BatchWriter();
    const messages = [createMessage("x".repeat(100)), createMessage("y".repeat(100))];
    const plain = writer.encode(messages, undefined);
    const deflated = writer.encode(messages, deflater(false));
    expect(deflated.length).toBeLessThan(plain.length);
    expect(writer.encode(messages, deflater(false))).toBe(deflated);
    expect(writer.encode([...messages].slice(0, 1), deflater(false))).toBe(messages[0]?.deflatedFrame);
    expect(messages[0]?.deflatedFrame?.[0]).toBe(0xc1);
  });

  it("does not deflate what asks not to be, nor what is below the threshold", () => {
    const writer = new BatchWriter();
    expect(writer.encode([createMessage("x".repeat(100), false)], deflater(false))[0]).toBe(0x81);
    expect(writer.encode([createMessage("x".repeat(9))], deflater(false))[0]).toBe(0x81);
    expect(writer.encode([createMessage("x".repeat(10))], deflater(false))[0]).toBe(0xc1);
  });

  it("never shares what was deflated with context takeover, or by a smaller window", () => {
    const writer = new BatchWriter();
    const message = createMessage("abc ".repeat(300));
    for (const one of [deflater(true), deflater(false, 9)]) {
      expect(writer.encode([message], one)[0]).toBe(0xc1);
      expect(writer.encode([message, message], one)[0]).toBe(0xc1);
      expect(message.deflatedFrame).toBeUndefined();
    }
  });

  it("writes nothing for no messages", () => {
    expect(new BatchWriter().encode([], undefined)).toHaveLength(0);
  });
});
