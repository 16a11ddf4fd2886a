// `npm test`: makes the machine ready, builds, checks, runs every test, and ends with one line that sums all.
// The sum counts the build and each part of the check as one test.

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkParts } from "./check-parts.mjs";
import { printResults, root, runPart } from "./parts.mjs";
import { setUpDebian, setUpNpm } from "./setup.mjs";

const projects = ["unit", "repository", "conformance", "fuzz", "bench", "examples"];
const sum = { passed: 0, failed: 0, skipped: 0 };
const results = [];

const startedAt = performance.now();
await setUpNpm();
await setUpDebian();
results.push({ name: "setup", ok: true, seconds: (performance.now() - startedAt) / 1000 });

await runCounted({ name: "build", command: process.execPath, args: ["scripts/build.mjs"] });
for (const part of checkParts()) {
  await runCounted(part);
}
for (const project of projects) {
  await runProject(project);
}

printResults(results);
console.log(`\nTook ${((performance.now() - startedAt) / 60_000).toFixed(1)} minutes.`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exitCode = sum.failed === 0 ? 0 : 1;

/**
 * Runs a part that counts as one test.
 *
 * @param {import("./parts.mjs").Part} part
 */
async function runCounted(part) {
  const result = await runPart(part);
  results.push(result);
  sum[result.ok ? "passed" : "failed"] += 1;
}

/**
 * Runs the tests of one vitest project and adds what its reporter counted.
 *
 * @param {string} project
 */
async function runProject(project) {
  const file = join(root, ".tmp", `counts-${project}.json`);
  mkdirSync(join(root, ".tmp"), { recursive: true });
  rmSync(file, { force: true });
  const result = await runPart({
    name: `tests: ${project}`,
    command: "vitest",
    args: ["run", "--project", project, "--reporter=default", "--reporter=./scripts/count-reporter.mjs"],
    env: { TAUTLINE_COUNTS: file },
    limitMinutes: 12,
  });
  results.push(result);
  const counts = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : { passed: 0, failed: 0, skipped: 0 };
  sum.passed += counts.passed;
  sum.skipped += counts.skipped;
  // A run can fail without a failed test: a file that does not load, an error nobody caught, no tests at all.
  sum.failed += result.ok ? counts.failed : Math.max(counts.failed, 1);
}
