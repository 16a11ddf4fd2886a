// Copies the client's bundles into the server package, which serves them (server.md §17).

import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./parts.mjs";

const scripts = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"];
const names = scripts.flatMap((name) => [name, `${name}.map`]);

const from = join(root, "packages/client/dist");
const to = join(root, "packages/server/client-dist");

const missing = names.filter((name) => !existsSync(join(from, name)));
if (missing.length > 0) {
  console.error(
    `packages/client/dist has no ${missing.join(", ")}: \`npm run build -- client\` must make it, by build-scripts.ts`,
  );
  process.exit(1);
}
rmSync(to, { recursive: true, force: true });
mkdirSync(to);
for (const name of names) copyFileSync(join(from, name), join(to, name));
