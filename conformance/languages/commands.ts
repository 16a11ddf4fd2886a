import { type ChildProcess, spawn } from "node:child_process";
import { constants, setPriority } from "node:os";

const VERSION_MS = 20_000;
const DOWNLOAD_MS = 60_000;
const COMPILE_MS = 240_000;

/** Where a command runs, and what it finds in its environment besides ours. */
interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Outcome {
  /** `undefined` where the command does not exist, or its time was over. */
  readonly exitCode: number | undefined;
  readonly output: string;
}

/** A command that should have worked did not. */
export class CommandFailure extends Error {}

/** This machine cannot make what was asked for: a package is out of its reach, or it takes too long. */
export class Unreachable extends Error {}

/** What the command prints of its version; `undefined` where it does not work. */
export async function versionOf(command: string, ...args: string[]): Promise<string | undefined> {
  const { exitCode, output } = await run(command, args, { cwd: "." }, VERSION_MS);
  return exitCode === 0 ? output : undefined;
}

/** Runs a package manager's download; where it fails, the machine lacks what it was asked for. */
export async function download(command: string, args: readonly string[], where: Surroundings): Promise<void> {
  const { exitCode, output } = await run(command, args, where, DOWNLOAD_MS);
  if (exitCode === 0) return;
  throw new Unreachable(`"${command} ${args[0]}" could not get the packages: ${gistOf(output)}`);
}

/** Runs a compiler over our program; it leaves the processor to the tests that run meanwhile. */
export async function compile(command: string, args: readonly string[], where: Surroundings): Promise<void> {
  const { exitCode, output } = await run(command, args, where, COMPILE_MS, constants.priority.PRIORITY_LOW);
  if (exitCode === 0) return;
  if (exitCode === undefined) throw new Unreachable(`"${command} ${args[0]}" did not end: ${gistOf(output)}`);
  throw new CommandFailure(`${command} ${args.join(" ")} ended with ${exitCode}: ${output}`);
}

/** Runs a command to its end, or with all that it started to its time limit. */
function run(
  command: string,
  args: readonly string[],
  where: Surroundings,
  timeLimitMs: number,
  priority: number = constants.priority.PRIORITY_NORMAL,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: where.cwd,
      env: { ...process.env, ...where.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    if (child.pid !== undefined) setPriority(child.pid, priority);
    let output = "";
    const keep = (chunk: Buffer | string): void => {
      output = (output + chunk.toString()).slice(-8_000);
    };
    const timer = setTimeout(() => {
      keep(`\nits time of ${timeLimitMs} ms was over`);
      endGroup(child);
    }, timeLimitMs);
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => keep(error.message));
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ exitCode: code === null || code < 0 ? undefined : code, output });
    });
  });
}

/** A compiler starts others, which are in its process group. */
function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  process.kill(-child.pid, "SIGKILL");
}

/** The line of an output that tells most: the first that speaks of an error, or the last. */
function gistOf(output: string): string {
  const lines = output.trim().split("\n");
  return lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? "";
}
