import { execFile } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { createContext, runInContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createInstalledProject, missingBuild } from "../../scripts/installed-project.ts";
import { pathOf } from "../peers/availability.ts";
import { bundleBareExchange, bundleExchange } from "./bundle.ts";
import { expectedNotes } from "./exchange.ts";
import { type ExchangeServer, startExchangeServer } from "./exchange-server.ts";
import { fetchPackage } from "./npm-runtimes.ts";
import { createReactNative } from "./react-native-globals.ts";

// React Native has some globals of the web, each with its own mind; here they are in a context of their own.

const METRO_MS = 150_000;

const headersOfProgram = { "X-Client": "native" };

let server: ExchangeServer;

beforeEach(async () => {
  server = await startExchangeServer();
});

afterEach(() => server.close());

/** Runs a script that leaves the outcome of the exchange in `result`. */
async function check(script: string, transports: readonly string[] | undefined): Promise<void> {
  const { globals, headers } = createReactNative();
  const options = { extraHeaders: headersOfProgram, ...(transports && { transports }) };
  const plan = { url: server.url, options, finalTransport: transports?.at(-1) ?? "websocket" };
  const context = createContext({ ...globals, plan, result: undefined });
  runInContext(script, context);
  expect(await Reflect.get(context, "result")).toEqual(expectedNotes(plan));
  expect(headers.filter((one) => one["X-Client"] !== "native")).toEqual([]);
}

describe("React Native", () => {
  it.each([[["polling", "websocket"]], [["polling"]], [["websocket"]], [undefined]])(
    "talks to our server with the globals that it has, and sends headers: %j",
    async (transports) => check(await bundleExchange("browser", "result = exchange(io, plan);"), transports),
  );

  it(
    "runs the packed package as Metro bundles it",
    async (context) => {
      const notBuilt = missingBuild();
      if (notBuilt !== undefined) return context.skip(notBuilt);
      const metro = await fetchPackage("metro@0.84", "@react-native/metro-config@0.86");
      if (!metro.ok) return context.skip(metro.missing);
      const project = createInstalledProject([], ["client"]);
      try {
        const app = `${await bundleBareExchange()}\nglobalThis.result = exchange(io, plan);`;
        writeFileSync(join(project.folder, "app.js"), `import { io } from "@tautline/client";\n${app}`);
        const program = join(project.folder, "metro.cjs");
        copyFileSync(pathOf("../platforms/programs/metro.cjs"), program);
        // Metro writes its bundle where it is run.
        const limits = { cwd: project.folder, timeout: 60_000, maxBuffer: 10_000_000 };
        const { stdout } = await promisify(execFile)(process.execPath, [program, metro.folder], limits);
        expect(stdout).not.toContain("node:http");
        await check(stdout, ["polling", "websocket"]);
      } finally {
        project.remove();
      }
    },
    METRO_MS,
  );
});
