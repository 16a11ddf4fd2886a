import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { type InstalledPrograms, installPrograms, missingServer } from "./installed-programs.ts";

const reason = missingServer;
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");

describe.skipIf(reason !== undefined)(`programs in TypeScript${reason ? ` (${reason})` : ""}`, () => {
  let programs: InstalledPrograms;

  beforeAll(() => {
    programs = installPrograms(["@nestjs/platform-socket.io", "@socket.io/admin-ui"]);
  });

  afterAll(() => programs?.remove());

  it("compile as ES modules with our server as socket.io, beside packages that require it", () => {
    const file = programs.fileOf("typed.mts");
    const options = [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--types",
      "node",
      "--target",
      "es2022",
      "--module",
      "nodenext",
    ];
    try {
      // In its own folder: it is no part of the repository's configuration.
      execFileSync(process.execPath, [compiler, ...options, file], { cwd: dirname(file) });
    } catch (error) {
      throw new Error(error instanceof Error && "stdout" in error ? `${error.stdout}` : `${error}`);
    }
  });
});
