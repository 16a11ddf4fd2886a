// Measures each module by its own test file alone: what `session.test.ts` covers of `session.ts`.
// `npm run coverage:own -- engine/src/session` measures the modules whose path holds that text.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { trackedFiles } from "./packages.mjs";
import { root } from "./parts.mjs";

interface Row {
  readonly path: string;
  /** Percent of the module's branches and lines that its own test runs. */
  readonly branches: number;
  readonly lines: number;
  /** Whether the test passed. */
  readonly ok: boolean;
}

const asked = process.argv[2] ?? "";
const modules = trackedFiles().filter(
  (path) => /^packages\/[^/]+\/src\/.*(?<!\.test|\.test-d|\.d)\.ts$/.test(path) && path.includes(asked),
);
const waiting = modules.filter((path) => existsSync(join(root, testOf(path))));
const untested = modules.filter((path) => !existsSync(join(root, testOf(path))));
const reports = join(root, ".tmp", "coverage-own");
const rows: Row[] = [];

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
await Promise.all(Array.from({ length: availableParallelism() }, work));

rows.sort((a, b) => a.branches - b.branches || a.lines - b.lines);
console.log("branches  lines  module");
for (const { path, branches, lines, ok } of rows) {
  const figures = `${branches.toFixed(0).padStart(7)}% ${lines.toFixed(0).padStart(5)}%`;
  console.log(`${figures}  ${path}${ok ? "" : "  (its test fails)"}`);
}
console.log(`\n${untested.length} modules have no test file of their own:`);
console.log(untested.map((path) => `  ${path}`).join("\n"));
process.exitCode = rows.every((row) => row.ok) ? 0 : 1;

async function work(): Promise<void> {
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    rows.push(await measure(path));
  }
}

async function measure(path: string): Promise<Row> {
  const folder = join(reports, path.replaceAll("/", "-"));
  const code = await runQuietly([
    "run",
    "--project=unit",
    testOf(path),
    "--coverage",
    `--coverage.include=${path}`,
    "--coverage.reporter=json-summary",
    `--coverage.reportsDirectory=${folder}`,
    "--maxWorkers=1",
  ]);
  const file = join(folder, "coverage-summary.json");
  if (!existsSync(file)) {
    return { path, branches: 0, lines: 0, ok: false };
  }
  const { total } = JSON.parse(readFileSync(file, "utf8"));
  return { path, branches: percent(total.branches), lines: percent(total.lines), ok: code === 0 };
}

/** A module without branches has all of them covered. */
function percent({ total, covered }: { total: number; covered: number }): number {
  return total === 0 ? 100 : (100 * covered) / total;
}

function runQuietly(args: readonly string[]): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(join(root, "node_modules/.bin/vitest"), args, { cwd: root, stdio: "ignore" });
    child.on("close", resolve);
  });
}

function testOf(path: string): string {
  return path.replace(/\.ts$/, ".test.ts");
}
