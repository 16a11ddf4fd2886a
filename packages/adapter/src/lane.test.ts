import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Lane } from "./lane.ts";

function since(lane: Lane, position: number): number[] {
  const found: number[] = [];
  lane.copySince(position, found);
  return found;
}

describe("a lane", () => {
  it("gives what stands behind a position, whatever was added and trimmed", () => {
    const steps = fc.array(
      fc.record({ gap: fc.integer({ min: 1, max: 5 }), trims: fc.integer({ min: 0, max: 2 }) }),
    );
    fc.assert(
      fc.property(steps, fc.nat(200), (list, position) => {
        const lane = new Lane();
        const model: number[] = [];
        let seq = 0;
        for (const { gap, trims } of list) {
          seq += gap;
          lane.add(seq);
          model.push(seq);
          for (const oldest of model.splice(0, trims)) lane.trim(oldest, 0);
        }
        expect(since(lane, position)).toEqual(model.filter((kept) => kept > position));
        expect(lane.isEmpty).toBe(model.length === 0);
      }),
    );
  });

  it("has a gap where a packet is gone that may not have arrived, and nowhere else", () => {
    const lane = new Lane();
    lane.add(3);
    lane.add(7);
    expect(lane.hasGap(0, 0)).toBe(false);
    lane.trim(3, 1_000);
    expect(lane.hasGap(2, 1_000)).toBe(true);
    expect(lane.hasGap(3, 1_000)).toBe(false);
    expect(lane.hasGap(2, 1_001)).toBe(false);
  });

  it("is forgettable when it is empty and what was trimmed is old", () => {
    const lane = new Lane();
    lane.add(1);
    expect(lane.isForgettable(5_000)).toBe(false);
    lane.trim(1, 1_000);
    expect(lane.isForgettable(1_000)).toBe(false);
    expect(lane.isForgettable(1_001)).toBe(true);
  });
});
