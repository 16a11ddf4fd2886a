// `npm start`: makes the machine ready, builds, and serves the live demo on http://localhost:3000.
// `npm start -- chat` serves that example instead. PORT chooses another port.

import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readJson } from "./packages.mjs";
import { root, run } from "./parts.mjs";
import { setUpNpm } from "./setup.mjs";

const example = readExample();
const port = readPort();
await refuseBusyPort(port);
await setUpNpm();
if ((await run(process.execPath, ["scripts/build.mjs"])) !== 0) {
  console.error("The build failed: see the output above.");
  process.exit(1);
}

const entry = join(root, "examples", example, readJson(`examples/${example}/package.json`).main);
process.env.PORT = String(port);
if (entry.endsWith(".ts")) {
  const { register } = await import("tsx/esm/api");
  register();
}
// The example begins to listen when it is loaded, in this process, so that signals reach it.
await import(pathToFileURL(entry).href);

/** The name of an example: the first argument, or the demo. Ends the process where there is none of that name. */
function readExample() {
  const name = process.argv[2] ?? "demo";
  const names = readdirSync(join(root, "examples")).filter((one) =>
    existsSync(join(root, "examples", one, "package.json")),
  );
  if (!names.includes(name)) {
    console.error(`There is no example "${name}". There are: ${names.join(", ")}.`);
    process.exit(1);
  }
  return name;
}

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
