import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlidingWindow } from "./sliding-window.ts";

describe("SlidingWindow", () => {
  it("always shows the last bytes of what was appended", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(256, 1024, 4096),
        fc.array(fc.nat(5000), { maxLength: 40 }),
        (size, steps) => {
          const window = new SlidingWindow(size);
          let all = Buffer.alloc(0);
          let next = 0;
          for (const length of steps) {
            const piece = Buffer.from(Array.from({ length }, () => next++ & 0xff));
            all = Buffer.concat([all, piece]);
            window.append(piece);
            expect(window.view().equals(all.subarray(Math.max(0, all.length - size)))).toBe(true);
          }
          expect(window.isEmpty).toBe(all.length === 0);
        },
      ),
    );
  });

  it("holds at most twice its size, and little for little", () => {
    const window = new SlidingWindow(32_768);
    window.append(Buffer.alloc(10));
    expect(window.view().buffer.byteLength).toBeLessThanOrEqual(1024);
    for (let i = 0; i < 100; i++) window.append(Buffer.alloc(5000));
    expect(window.view().buffer.byteLength).toBeLessThanOrEqual(65_536);
  });
});
