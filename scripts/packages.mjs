// What the repository holds: its packages, those of them that are published, and its tracked files.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./parts.mjs";

/** The published packages in the order in which they are built. */
export const publicPackages = ["websocket", "client", "server"];

/** Folders that hold results, never sources; they match .gitignore. */
const untracked = new Set(["node_modules", "dist", "client-dist", "coverage", ".git", ".tmp"]);

/**
 * The content of a JSON file, by its path from the root.
 *
 * @param {string} path
 */
export function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

/**
 * The tsconfig files, by their paths from the root: those of every package, then the root's, which covers tests.
 *
 * @returns {string[]}
 */
export function typeProjects() {
  const own = readdirSync(join(root, "packages"))
    .filter((name) => existsSync(join(root, "packages", name, "package.json")))
    .flatMap((name) =>
      readdirSync(join(root, "packages", name))
        .filter((file) => /^tsconfig(\.[\w-]+)?\.json$/.test(file))
        .map((file) => `packages/${name}/${file}`),
    );
  return [...own, "tsconfig.json"];
}

/**
 * The tracked files, by their paths from the root; without git, every file outside the folders of results.
 *
 * @returns {string[]}
 */
export function trackedFiles() {
  try {
    const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return list
      .toString()
      .split("\0")
      .filter((path) => path !== "" && existsSync(join(root, path)));
  } catch {
    return walk("");
  }
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function walk(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return untracked.has(entry.name) ? [] : walk(path);
    }
    return entry.isFile() && !entry.name.endsWith(".log") ? [path] : [];
  });
}
