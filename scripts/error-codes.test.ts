import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { trackedFiles } from "./packages.mjs";
import { root } from "./parts.mjs";

const code = /\b(?:EIO|SIO|WS|CLUSTER)_[A-Z][A-Z0-9_]*\b/g;

function codesIn(path: string, text: string): string[] {
  // In sources a code is a string of its own; elsewhere in a comment or a constant's name it is none.
  const strings = path.endsWith(".ts") ? (text.match(/"[A-Z][A-Z0-9_]*"/g) ?? []).join(" ") : text;
  return strings.match(code) ?? [];
}

function codesOf(paths: readonly string[]): string[] {
  const codes = paths.flatMap((path) => codesIn(path, readFileSync(join(root, path), "utf8")));
  return [...new Set(codes)].sort();
}

const sources = trackedFiles().filter(
  (path) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !/\.test(-d)?\.ts$|\/testing\//.test(path),
);

describe("docs/errors.md", () => {
  const declared = codesOf(sources.filter((path) => /(^|[/-])errors\.ts$/.test(path)));

  it("lists exactly the codes that the packages' errors.ts files declare", () => {
    expect(codesOf(["docs/errors.md"])).toEqual(declared);
  });

  it("is joined by a section of docs/troubleshooting.md for each code of the client", () => {
    const page = readFileSync(join(root, "docs/troubleshooting.md"), "utf8");
    const sections = [...page.matchAll(/^### (\w+)$/gm)].map(([, one]) => one).sort();
    expect(sections).toEqual(codesOf(["packages/client/src/errors.ts"]));
  });

  it("misses no code, since every code used anywhere is declared in an errors.ts", () => {
    expect(codesOf(sources).filter((one) => !declared.includes(one))).toEqual([]);
  });
});
