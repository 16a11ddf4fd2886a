// npm run bench -- [scenario…] [--rounds N] [--quick] [--json] [--write-readme]

import { parseArgs } from "node:util";
import { writeReadme } from "./harness/readme.ts";
import { measureCase, type Result } from "./harness/rounds.ts";
import { FULL, QUICK, withinFileLimit } from "./harness/scale.ts";
import { CASES, SCENARIOS } from "./harness/scenarios.ts";
import { describeMachine, toMarkdown } from "./harness/table.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    "write-readme": { type: "boolean", default: false },
  },
});

const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds must be 1 or more, not "${values.rounds}"`);
const unknown = positionals.find((name) => !SCENARIOS.includes(name));
if (unknown !== undefined) throw new Error(`no scenario "${unknown}"; there are ${SCENARIOS.join(", ")}`);

const scale = withinFileLimit(values.quick ? QUICK : FULL);
const chosen = CASES.filter(({ scenario }) => positionals.length === 0 || positionals.includes(scenario));
const results: Result[] = [];
for (const measured of chosen) {
  const startedAt = performance.now();
  const result = await measureCase(measured, scale, rounds);
  results.push(result);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(0);
  process.stderr.write(`${result.title}: ${result.ratio.toFixed(2)} × (${seconds} s)\n`);
}

const machine = describeMachine();
const report = values.json
  ? JSON.stringify({ machine, results }, null, 2)
  : `${machine}\n\n${toMarkdown(results)}`;
process.stdout.write(`${report}\n`);
if (values["write-readme"]) writeReadme(machine, results);
