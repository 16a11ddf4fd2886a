// A reporter of vitest: prints every skipped test with its reason, and writes the counts where TAUTLINE_COUNTS says.

import { writeFileSync } from "node:fs";

export default class CountReporter {
  /**
   * @param {readonly import("vitest/node").TestModule[]} testModules
   */
  onTestRunEnd(testModules) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const testModule of testModules) {
      for (const test of testModule.children.allTests()) {
        const result = test.result();
        if (result.state === "skipped" || result.state === "pending") {
          console.log(`skipped: ${testModule.relativeModuleId} > ${test.fullName}${reasonOf(test)}`);
          counts.skipped += 1;
        } else {
          counts[result.state] += 1;
        }
      }
      if (testModule.state() === "failed" && testModule.errors().length > 0) {
        counts.failed += 1;
      }
    }
    if (process.env.TAUTLINE_COUNTS !== undefined) {
      writeFileSync(process.env.TAUTLINE_COUNTS, JSON.stringify(counts));
    }
  }
}

/**
 * What the test said when it skipped itself; a group that is skipped as a whole has its reason in its name.
 *
 * @param {import("vitest/node").TestCase} test
 */
function reasonOf(test) {
  const result = test.result();
  return result.state === "skipped" && result.note ? `: ${result.note}` : "";
}
