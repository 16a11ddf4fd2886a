// Type-checks every package on its own terms (its lib, its ambient types), then all tests and tools together.

import { availableParallelism } from "node:os";
import { typeProjects } from "./packages.mjs";
import { run } from "./parts.mjs";

const waiting = typeProjects();
const failed = [];

async function work() {
  for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) {
    const startedAt = performance.now();
    // What did not change since the last check is not checked again.
    const memo = `.tmp/types/${project.replaceAll("/", "-")}.tsbuildinfo`;
    const code = await run("tsc", [
      "-p",
      project,
      "--pretty",
      "false",
      "--incremental",
      "--tsBuildInfoFile",
      memo,
    ]);
    console.log(
      `${code === 0 ? "ok" : "FAILED"} ${project} (${Math.round(performance.now() - startedAt)} ms)`,
    );
    if (code !== 0) {
      failed.push(project);
    }
  }
}

await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
process.exitCode = failed.length === 0 ? 0 : 1;
