import { spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { createAliasedProject, missingBuild } from "../../scripts/installed-project.ts";
import { pathOf } from "../peers/availability.ts";
import { type JsonChild, startJsonChild } from "../peers/child-process.ts";
import { within } from "../wire/deadline.ts";

/** Why the programs of this folder cannot run beside our packed server, or `undefined`. */
export const missingServer: string | undefined = missingBuild();

/** The programs of `programs/` in a project in which `socket.io` is our server. */
export interface InstalledPrograms {
  /** Where a program lies. */
  fileOf(name: string): string;
  /** Runs a program to its end and gives what it printed, as JSON. */
  run(name: string, ...args: readonly string[]): Promise<unknown>;
  /** Starts a program that obeys commands. */
  start(name: string, ...args: readonly string[]): Promise<RunningProgram>;
  remove(): void;
}

/** A program that prints `{ ready, port }`, then answers commands, one JSON line each. */
export interface RunningProgram {
  readonly port: number;
  readonly url: string;
  call(name: string, ...args: readonly unknown[]): Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Installs our packed server as `socket.io`, for the programs and for the packages in `dependents`, which load it. They
 * are taken from the folder of modules `from`, if it is not the repository's.
 */
export function installPrograms(dependents: readonly string[] = [], from?: string): InstalledPrograms {
  const project = createAliasedProject(dependents, from);
  cpSync(pathOf("../packages/programs"), join(project.folder, "programs"), { recursive: true });
  const fileOf = (name: string) => join(project.folder, "programs", name);
  return {
    fileOf,
    run: (name, ...args) => runProgram(fileOf(name), args),
    start: (name, ...args) => startProgram(fileOf(name), args),
    remove: project.remove,
  };
}

/** Starts a program beside the repository's own packages, where `socket.io` is upstream's server. */
export function startWithUpstream(name: string, ...args: readonly string[]): Promise<RunningProgram> {
  return startProgram(pathOf(`../packages/programs/${name}`), args);
}

function runProgram(file: string, args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let complaints = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    complaints += chunk;
  });
  const ended = new Promise<unknown>((resolve, reject) => {
    child.once("close", (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`${file} ended with ${code}: ${complaints}`));
    });
  });
  return within(ended, `end of ${file}`, 30_000).finally(() => child.kill("SIGKILL"));
}

async function startProgram(file: string, args: readonly string[]): Promise<RunningProgram> {
  const pending = new Map<unknown, PromiseWithResolvers>();
  let port = 0;
  let child: JsonChild | undefined;
  child = await startJsonChild(process.execPath, [file, ...args], (message) => {
    if (message.ready === true) port = Number(message.port);
    const call = pending.get(message.id);
    pending.delete(message.id);
    if (message.error === undefined) call?.resolve(message.value);
    else call?.reject(new Error(String(message.error)));
  });
  let nextId = 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    call: (name, ...args) => {
      const id = nextId++;
      const answer = new Promise<unknown>((resolve, reject) => pending.set(id, { resolve, reject }));
      child.send({ id, name, args });
      return within(answer, `answer to ${name}`);
    },
    stop: () => child.stop(),
  };
}

interface PromiseWithResolvers {
  resolve(value: unknown): void;
  reject(error: Error): void;
}
