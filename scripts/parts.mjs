// A job is a list of parts: programs run one after the other, their output streamed, each one timed.
// A part that fails does not stop the ones after it.

import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

const env = {
  ...process.env,
  PATH: [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter),
};

/**
 * Runs a program and resolves with its exit code.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, limitMinutes?: number }} [options] `cwd` is the root where it
 *   is not given; a program that runs longer than its limit is killed and has failed.
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      stdio: "inherit",
      env: { ...env, ...options.env },
      timeout: (options.limitMinutes ?? 0) * 60_000,
      killSignal: "SIGKILL",
    });
    child.on("error", (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      resolve(127);
    });
    child.on("close", (code, signal) => {
      if (signal === "SIGKILL") {
        console.error(`${command} was killed: it ran longer than ${options.limitMinutes} minutes`);
      }
      resolve(code ?? 1);
    });
  });
}

/**
 * @typedef {{
 *   name: string, command: string, args: string[], cwd?: string, env?: Record<string, string>, limitMinutes?: number
 * }} Part
 * @typedef {{ name: string, ok: boolean, seconds: number }} PartResult
 */

/**
 * Runs one part under a heading.
 *
 * @param {Part} part
 * @returns {Promise<PartResult>}
 */
export async function runPart(part) {
  console.log(`\n=== ${part.name}: ${part.command} ${part.args.join(" ")}`);
  const startedAt = performance.now();
  const code = await run(part.command, part.args, part);
  return { name: part.name, ok: code === 0, seconds: (performance.now() - startedAt) / 1000 };
}

/**
 * Prints one line for each part: its outcome, and how long it took.
 *
 * @param {readonly PartResult[]} results
 */
export function printResults(results) {
  console.log("");
  for (const { name, ok, seconds } of results) {
    console.log(`${ok ? "ok    " : "FAILED"} ${seconds.toFixed(1).padStart(6)} s  ${name}`);
  }
}
