// A throwaway project in which the published packages are installed as npm would install them: from what
// `npm pack` puts into the tarballs, with nothing of the repository in reach but the npm packages they depend on.

import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { publicPackages, readJson } from "./packages.mjs";
import { root } from "./parts.mjs";

export interface InstalledProject {
  readonly folder: string;
  remove(): void;
}

/** Why no project can be made, or `undefined`. */
export function missingBuild(): string | undefined {
  const missing = publicPackages.filter((name) => !existsSync(join(root, "packages", name, "dist/index.js")));
  return missing.length === 0 ? undefined : `not built: ${missing.join(", ")} (run \`npm run build\`)`;
}

/**
 * Packs the published packages, or those of them in `names`, and installs them, and the packages named in `others`, into
 * an empty folder.
 */
export function createInstalledProject(
  others: readonly string[] = [],
  names: readonly string[] = publicPackages,
): InstalledProject {
  const folder = mkdtempSync(join(tmpdir(), "tautline-project-"));
  const modules = join(folder, "node_modules");
  for (const name of names) {
    install(name, modules);
  }
  for (const other of others) {
    link(join(root, "node_modules", other), join(modules, other));
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "project", private: true }));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * As `createInstalledProject`, where `socket.io` is our server, as `"socket.io": "npm:@tautline/server"` installs it.
 * The packages named in `dependents` are those that load `socket.io`: they lie in the project, and so get ours. Every
 * other package of the repository is in reach too, and of `from`, where the dependents are taken.
 */
export function createAliasedProject(
  dependents: readonly string[],
  from: string = join(root, "node_modules"),
): InstalledProject {
  const project = createInstalledProject([], ["server"]);
  const modules = join(project.folder, "node_modules");
  cpSync(join(modules, "@tautline/server"), join(modules, "socket.io"), { recursive: true });
  for (const dependent of dependents) {
    const source = join(from, dependent);
    cpSync(source, join(modules, dependent), {
      recursive: true,
      // npm puts a dependency there whose version it cannot share; `overrides` in package.json keeps ours instead.
      filter: (path) => path !== join(source, "node_modules/socket.io"),
    });
  }
  for (const folder of [join(root, "node_modules"), from]) {
    for (const name of packagesIn(folder)) link(join(folder, name), join(modules, name));
  }
  return project;
}

/** The packages in a folder of modules but those of our workspaces. */
function packagesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    if (name.startsWith(".") || name === "@tautline") return [];
    if (!name.startsWith("@")) return [name];
    return readdirSync(join(folder, name)).map((scoped) => `${name}/${scoped}`);
  });
}

function install(name: string, modules: string): void {
  const source = join(root, "packages", name);
  const target = join(modules, "@tautline", name);
  mkdirSync(target, { recursive: true });
  const output = execFileSync("npm", ["pack", "--json", "--pack-destination", modules], {
    cwd: source,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const packed: readonly { filename: string }[] = JSON.parse(output);
  const tarball = join(modules, packed[0]!.filename);
  execFileSync("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"]);
  rmSync(tarball);
  for (const dependency of Object.keys(readJson(`packages/${name}/package.json`).dependencies ?? {})) {
    const own = join(source, "node_modules", dependency);
    link(existsSync(own) ? own : join(root, "node_modules", dependency), join(modules, dependency));
  }
}

function link(source: string, target: string): void {
  if (!existsSync(target)) {
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(source, target);
  }
}
