// Judges no timing: each line of the table runs against both servers and yields figures.

import { describe, expect, it } from "vitest";
import { measureCase } from "./harness/rounds.ts";
import { SHORT, withinFileLimit } from "./harness/scale.ts";
import { CASES } from "./harness/scenarios.ts";
import { toMarkdown } from "./harness/table.ts";

describe.concurrent("the bench", () => {
  it.each(CASES)("measures $title on both servers", { timeout: 60_000 }, async (measured) => {
    const result = await measureCase(measured, SHORT, 1);
    expect(result.medians.tautline.perSecond).toBeGreaterThan(0);
    expect(result.medians["socket-io"].perSecond).toBeGreaterThan(0);
    process.stdout.write(`${toMarkdown([result])}\n`);
  });

  it("lowers its connections to what the limit of open files allows", () => {
    const scale = withinFileLimit(SHORT, 1_024);
    expect(scale.receivers).toBe(20);
    expect(withinFileLimit({ ...SHORT, idleConnections: 5_000 }, 1_024).idleConnections).toBe(576);
    expect(() => withinFileLimit(SHORT, 256)).toThrow("limit of 256 open files");
  });
});
