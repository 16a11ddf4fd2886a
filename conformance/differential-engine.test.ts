// The same for programs of the engine alone: `engine.io`, and `@tautline/server/engine` in its place.

import { describe, expect, it } from "vitest";
import { enginePrograms, runEngineProgram } from "./differential/engine-programs.ts";
import { programEngine } from "./differential/servers.ts";

describe("a program of the engine", () => {
  for (const program of enginePrograms) {
    it(program.name, async () => {
      const upstream = await runEngineProgram(program, await programEngine("socket.io"));
      const ours = await runEngineProgram(program, await programEngine("tautline"));
      expect(ours).toEqual(upstream);
    });
  }
});
