import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleExchange } from "./bundle.ts";
import { expectedNotes } from "./exchange.ts";
import { type ExchangeServer, startExchangeServer } from "./exchange-server.ts";
import { fetchPackage, type Installed } from "./npm-runtimes.ts";

// Cloudflare's own runtime. Importing the client may start no timer, draw no random value and touch no network there:
// the runtime refuses to load a module that does.

const FETCH_MS = 120_000;

const handler = `export default {
  async fetch(request) {
    return Response.json(await exchange(io, await request.json()).catch((error) => [String(error)]));
  },
};`;

/** As much of the runtime's host as is used here. */
interface Host {
  dispatchFetch(url: string, init: { method: "POST"; body: string }): Promise<Response>;
  dispose(): Promise<void>;
}

let installed: Installed;
let server: ExchangeServer;

beforeAll(async () => {
  installed = await fetchPackage("miniflare@4");
  server = await startExchangeServer();
}, FETCH_MS);

afterAll(() => server.close());

function createHost(script: string, compatibilityDate: string): Host {
  if (!installed.ok) throw new Error(installed.missing);
  const { Miniflare } = createRequire(join(installed.folder, "package.json"))("miniflare");
  return new Miniflare({ modules: true, script, compatibilityDate });
}

describe("a worker of Cloudflare", () => {
  // client-platforms.md 10: the default class of binary and the answer to a close frame depend on the date
  it.for([
    ["browser", "2025-01-01"],
    ["browser", "2026-04-07"],
    ["websocket-only-browser", "2026-04-07"],
  ] as const)("talks to our server with %s, of %s", async ([entry, date], context) => {
    if (!installed.ok) return context.skip(installed.missing);
    const conditions = ["@tautline/source", "workerd", "worker", "browser"];
    const host = createHost(await bundleExchange(entry, handler, { format: "esm", conditions }), date);
    try {
      for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
        if (entry !== "browser" && transports[0] === "polling") continue;
        const plan = { url: server.url, options: { transports }, finalTransport: transports.at(-1) ?? "" };
        const answer = await host.dispatchFetch("http://worker/", {
          method: "POST",
          body: JSON.stringify(plan),
        });
        expect(await answer.json()).toEqual(expectedNotes(plan));
      }
    } finally {
      await host.dispose();
    }
  });
});
