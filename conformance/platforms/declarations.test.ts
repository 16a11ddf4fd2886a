import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import {
  createInstalledProject,
  type InstalledProject,
  missingBuild,
} from "../../scripts/installed-project.ts";
import { readJson } from "../../scripts/packages.mjs";
import { pathOf } from "../peers/availability.ts";
import { itUnless } from "../suites/it-unless.ts";

// client.md 15: the declarations name nothing of the DOM and nothing of Node.

const reason = missingBuild();

/** Subpaths for frameworks need the declarations of those. */
const frameworks = /react|vue/;

const subpaths = Object.keys(readJson("packages/client/package.json").exports)
  .filter((path) => path !== "./package.json" && !frameworks.test(path))
  .map((path) => path.slice(1));

const resolutions = [
  { moduleResolution: "node16", module: "node16" },
  { moduleResolution: "nodenext", module: "nodenext" },
  { moduleResolution: "bundler", module: "esnext" },
  { moduleResolution: "bundler", module: "esnext", customConditions: ["browser"] },
];

describe("the declarations of the packed client", () => {
  let project: InstalledProject;

  beforeAll(() => {
    if (reason === undefined) project = createInstalledProject([], ["client"]);
  });

  afterAll(() => project?.remove());

  for (const resolution of resolutions) {
    const how = `${resolution.moduleResolution} ${resolution.customConditions ?? ""}`.trim();
    itUnless(reason, `compile without the DOM and without Node, resolved by ${how}`, async () => {
      const statements = subpaths.map(
        (path, index) => `import * as all${index} from "@tautline/client${path}";`,
      );
      const names = subpaths.map((_, index) => `all${index}`);
      const program = [...statements, `void [${names}];`].join("\n");
      writeFileSync(join(project.folder, "all.mts"), program);
      const files = resolution.moduleResolution === "bundler" ? ["all.mts"] : ["all.mts", "all.cts"];
      writeFileSync(join(project.folder, "all.cts"), program);
      const compilerOptions = {
        ...resolution,
        target: "es2022",
        lib: ["es2022"],
        types: [],
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        exactOptionalPropertyTypes: true,
      };
      writeFileSync(join(project.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
      expect(compile(project.folder)).toBe("");
    });
  }
});

/** What the compiler has to say. */
function compile(folder: string): string {
  const tsc = pathOf("../../node_modules/typescript/bin/tsc");
  try {
    return execFileSync(process.execPath, [tsc, "-p", folder, "--pretty", "false"], { encoding: "utf8" });
  } catch (error) {
    return String(Reflect.get(Object(error), "stdout"));
  }
}
