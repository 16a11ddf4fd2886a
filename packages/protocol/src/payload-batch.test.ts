import { describe, expect, it } from "vitest";
import { countBatch } from "./payload-batch.ts";

describe("the batch that fits one polling body", () => {
  it("counts 1, and the data and 2 for each packet, and accepts exactly the limit", () => {
    const packets = [{ data: "aaaa" }, { data: "bbbb" }, { data: "cccc" }];
    // EIO §9.6: before the third packet 1 + 4 + 2 + 4 + 2, with it 17
    expect(countBatch(packets, 17)).toBe(3);
    expect(countBatch(packets, 16)).toBe(2);
    expect(countBatch(packets, 11)).toBe(2);
    expect(countBatch(packets, 10)).toBe(1);
  });

  it("weighs binary by its base64 size", () => {
    const packets = [{ data: "" }, { data: new Uint8Array(100) }];
    expect(countBatch(packets, 136)).toBe(2);
    expect(countBatch(packets, 135)).toBe(1);
  });

  it("weighs text by its bytes, not its length", () => {
    const packets = [{}, { data: "☕" }];
    expect(countBatch(packets, 6)).toBe(2);
    expect(countBatch(packets, 5)).toBe(1);
  });

  it("takes a packet that is too big alone", () => {
    expect(countBatch([{ data: "x".repeat(100) }, { data: "y" }], 10)).toBe(1);
  });

  it("takes none of an empty queue, and all of a queue without a limit", () => {
    expect(countBatch([], 10)).toBe(0);
    expect(countBatch([{ data: "x".repeat(100) }, { data: "y" }], Number.POSITIVE_INFINITY)).toBe(2);
  });
});
