import { describe, expect, it } from "vitest";
import { MaskingWriter } from "./masking-writer.ts";
import { createMessage } from "./message.ts";
import { MessageReader } from "./message-reader.ts";

function readBack(bytes: Uint8Array): string[] {
  const reader = new MessageReader(true, { maxPayloadBytes: 1e6, maxFragments: 1024 }, undefined);
  reader.push(Buffer.from(bytes));
  const found: string[] = [];
  for (let next = reader.read(); next !== undefined; next = reader.read()) {
    found.push(next.kind === "text" ? next.text : next.kind);
  }
  return found;
}

describe("MaskingWriter", () => {
  it("writes frames that a server reads", () => {
    const writer = new MaskingWriter();
    const long = "ü".repeat(40_000);
    const bytes = writer.encode(
      [createMessage("a"), createMessage(long), createMessage(new Uint8Array(3))],
      undefined,
    );
    expect(readBack(bytes)).toEqual(["a", long, "binary"]);
    expect(readBack(writer.encodeControl(0x89, Buffer.from("p")))).toEqual(["ping"]);
  });

  it("masks each frame with a key of its own and keeps no masked frame", () => {
    const writer = new MaskingWriter();
    const message = createMessage("same");
    const frames = Array.from({ length: 50 }, () =>
      Buffer.from(writer.encode([message], undefined)).toString("hex"),
    );
    expect(new Set(frames).size).toBe(50);
    expect(message.frame).toBeUndefined();
  });

  it("leaves the program's bytes as they were", () => {
    const bytes = new Uint8Array([1, 2, 3, 4, 5]);
    new MaskingWriter().encode([createMessage(bytes)], undefined);
    expect([...bytes]).toEqual([1, 2, 3, 4, 5]);
  });
});
