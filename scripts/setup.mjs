// Makes a fresh machine ready: the packages of npm, and for the tests browsers, a Python peer and Redis from Debian.
// Needs nothing but Node and npm.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./parts.mjs";

const debianPackages = [
  { name: "chromium", isPresent: () => existsSync("/usr/bin/chromium") },
  { name: "firefox-esr", isPresent: () => existsSync("/usr/bin/firefox-esr") },
  { name: "webkit2gtk-driver", isPresent: () => existsSync("/usr/bin/WebKitWebDriver") },
  { name: "xvfb", isPresent: () => existsSync("/usr/bin/xvfb-run") },
  { name: "python3-socketio", isPresent: () => canImport("socketio") },
  { name: "python3-aiohttp", isPresent: () => canImport("aiohttp") },
  { name: "python3-websocket", isPresent: () => canImport("websocket") },
  { name: "python3-requests", isPresent: () => canImport("requests") },
  { name: "python3-venv", isPresent: () => canImport("ensurepip") },
  { name: "redis-server", isPresent: () => spawnSync("redis-server", ["--version"]).status === 0 },
];

/** Installs the packages of npm when what is installed differs from the lock file. Ends the process on failure. */
export async function setUpNpm() {
  const missing = missingNpmPackages();
  if (missing === 0) {
    return;
  }
  console.log(`${missing} npm packages are missing or differ from package-lock.json: npm install`);
  for (let attempt = 1; attempt <= 3; attempt++) {
    if ((await installNpm()) === 0) {
      return;
    }
    console.error(`npm install failed, attempt ${attempt} of 3`);
  }
  console.error("The npm packages could not be installed: see the output above, then try again.");
  process.exit(1);
}

/**
 * Not `npm ci`: it refuses a lock file without the optional packages of platforms that its author's registry did not
 * have. `npm install` adds such entries; setting a machine up is no reason to change a tracked file, so they go again.
 */
async function installNpm() {
  const lockFile = join(root, "package-lock.json");
  const locked = readFileSync(lockFile);
  const code = await run("npm", ["install", "--no-audit", "--no-fund"]);
  writeFileSync(lockFile, locked);
  return code;
}

/** Installs the Debian packages that the tests of real peers use. Without them those tests say why they skip. */
export async function setUpDebian() {
  const missing = debianPackages.filter((one) => !one.isPresent()).map((one) => one.name);
  if (missing.length === 0) {
    return;
  }
  const names = missing.join(" ");
  const refusal = aptRefusal();
  if (refusal !== undefined) {
    console.log(`Missing on this machine: ${names} (${refusal}). The tests that need them skip and say so.`);
    console.log(`To run them: apt-get update && apt-get install ${names}`);
    return;
  }
  console.log(`Missing on this machine, installing: ${names}`);
  const options = { env: { DEBIAN_FRONTEND: "noninteractive" } };
  await run("apt-get", ["update", "-q"], options);
  const code = await run("apt-get", ["install", "-qy", "--no-install-recommends", ...missing], options);
  if (code !== 0) {
    console.log(`apt-get could not install ${names}. The tests that need them skip and say so.`);
  }
}

/** How many packages of the lock file are not installed in the version that it names. */
function missingNpmPackages() {
  const locked = readPackages("package-lock.json");
  const installed = readPackages("node_modules/.package-lock.json");
  return Object.entries(locked).filter(([path, entry]) => {
    if (path === "" || entry.optional || entry.devOptional) {
      return false;
    }
    if (!path.includes("node_modules/")) {
      return false;
    }
    if (entry.link) {
      return !existsSync(join(root, path));
    }
    return installed[path]?.version !== entry.version;
  }).length;
}

/** @param {string} path */
function readPackages(path) {
  const file = join(root, path);
  if (!existsSync(file)) {
    return {};
  }
  return JSON.parse(readFileSync(file, "utf8")).packages ?? {};
}

/** Why apt-get cannot be used here, or `undefined` where it can. */
function aptRefusal() {
  if (spawnSync("apt-get", ["--version"]).status !== 0) {
    return "this machine has no apt-get";
  }
  return process.getuid?.() === 0 ? undefined : "only root can install them";
}

/** @param {string} module */
function canImport(module) {
  return spawnSync("/usr/bin/python3", ["-c", `import ${module}`]).status === 0;
}
