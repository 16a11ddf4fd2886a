// Chromium on the pages of the examples.

import { existsSync } from "node:fs";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Tabs {
  /** Somebody's browser, with cookies and storage of its own. */
  openBrowser(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** A tab in that browser, in a fresh one where none is given. */
  open(url: string, within?: BrowserContext): Promise<Page>;
}

/** A suite with a browser; skipped, with its reason in the name, where there is none. */
export function describePage(define: (tabs: Tabs) => void): void {
  const hasBrowser = existsSync(CHROMIUM);
  const name = `the page in Chromium${hasBrowser ? "" : ` (skipped: there is no ${CHROMIUM})`}`;
  describe.skipIf(!hasBrowser)(name, () => {
    let browser: Browser;
    const contexts: BrowserContext[] = [];
    const faults: string[] = [];

    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    });

    afterAll(() => browser.close());

    afterEach(async () => {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
      expect(faults.splice(0)).toEqual([]);
    });

    const openBrowser: Tabs["openBrowser"] = async (options = {}) => {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(20_000);
      contexts.push(context);
      return context;
    };
    const open: Tabs["open"] = async (url, within) => {
      const page = await (within ?? (await openBrowser())).newPage();
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error" && !isExpected(message.text())) faults.push(message.text());
      });
      await page.goto(url);
      return page;
    };
    define({ openBrowser, open });
  });
}

/** Whether no part of the page is wider than the window. */
export function fitsWindow(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
}

/** What Chromium logs on its own while a server is away, or refuses what a page asks for. */
function isExpected(text: string): boolean {
  return /net::ERR_|WebSocket connection to|status of 40[01]/.test(text);
}
