// What `npm run check` consists of. `npm test` runs the same parts.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { publicPackages } from "./packages.mjs";
import { root } from "./parts.mjs";

const node = process.execPath;

/** Programs of the repository that import its sources run with these. */
export const sourceFlags = ["--conditions=@tautline/source", "--import", "tsx"];

/** @type {import("./parts.mjs").Part[]} */
const sourceParts = [
  { name: "types", command: node, args: ["scripts/check-types.mjs"] },
  { name: "format and lint", command: "biome", args: ["check", "--error-on-warnings", "."] },
  { name: "layers", command: "depcruise", args: ["--config", ".dependency-cruiser.mjs", "packages"] },
  {
    name: "folders",
    command: "depcruise",
    args: ["--config", "scripts/folders.dependency-cruiser.mjs", "packages"],
  },
  {
    name: "dead code and dependencies",
    command: "knip",
    args: ["--preprocessor", "./scripts/knip-machines.mjs"],
  },
  { name: "names and places", command: node, args: [...sourceFlags, "scripts/check-names.ts"] },
  { name: "drawn machines", command: node, args: [...sourceFlags, "scripts/docs-machines.ts", "--check"] },
  { name: "reference", command: node, args: [...sourceFlags, "scripts/docs-reference.ts", "--check"] },
];

/** Builds the published packages when one of them has not been built. */
const buildPart = { name: "build", command: node, args: ["scripts/build.mjs"] };

/** The shape of what npm would publish, from the built files. */
const shapeParts = publicPackages.flatMap((name) => [
  { name: `publint ${name}`, command: "publint", args: ["--strict", `packages/${name}`] },
  {
    name: `are the types wrong ${name}`,
    command: "attw",
    args: ["--pack", `packages/${name}`, "--profile", "node16", "--format", "table-flipped"],
  },
]);

/** The parts of a check, beginning with a build where one is missing. */
export function checkParts() {
  const isBuilt = publicPackages.every((name) =>
    existsSync(join(root, "packages", name, "dist", "index.js")),
  );
  return [...sourceParts, ...(isBuilt ? [] : [buildPart]), ...shapeParts];
}
