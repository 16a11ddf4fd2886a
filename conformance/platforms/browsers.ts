import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import http from "node:http";
import puppeteer from "puppeteer-core";
import { CHROMIUM } from "../peers/availability.ts";
import { launchChromium } from "../peers/chromium-client.ts";
import { listen } from "../peers/node-server.ts";
import type { ExchangePlan } from "./exchange.ts";
import type { Place } from "./page.ts";

/** A page with page.ts in it. */
export interface DrivenPage {
  runIn(place: Place, plan: ExchangePlan): Promise<unknown>;
  close(): Promise<void>;
}

/** A browser, by whatever protocol it is driven. */
export interface BrowserKind {
  readonly name: string;
  /** Why it cannot run here; `undefined` where it can. */
  readonly missing: string | undefined;
  open(url: string): Promise<DrivenPage>;
}

const FIREFOX = "/usr/bin/firefox-esr";
const WEBKIT_DRIVER = "/usr/bin/WebKitWebDriver";
const XVFB = "/usr/bin/xvfb-run";

export const chromium: BrowserKind = {
  name: "Chromium",
  missing: missingOf(CHROMIUM),
  async open(url) {
    const browser = await launchChromium();
    const page = await browser.newPage();
    await page.goto(url);
    return {
      runIn: (place, plan) => page.evaluate(callOf(place, plan)),
      close: () => browser.close(),
    };
  },
};

export const firefox: BrowserKind = {
  name: "Firefox",
  missing: missingOf(FIREFOX),
  async open(url) {
    const browser = await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX, headless: true });
    const page = await browser.newPage();
    await page.goto(url);
    return {
      runIn: (place, plan) => page.evaluate(callOf(place, plan)),
      close: () => browser.close(),
    };
  },
};

export const webkit: BrowserKind = {
  name: "WebKitGTK",
  missing: missingOf(WEBKIT_DRIVER) ?? missingOf(XVFB),
  async open(url) {
    const port = await freePort();
    const driver = spawn(XVFB, ["-a", WEBKIT_DRIVER, `--port=${port}`], { stdio: "ignore", detached: true });
    const stop = (): void => {
      if (driver.pid !== undefined && driver.exitCode === null) process.kill(-driver.pid);
    };
    try {
      const session = await openSession(port);
      await command(session, "POST", "/timeouts", { script: 30_000, pageLoad: 30_000 });
      await command(session, "POST", "/url", { url });
      return {
        runIn: (place, plan) => {
          const script = `const done = arguments[0]; ${callOf(place, plan)}.then(done);`;
          return command(session, "POST", "/execute/async", { script, args: [] });
        },
        close: async () => {
          await command(session, "DELETE", "").catch(() => {});
          stop();
        },
      };
    } catch (error) {
      stop();
      throw error;
    }
  },
};

function missingOf(file: string): string | undefined {
  return existsSync(file) ? undefined : `${file} is not installed`;
}

function callOf(place: Place, plan: ExchangePlan): string {
  return `runIn(${JSON.stringify(place)}, ${JSON.stringify(plan)})`;
}

async function freePort(): Promise<number> {
  const server = http.createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The address of a new WebDriver session; the driver needs a moment to listen. */
async function openSession(port: number): Promise<string> {
  const root = `http://127.0.0.1:${port}/session`;
  const deadline = Date.now() + 20_000;
  const options = { binary: miniBrowser(), args: ["--automation"] };
  const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": options } };
  for (;;) {
    try {
      const answer = await command(root, "POST", "", { capabilities });
      return `${root}/${Reflect.get(Object(answer), "sessionId")}`;
    } catch (error) {
      const isRefused = error instanceof TypeError && Date.now() < deadline;
      if (!isRefused) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function miniBrowser(): string {
  const root = "/usr/lib/x86_64-linux-gnu";
  const paths = readdirSync(root)
    .filter((name) => name.startsWith("webkit2gtk-"))
    .map((name) => `${root}/${name}/MiniBrowser`)
    .filter((path) => existsSync(path));
  return paths.at(-1) ?? "MiniBrowser";
}

/** A WebDriver command; throws what the driver reports. */
async function command(session: string, method: string, path: string, body?: object): Promise<unknown> {
  const init = body ? { method, body: JSON.stringify(body) } : { method };
  const response = await fetch(session + path, init);
  const answer: unknown = await response.json();
  const value: unknown = Reflect.get(Object(answer), "value");
  if (!response.ok) throw new Error(JSON.stringify(value));
  return value;
}
