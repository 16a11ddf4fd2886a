// `npm start`: makes the machine ready, builds, and serves the live demo on http://localhost:3000.
// PORT chooses another port.

import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readJson } from "./packages.mjs";
import { root, run } from "./parts.mjs";
import { setUpNpm } from "./setup.mjs";

const port = readPort();
await refuseBusyPort(port);
await setUpNpm();
if ((await run(process.execPath, ["scripts/build.mjs"])) !== 0) {
  console.error("The build failed: see the output above.");
  process.exit(1);
}

const entry = join(root, "examples/demo", readJson("examples/demo/package.json").main);
if (!existsSync(entry)) {
  console.error(`The demo has no ${entry}.`);
  process.exit(1);
}
process.env.PORT = String(port);
// The demo begins to listen when it is loaded, in this process, so that signals reach it.
await import(pathToFileURL(entry).href);

/** The port asked for by PORT; 3000 where it is not set. Ends the process on anything but a port number. */
function readPort() {
  const text = process.env.PORT ?? "3000";
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) {
    console.error(`PORT is "${text}", which is not a port number (0 to 65535).`);
    process.exit(1);
  }
  return number;
}

/**
 * Ends the process when another program listens on the port: better before the build than after it.
 *
 * @param {number} number
 */
async function refuseBusyPort(number) {
  const trial = createServer();
  const error = await new Promise((resolve) => {
    trial.once("error", resolve);
    trial.listen(number, () => trial.close(() => resolve(undefined)));
  });
  if (error === undefined) {
    return;
  }
  const reason =
    error.code === "EADDRINUSE" ? "is in use by another program" : `cannot be used (${error.code})`;
  console.error(`Port ${number} ${reason}. Stop that program, or choose another port: PORT=3001 npm start`);
  process.exit(1);
}
