import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeHost, type FakeHost } from "../../packages/client/src/testing/mini-program.ts";
import { createInstalledProject, missingBuild } from "../../scripts/installed-project.ts";
import { bundleBareExchange, bundleExchange } from "./bundle.ts";
import { expectedNotes } from "./exchange.ts";
import { type ExchangeServer, startExchangeServer } from "./exchange-server.ts";

// A mini-program has the language, timers and `wx`, and no global of the web; here it is a context of its own.

let server: ExchangeServer;
let host: FakeHost;

beforeEach(async () => {
  server = await startExchangeServer();
  host = createFakeHost();
});

afterEach(async () => {
  host.stop();
  await server.close();
});

describe("a mini-program", () => {
  it.each([
    [["websocket"], "websocket"],
    [["polling"], "polling"],
    [["polling", "websocket"], "websocket"],
    [undefined, "websocket"],
  ])("talks to our server with nothing but `wx`: %j", async (transports, finalTransport) => {
    const script = await bundleExchange("weapp", "result = exchange(io, plan);", { target: "es2015" });
    const plan = { url: server.url, options: transports ? { transports } : {}, finalTransport };
    const context = createContext({ wx: host, plan, setTimeout, clearTimeout, result: undefined });
    runInContext(script, context);
    expect(await Reflect.get(context, "result")).toEqual(expectedNotes(plan));
  });

  it("talks to our server with what the developer tool copies out of the package", async (context) => {
    const notBuilt = missingBuild();
    if (notBuilt !== undefined) return context.skip(notBuilt);
    const project = createInstalledProject([], ["client"]);
    try {
      const folder = join(project.folder, "node_modules/@tautline/client");
      const { miniprogram } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const library = readFileSync(join(folder, miniprogram, "index.js"), "utf8");
      const script = `${library}\n;${await bundleBareExchange()}\nresult = exchange(module.exports, plan);`;
      const plan = { url: server.url, options: {}, finalTransport: "websocket" };
      const modules = { module: { exports: {} }, exports: {}, result: undefined };
      const sandbox = createContext({ wx: host, plan, setTimeout, clearTimeout, ...modules });
      runInContext(script, sandbox);
      expect(await Reflect.get(sandbox, "result")).toEqual(expectedNotes(plan));
    } finally {
      project.remove();
    }
  });
});
