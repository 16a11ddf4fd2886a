// Builds the published packages into their dist folders: ESM, CommonJS and declarations of both.
// `node scripts/build.mjs client` builds that one alone.

import { join } from "node:path";
import { publicPackages } from "./packages.mjs";
import { printResults, root, runPart } from "./parts.mjs";

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !publicPackages.includes(name));
if (unknown.length > 0) {
  console.error(`unknown package "${unknown[0]}": the published ones are ${publicPackages.join(", ")}`);
  process.exit(1);
}

const results = [];
for (const name of publicPackages) {
  if (asked.length > 0 && !asked.includes(name)) {
    continue;
  }
  results.push(
    await runPart({ name: `build ${name}`, command: "tsdown", args: [], cwd: join(root, "packages", name) }),
  );
}
// The server brings the client's bundles along.
if (asked.length === 0 || asked.includes("client") || asked.includes("server")) {
  results.push(
    await runPart({
      name: "copy client bundles",
      command: "node",
      args: [join(root, "scripts/copy-bundles.mjs")],
    }),
  );
}
printResults(results);
process.exitCode = results.every((result) => result.ok) ? 0 : 1;
