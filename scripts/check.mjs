// `npm run check`: everything a machine can say about the code without running it.
// `npm run check -- layers types` runs the parts whose names begin so.

import { checkParts } from "./check-parts.mjs";
import { printResults, runPart } from "./parts.mjs";

const asked = process.argv.slice(2);
const parts = checkParts().filter(
  (part) => asked.length === 0 || asked.some((name) => part.name.startsWith(name)),
);

const results = [];
for (const part of parts) {
  results.push(await runPart(part));
}
printResults(results);

const failed = results.filter((result) => !result.ok).length;
console.log(`${results.length - failed} of ${results.length} parts of the check passed`);
process.exitCode = failed === 0 && results.length > 0 ? 0 : 1;
