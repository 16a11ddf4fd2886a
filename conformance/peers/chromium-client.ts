import { readFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { bundleScript } from "../../packages/client/build-scripts.ts";
import { CHROMIUM, pathOf } from "./availability.ts";
import type { ClientKind, ClientPeer, ClientPeerOptions, ClientTraits } from "./client-peer.ts";
import { listen } from "./node-server.ts";
import { RemoteClients, type RemoteMessage } from "./remote-client.ts";

// Clients in headless Chromium, many in one page per bundle. The page comes from a server of its own, so that every
// connection is a cross-origin one and the server under test needs its `cors` option.

type Bundle = Extract<ClientKind, `chromium ${string}`>;

interface OpenPage {
  readonly clients: RemoteClients;
  close(): Promise<void>;
}

let browser: Promise<Browser> | undefined;
const pages = new Map<Bundle, Promise<OpenPage>>();

export async function connectChromiumClient(
  kind: Bundle,
  traits: ClientTraits,
  url: string,
  options: ClientPeerOptions,
): Promise<ClientPeer> {
  const page = pages.get(kind) ?? openPage(kind);
  pages.set(kind, page);
  return (await page).clients.connect(kind, traits, url, options);
}

/** Closes the browser and the pages' server, if they were started. */
export async function stopChromium(): Promise<void> {
  for (const page of pages.values()) await (await page).close();
  pages.clear();
  await (await browser)?.close();
  browser = undefined;
}

async function openPage(kind: Bundle): Promise<OpenPage> {
  browser ??= launchChromium();
  const script = await bundleOf(kind);
  const site = http.createServer((request, response) => answerPage(request, response, script));
  const port = await listen(site);
  const page = await (await browser).newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  const clients = new RemoteClients({ send: createBatch(page) });
  collectReports(page, clients);
  return {
    clients,
    close: async () => {
      await page.close();
      site.closeAllConnections();
      site.close();
    },
  };
}

// One call into the page for all commands of a turn: a call costs about a millisecond.
function createBatch(page: Page): (command: RemoteMessage) => void {
  let batch: RemoteMessage[] = [];
  return (command) => {
    batch.push(command);
    if (batch.length > 1) return;
    setImmediate(() => {
      const commands = batch;
      batch = [];
      page.evaluate((sent) => sent.forEach(window.obey), commands).catch(() => {});
    });
  };
}

async function collectReports(page: Page, clients: RemoteClients): Promise<void> {
  try {
    for (;;) {
      for (const report of await page.evaluate(() => window.reports())) clients.onReport(report);
    }
  } catch {
    // The page was closed.
  }
}

function answerPage(request: http.IncomingMessage, response: http.ServerResponse, script: string): void {
  if (request.url === "/bundle.js") {
    response.setHeader("Content-Type", "text/javascript; charset=utf-8");
    response.end(script);
    return;
  }
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  const steering = readFileSync(pathOf("page/client.js"), "utf8");
  response.end(
    `<!doctype html><title>client</title><script src="/bundle.js"></script><script>${steering}</script>`,
  );
}

/** The script that gives a page the `io` of a client. */
export async function bundleOf(kind: Bundle): Promise<string> {
  if (kind === "chromium with socket.io-client 4") {
    const load = createRequire(import.meta.url);
    const root = load.resolve("socket.io-client/package.json").replace("package.json", "");
    return readFileSync(`${root}dist/socket.io.min.js`, "utf8");
  }
  // Minified as published, and made of the sources as they stand, so that no build has to come first.
  return bundleScript("socket.io.min");
}

/** A browser of its own, which the caller closes. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

declare global {
  interface Window {
    obey(command: Readonly<Record<string, unknown>>): void;
    reports(): Promise<Readonly<Record<string, unknown>>[]>;
  }
}
