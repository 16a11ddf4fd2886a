import { readFile } from "node:fs/promises";
import http from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { CHROMIUM } from "../peers/availability.ts";
import { listen } from "../peers/node-server.ts";

/** The published front-end of the Admin UI in headless Chromium, served from an origin of its own. */
export interface AdminUi {
  readonly page: Page;
  /** Fills in the form of the connection, and submits it. */
  logIn(serverUrl: string, username: string, password: string): Promise<void>;
  /** Opens one of its pages, such as `/sockets/`. */
  open(route: string): Promise<void>;
  close(): Promise<void>;
}

const packageFile = createRequire(import.meta.url).resolve("@socket.io/admin-ui/package.json");
const folder = join(dirname(packageFile), "ui/dist");

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

export async function openAdminUi(): Promise<AdminUi> {
  const site = http.createServer(answer);
  const origin = `http://127.0.0.1:${await listen(site)}/`;
  const browser = await launch();
  const page = await browser.newPage();
  // It asks for fonts of third parties, and works without them.
  await page.route(
    (url) => url.hostname !== "127.0.0.1",
    (route) => route.abort(),
  );
  await page.goto(origin);
  return {
    page,
    logIn: async (serverUrl, username, password) => {
      await page.getByLabel("Server URL").fill(serverUrl);
      await page.getByLabel("Username").fill(username);
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Connect" }).click();
    },
    open: async (route) => {
      await page.goto(`${origin}#${route}`);
    },
    close: async () => {
      await browser.close();
      site.closeAllConnections();
      site.close();
    },
  };
}

async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const file = join(folder, pathname === "/" ? "index.html" : pathname);
  try {
    const content = await readFile(file);
    response.setHeader("Content-Type", contentTypes[extname(file)] ?? "application/octet-stream");
    response.end(content);
  } catch {
    response.writeHead(404).end();
  }
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
    ],
  });
}
