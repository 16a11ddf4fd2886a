import { describe, expect, it } from "vitest";
import { runCampaign } from "./campaign.ts";
import { discoverTargets } from "./discover.ts";

const SEED = 20_260_101;
const INPUTS = 8_000;

const targets = await discoverTargets();

describe("the decoders", () => {
  it("have targets with names of their own", () => {
    expect(new Set(targets.map(({ name }) => name)).size).toBe(targets.length);
  });

  it.each(targets)("hold their invariants on generated input: $name", (target) => {
    const { inputs, failure } = runCampaign(target, { seed: SEED, maxInputs: INPUTS });
    const input = failure && Buffer.from(failure.input).toString("hex");
    expect(failure, `input ${input}`).toBeUndefined();
    expect(inputs).toBe((target.seeds ?? []).length + INPUTS);
  });
});

describe("a campaign", () => {
  const target = {
    name: "brackets",
    seeds: ["[]", "[[]]"],
    run(bytes: Uint8Array): void {
      if (bytes.length > 12) throw new Error("too long");
    },
  };

  it("reports the first input that violates an invariant, the same for the same seed", () => {
    const first = runCampaign(target, { seed: 7, maxInputs: 100_000 });
    expect(first.failure?.input.length).toBeGreaterThan(12);
    expect(runCampaign(target, { seed: 7, maxInputs: 100_000 })).toStrictEqual(first);
    expect(runCampaign(target, { seed: 8, maxInputs: 100_000 })).not.toStrictEqual(first);
  });

  it("stops when it is told", () => {
    expect(runCampaign(target, { seed: 7, maxInputs: 100_000, isOver: () => true }).inputs).toBe(0);
  });
});
