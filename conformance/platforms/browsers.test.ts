import { afterAll, beforeAll, describe, expect } from "vitest";
import { itUnless } from "../suites/it-unless.ts";
import { type BrowserKind, chromium, type DrivenPage, firefox, webkit } from "./browsers.ts";
import { type ExchangePlan, expectedNotes } from "./exchange.ts";
import { type ExchangeServer, startExchangeServer } from "./exchange-server.ts";
import type { Place } from "./page.ts";
import { createSite } from "./site.ts";

// Real browsers: our bundle and the stock one in a page, ours in every kind of worker, against our server.

const OPEN_MS = 60_000;

const places: readonly Place[] = [
  "page",
  "page with the stock bundle",
  "dedicated worker",
  "module worker",
  "blob worker",
  "shared worker",
  "service worker",
];

const modes = [
  { name: "from polling to WebSocket", options: {}, finalTransport: "websocket" },
  { name: "by polling", options: { transports: ["polling"] }, finalTransport: "polling" },
  { name: "by WebSocket", options: { transports: ["websocket"] }, finalTransport: "websocket" },
];

const browsers: readonly BrowserKind[] = [chromium, firefox, webkit];

let server: ExchangeServer;

beforeAll(async () => {
  server = await startExchangeServer(await createSite());
});

afterAll(() => server.close());

describe.each(browsers)("$name", (browser) => {
  let page: DrivenPage | undefined;

  beforeAll(async () => {
    if (browser.missing === undefined) page = await browser.open(`${server.url}/`);
  }, OPEN_MS);

  afterAll(() => page?.close());

  for (const place of places) {
    for (const { name, options, finalTransport } of modes) {
      itUnless(browser.missing, `talks to our server ${name}, in a ${place}`, async () => {
        const plan: ExchangePlan = { url: server.url, options, finalTransport };
        expect(await page?.runIn(place, plan)).toEqual(expectedNotes(plan));
      });
    }
  }

  itUnless(browser.missing, "resolves a path against the origin of a worker's script", async () => {
    const plan: ExchangePlan = { url: "/", options: {}, finalTransport: "websocket" };
    expect(await page?.runIn("dedicated worker", plan)).toEqual(expectedNotes(plan));
  });

  itUnless(browser.missing, "says that a path leads nowhere in a worker without an origin", async () => {
    const plan: ExchangePlan = { url: "/", options: {}, finalTransport: "websocket" };
    expect(await page?.runIn("blob worker", plan)).toEqual([expect.stringContaining("no server in URL")]);
  });
});
