import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createInstalledProject,
  type InstalledProject,
  missingBuild,
} from "../../scripts/installed-project.ts";
import { bundleBareExchange, bundleExchange } from "./bundle.ts";
import { type ExchangePlan, expectedNotes } from "./exchange.ts";
import { type ExchangeServer, startExchangeServer } from "./exchange-server.ts";
import { fetchRuntime, type Installed, type Runtime, runtimes } from "./npm-runtimes.ts";

// Runtimes of the server's side: the exchange in a process of its own, which has to end by itself.

const FETCH_MS = 120_000;
const PROGRAM_MS = 20_000;

const report = `exchange(io, JSON.parse(process.argv[2])).then((notes) => console.log(JSON.stringify(notes)));`;

const modes = [
  { name: "from polling to WebSocket", options: {}, finalTransport: "websocket" },
  { name: "by polling", options: { transports: ["polling"] }, finalTransport: "polling" },
  { name: "by WebSocket", options: { transports: ["websocket"] }, finalTransport: "websocket" },
];

const thisNode: Runtime = { name: `Node ${process.versions.node}`, specifier: "", executable: "", args: [] };

let server: ExchangeServer;
let project: InstalledProject | undefined;
let folder: string;
const missingPackage = missingBuild();

beforeAll(async () => {
  server = await startExchangeServer();
  folder = mkdtempSync(join(tmpdir(), "tautline-runtimes-"));
  mkdirSync(folder, { recursive: true });
  const [onNode, onWeb, bare] = await Promise.all([
    bundleExchange("index", report, { platform: "node", format: "esm" }),
    bundleExchange("browser", report, { format: "esm" }),
    bundleBareExchange(),
  ]);
  writeFileSync(join(folder, "node.mjs"), onNode);
  writeFileSync(join(folder, "web.mjs"), onWeb);
  if (missingPackage !== undefined) return;
  project = createInstalledProject([], ["client"]);
  writeFileSync(
    join(project.folder, "packed.mjs"),
    `import { io } from "@tautline/client";\n${bare}\n${report}`,
  );
  writeFileSync(
    join(project.folder, "packed.cjs"),
    `const io = require("@tautline/client");\n${bare}\n${report}`,
  );
}, FETCH_MS);

afterAll(async () => {
  project?.remove();
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

describe.each([thisNode, ...runtimes])("$name", (runtime) => {
  let command: Installed;

  beforeAll(async () => {
    command = runtime === thisNode ? { ok: true, folder: process.execPath } : await fetchRuntime(runtime);
  }, FETCH_MS);

  async function run(file: string, plan: ExchangePlan): Promise<unknown> {
    if (!command.ok) throw new Error(command.missing);
    const args = [...runtime.args, file, JSON.stringify(plan)];
    const { stdout } = await promisify(execFile)(command.folder, args, { timeout: PROGRAM_MS });
    return JSON.parse(stdout);
  }

  for (const { name, options, finalTransport } of modes) {
    it(`talks to our server ${name}`, async (context) => {
      if (!command.ok) return context.skip(command.missing);
      const plan = { url: server.url, options, finalTransport };
      expect(await run(join(folder, "node.mjs"), plan)).toEqual(expectedNotes(plan));
    });
  }

  it("runs the browser's build on the globals of the web that it has", async (context) => {
    if (!command.ok) return context.skip(command.missing);
    // The WebSocket global is on by default from Node 22 on.
    const finalTransport = runtime === thisNode && !("WebSocket" in globalThis) ? "polling" : "websocket";
    const plan = { url: server.url, options: {}, finalTransport };
    expect(await run(join(folder, "web.mjs"), plan)).toEqual(expectedNotes(plan));
  });

  it.for(["packed.mjs", "packed.cjs"])("runs the packed package in %s", async (file, context) => {
    if (!command.ok) return context.skip(command.missing);
    if (missingPackage !== undefined || !project) return context.skip(missingPackage);
    const plan = { url: server.url, options: {}, finalTransport: "websocket" };
    expect(await run(join(project.folder, file), plan)).toEqual(expectedNotes(plan));
  });
});
