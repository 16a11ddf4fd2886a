import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readJson } from "./packages.mjs";
import { root } from "./parts.mjs";

const version: string = readJson("package.json").version;
const packages = readdirSync(join(root, "packages"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => readJson(`packages/${entry.name}/package.json`));

describe("the version", () => {
  for (const one of packages) {
    it(`is the same in ${one.name} and in what it takes from the other packages`, () => {
      const ours = Object.entries({ ...one.dependencies, ...one.devDependencies }).filter(([name]) =>
        name.startsWith("@tautline/"),
      );
      expect(one.version).toBe(version);
      expect(ours.filter(([, range]) => range !== version)).toEqual([]);
    });
  }

  it("has an entry in CHANGELOG.md", () => {
    const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
    expect(changelog).toMatch(new RegExp(`^## ${version.replaceAll(".", "\\.")}\\b`, "m"));
  });

  it("stands in the banner of the client's bundles", () => {
    const banner = /@tautline\/client ([\w.-]+)/.exec(
      readFileSync(join(root, "packages/client/build-scripts.ts"), "utf8"),
    );
    expect(banner?.[1]).toBe(version);
  });

  it("stands in the entity tag of the bundles that the server offers", () => {
    const source = readFileSync(join(root, "packages/server/src/version.ts"), "utf8");
    expect(/"([\w.-]+)"/.exec(source)?.[1]).toBe(version);
  });

  it("stands in the lock file", () => {
    expect(readJson("package-lock.json").packages[""].version).toBe(version);
  });
});
