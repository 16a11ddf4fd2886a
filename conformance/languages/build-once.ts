import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CommandFailure, Unreachable, versionOf } from "./commands.ts";

// Building takes minutes in some languages: what was built stays in a folder named after the sources and the tools.

/** How the program of a language is made. */
export interface Recipe {
  /** Names the folder of what was built. */
  readonly name: string;
  /** The folder of the sources, beside this file. */
  readonly sources: string;
  /** Commands that print the version of a tool that is needed. */
  readonly tools: readonly (readonly [command: string, ...args: string[]])[];
  /** Puts what is to be kept into `into`; `scratch` is thrown away. Throws `Unreachable` where the machine cannot. */
  build(sources: string, into: string, scratch: string): Promise<void>;
}

/** Where the result is, or what this machine lacks for it. */
export type Built =
  | { readonly ok: true; readonly folder: string; readonly sources: string }
  | { readonly ok: false; readonly missing: string };

const cache = fileURLToPath(new URL("../../node_modules/.cache/tautline-languages/", import.meta.url));

/** Makes what the recipe describes at the first call, unless an earlier run did; later calls get the same. */
export function buildOnce(recipe: Recipe): () => Promise<Built> {
  let built: Promise<Built> | undefined;
  return () => {
    built ??= findOrBuild(recipe);
    return built;
  };
}

async function findOrBuild(recipe: Recipe): Promise<Built> {
  const versions = [];
  for (const tool of recipe.tools) {
    const version = await versionOf(...tool);
    if (version === undefined) return { ok: false, missing: `"${tool.join(" ")}" does not work here` };
    versions.push(version);
  }
  const sources = fileURLToPath(new URL(`./${recipe.sources}/`, import.meta.url));
  const folder = join(cache, `${recipe.name}-${keyOf(sources, versions)}`);
  if (existsSync(folder)) return { ok: true, folder, sources };
  return build(recipe, sources, folder);
}

async function build(recipe: Recipe, sources: string, folder: string): Promise<Built> {
  await mkdir(cache, { recursive: true });
  const workshop = await mkdtemp(join(cache, `${recipe.name}-building-`));
  const [into, scratch] = [join(workshop, "into"), join(workshop, "scratch")];
  await Promise.all([mkdir(into), mkdir(scratch)]);
  try {
    await recipe.build(sources, into, scratch);
    await publish(into, folder);
    return { ok: true, folder, sources };
  } catch (error) {
    if (error instanceof Unreachable) return { ok: false, missing: error.message };
    if (error instanceof CommandFailure) throw new Error(`${recipe.name} does not build`, { cause: error });
    throw error;
  } finally {
    await rm(workshop, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Two runs may build at the same moment; the first to be ready is kept. */
async function publish(into: string, folder: string): Promise<void> {
  try {
    await rename(into, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function keyOf(sources: string, versions: readonly string[]): string {
  const hash = createHash("sha256").update(versions.join("\n"));
  for (const path of readdirSync(sources, { recursive: true, encoding: "utf8" }).sort()) {
    const file = join(sources, path);
    if (path.includes("__pycache__") || !statSync(file).isFile()) continue;
    hash.update(`\n${path}\n`).update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 12);
}
