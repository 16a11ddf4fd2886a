// What holds for every example.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runExample } from "./testing/program.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const names = readdirSync(folder).filter((name) => existsSync(`${folder}${name}/package.json`));
const versions = JSON.parse(readFileSync(`${folder}../package.json`, "utf8")).devDependencies;

describe.each(names)("the example %s", (name) => {
  const manifest = JSON.parse(readFileSync(`${folder}${name}/package.json`, "utf8"));
  const readme = readFileSync(`${folder}${name}/README.md`, "utf8");

  it("is never published, and has no other version of a package than the repository", () => {
    expect(manifest.private).toBe(true);
    const declared = { ...manifest.dependencies, ...manifest.devDependencies };
    const others = Object.entries(declared).filter(([one]) => !one.startsWith("@tautline/"));
    expect(others.filter(([one, version]) => (versions[one] ?? version) !== version)).toEqual([]);
  });

  it("tells its one command, and is on the list of examples", () => {
    expect(readme).toContain(name === "demo" ? "npm start" : `npm start -- ${name}`);
    const list = readFileSync(`${folder}../docs/examples.md`, "utf8");
    expect(list).toContain(`(../examples/${name})`);
  });

  it("says that its port is in use, and ends", async () => {
    const { server, port } = await occupyPort();
    try {
      const { code, output } = await runExample(name, port);
      expect(output).toMatch(new RegExp(`^Port ${port} is in use`));
      expect(code).toBe(1);
    } finally {
      server.close();
    }
  });
});

/** A program that listens on a port of all addresses, as the examples do. */
function occupyPort(): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, () => {
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve({ server, port: address.port });
      else reject(new Error("no port"));
    });
  });
}
