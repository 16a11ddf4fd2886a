// Draws the state machines of the code into ARCHITECTURE.md, from the very tables by which they run.
// `--check` draws nothing and fails when the drawing is stale.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

interface Machine {
  readonly name: string;
  /** Where its table stands, from the root. */
  readonly path: string;
  /** State → event → next state. The first state is the initial one. */
  readonly table: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const page = join(root, "ARCHITECTURE.md");
const startMarker = "<!-- machines:start -->";
const endMarker = "<!-- machines:end -->";

const machines = await findMachines(["packages/engine/src", "packages/client/src", "packages/server/src"]);
const current = readFileSync(page, "utf8");
const drawn = replaceBetweenMarkers(current, machines.map(drawMachine).join("\n"));

if (!process.argv.includes("--check")) {
  writeFileSync(page, drawn);
  console.log(
    `ARCHITECTURE.md shows ${machines.length} machines: ${machines.map((one) => one.name).join(", ")}`,
  );
} else if (drawn !== current) {
  console.error("ARCHITECTURE.md shows other machines than the code has: run `npm run docs:machines`");
  process.exitCode = 1;
} else {
  console.log(`ARCHITECTURE.md shows the ${machines.length} machines as they are`);
}

/** The tables exported as `…Machine`, sorted by the path of their file. */
async function findMachines(folders: readonly string[]): Promise<Machine[]> {
  const found: Machine[] = [];
  for (const file of folders.flatMap((folder) => sourceFiles(join(root, folder))).sort()) {
    if (!/export const \w+Machine\b/.test(readFileSync(file, "utf8"))) {
      continue;
    }
    const module: Record<string, unknown> = await import(pathToFileURL(file).href);
    for (const [name, table] of Object.entries(module)) {
      if (name.endsWith("Machine") && isMachineTable(table)) {
        found.push({ name: name.slice(0, -"Machine".length), path: relative(root, file), table });
      }
    }
  }
  return found;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => join(folder, path));
}

function isMachineTable(value: unknown): value is Machine["table"] {
  return (
    isRecord(value) &&
    Object.values(value).every(
      (row) => isRecord(row) && Object.values(row).every((next) => typeof next === "string" && next in value),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function drawMachine({ name, path, table }: Machine): string {
  const states = Object.keys(table);
  const lines = [`### ${name}`, "", `\`${path}\``, "", "```mermaid", "stateDiagram-v2"];
  for (const state of states.filter((one) => idOf(one) !== one)) {
    lines.push(`  state "${state}" as ${idOf(state)}`);
  }
  lines.push(`  [*] --> ${idOf(states[0] ?? "")}`);
  for (const [state, row] of Object.entries(table)) {
    const targets = Object.entries(row);
    for (const [event, next] of targets) {
      lines.push(`  ${idOf(state)} --> ${idOf(next)}: ${event}`);
    }
    if (targets.length === 0) {
      lines.push(`  ${idOf(state)} --> [*]`);
    }
  }
  return `${[...lines, "```"].join("\n")}\n`;
}

/** Mermaid's names of states are plain words. */
function idOf(state: string): string {
  return state.replace(/\W+/g, "_");
}

function replaceBetweenMarkers(text: string, content: string): string {
  const start = text.indexOf(startMarker);
  const end = text.indexOf(endMarker);
  if (start < 0 || end < start) {
    throw new Error(`ARCHITECTURE.md lacks the markers ${startMarker} and ${endMarker}`);
  }
  return `${text.slice(0, start + startMarker.length)}\n${content}${text.slice(end)}`;
}
