import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readJson, trackedFiles } from "./packages.mjs";
import { root } from "./parts.mjs";

const binary = /\.(png|jpe?g|gif|ico|woff2?|bin|gz)$/;

// Joined from parts, so that this file does not name what it looks for.
const registryHosts = [
  ["registry", "npmjs"],
  ["npmjs", "org"],
  ["yarnpkg", "com"],
  ["deb", "debian"],
  ["crates", "io"],
  ["pypi", "org"],
].map((parts) => parts.join("\\."));
const registryHost = new RegExp(`(?<!www\\.)(?:${registryHosts.join("|")})`);
const machinePath = new RegExp(`(?:^|[\\s"'\`(=:])/(?:${["home", "root", "Users", "work"].join("|")})/`);

describe("the tracked files", () => {
  const texts = trackedFiles()
    .filter((path) => !binary.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

  it("name no host of a package registry", () => {
    expect(texts.filter(({ text }) => registryHost.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("name no path of a machine", () => {
    expect(texts.filter(({ text }) => machinePath.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("hold no download address in the lock file", () => {
    const packages: Record<string, { resolved?: string; link?: boolean }> =
      readJson("package-lock.json").packages;
    const addresses = Object.values(packages).filter((one) => !one.link && one.resolved !== undefined);
    expect(addresses).toEqual([]);
  });
});
