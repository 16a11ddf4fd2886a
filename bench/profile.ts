// npm run bench:profile -- [scenario] [--of socket-io] [--top N]
// Runs a scenario's cases with the server under --cpu-prof and prints where its own time went. The profiles stay
// in .tmp/profiles for the DevTools of any Chromium.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { IMPLEMENTATIONS, withPeers } from "./harness/peers.ts";
import { hottest, readProfile } from "./harness/profile-summary.ts";
import { FULL, withinFileLimit } from "./harness/scale.ts";
import { CASES, SCENARIOS } from "./harness/scenarios.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    of: { type: "string", default: IMPLEMENTATIONS[0] },
    top: { type: "string", default: "25" },
  },
});

const scenario = positionals[0] ?? "echo";
const implementation = IMPLEMENTATIONS.find((name) => name === values.of);
const top = Number(values.top);
if (!SCENARIOS.includes(scenario))
  throw new Error(`no scenario "${scenario}"; there are ${SCENARIOS.join(", ")}`);
if (implementation === undefined) throw new Error(`no server "${values.of}"; ${IMPLEMENTATIONS.join(", ")}`);
if (!Number.isInteger(top) || top < 1) throw new Error(`--top must be 1 or more, not "${values.top}"`);

const profiles: string = fileURLToPath(new URL("../.tmp/profiles", import.meta.url));
mkdirSync(profiles, { recursive: true });

for (const measured of CASES.filter((each) => each.scenario === scenario)) {
  const directory = mkdtempSync(join(profiles, `${scenario}-`));
  const nodeArguments = ["--cpu-prof", `--cpu-prof-dir=${directory}`, "--cpu-prof-interval=200"];
  const { isCompressing } = measured;
  const { cost } = await withPeers({ implementation, isCompressing, nodeArguments }, (peers) =>
    measured.measure(peers, withinFileLimit(FULL)),
  );
  process.stdout.write(`\n${measured.title}, ${implementation}: ${cost.toFixed(1)} ${measured.unit}\n`);
  // Threads write profiles too; the main thread's is by far the busiest.
  const files = readdirSync(directory).map((name) => join(directory, name));
  const busiest = files
    .map((file) => ({ file, profile: readProfile(readFileSync(file, "utf8")) }))
    .sort((a, b) => b.profile.busyMicros - a.profile.busyMicros)[0];
  if (busiest === undefined) throw new Error(`the server left no profile in ${directory}`);
  process.stdout.write(`${relative(process.cwd(), busiest.file)}\n`);
  for (const line of hottest(busiest.profile, top)) process.stdout.write(`${line}\n`);
}
