import { readdir } from "node:fs/promises";
import { type FuzzTarget, isFuzzTarget } from "./target.ts";

const TARGETS = new URL("./targets/", import.meta.url);

/** Loads every file of fuzz/targets, in the order of their names. A target is added by adding its file. */
export async function discoverTargets(): Promise<FuzzTarget[]> {
  const files = (await readdir(TARGETS)).filter((file) => file.endsWith(".ts")).sort();
  return Promise.all(files.map(loadTarget));
}

async function loadTarget(file: string): Promise<FuzzTarget> {
  const module: unknown = await import(new URL(file, TARGETS).href);
  if (!isFuzzTarget(module))
    throw new Error(
      `fuzz/targets/${file} must export name and run, and seeds and tokens as lists if it has them`,
    );
  return module;
}
