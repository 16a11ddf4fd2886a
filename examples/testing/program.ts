// Runs an example as its users do: its start script, as a process of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Program {
  readonly url: string;
  readonly process: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** Ends it; resolves once its process is gone. */
  stop(): Promise<void>;
}

/** Starts the example of that name; resolves when it listens. Port 0 is any free one. */
export async function startExample(name: string, port = 0): Promise<Program> {
  const child = spawnExample(name, port);
  const output = collectOutput(child);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const address = /http:\/\/localhost:\d+/.exec(output())?.[0];
      if (address !== undefined) resolve(address);
    };
    child.stdout?.on("data", look);
    child.once("exit", () => reject(new Error(`${name} ended (npm run build?):\n${output()}`)));
  });
  return {
    url,
    process: child,
    output,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** Starts an example that is to fail; resolves with its exit code and what it printed. */
export async function runExample(
  name: string,
  port: number,
): Promise<{ code: number | null; output: string }> {
  const child = spawnExample(name, port);
  const output = collectOutput(child);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output: output() };
}

function spawnExample(name: string, port: number): ChildProcess {
  const folder = fileURLToPath(new URL(`../${name}/`, import.meta.url));
  const { scripts } = JSON.parse(readFileSync(`${folder}package.json`, "utf8"));
  // Without npm in between, so that the process that is started is the one that is stopped.
  const [command, ...args] = String(scripts.start).split(" ");
  if (command !== "node") throw new Error(`the start script of ${name} does not begin with "node"`);
  return spawn(process.execPath, args, { cwd: folder, env: { ...process.env, PORT: String(port) } });
}

function collectOutput(child: ChildProcess): () => string {
  const texts: string[] = [];
  child.stdout?.on("data", (text: Buffer) => texts.push(String(text)));
  child.stderr?.on("data", (text: Buffer) => texts.push(String(text)));
  return () => texts.join("");
}
