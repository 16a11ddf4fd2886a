// node --conditions=@tautline/source --import tsx fuzz/run.ts [--seconds N] [--target name] [--seed N] [--input hex]
//
// Runs the targets of fuzz/targets, one after the other, for N seconds each (default 10), and prints inputs per
// second. On a failure it prints the input in hex and exits with 1; --input runs such an input again.

import { parseArgs } from "node:util";
import { runCampaign } from "./campaign.ts";
import { discoverTargets } from "./discover.ts";
import type { FuzzTarget } from "./target.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    target: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 2 ** 32) },
    input: { type: "string" },
  },
});

const targets = (await discoverTargets()).filter(
  ({ name }) => values.target === undefined || name === values.target,
);
if (targets.length === 0) throw new Error(`no target is called ${values.target}`);
for (const target of targets) {
  const isSound = values.input === undefined ? fuzz(target) : repeat(target, values.input);
  if (!isSound) process.exitCode = 1;
}

function fuzz(target: FuzzTarget): boolean {
  const start = performance.now();
  const end = start + Number(values.seconds) * 1000;
  const { inputs, failure } = runCampaign(target, {
    seed: Number(values.seed),
    maxInputs: Number.POSITIVE_INFINITY,
    isOver: () => performance.now() >= end,
  });
  const perSecond = Math.round((inputs * 1000) / (performance.now() - start));
  console.log(`${target.name}: ${inputs} inputs, ${perSecond}/s, seed ${values.seed}`);
  if (failure === undefined) return true;
  console.error(`${target.name} failed on input ${Buffer.from(failure.input).toString("hex")}`);
  console.error(failure.error);
  return false;
}

function repeat(target: FuzzTarget, hex: string): boolean {
  target.run(new Uint8Array(Buffer.from(hex, "hex")));
  console.log(`${target.name}: the input passes`);
  return true;
}
