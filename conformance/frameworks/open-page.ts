// A page that a framework has rendered on the server, and its server, which is ours.

import http from "node:http";
import { Server } from "@tautline/server";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { pathOf } from "../peers/availability.ts";
import { launchChromium } from "../peers/chromium-client.ts";
import { listen } from "../peers/node-server.ts";
import type { ClientToServer, ServerToClient, Told } from "./events.ts";

export interface Framework {
  readonly name: string;
  /** The module that brings the page to life, as source; its imports are seen from this folder. */
  readonly script: string;
  /** The page, as the server renders it. */
  render(): Promise<string>;
}

export interface OpenPage {
  readonly page: Page;
  readonly io: Server<ClientToServer, ServerToClient>;
  /** The handshakes that the server has seen. */
  handshakes(): number;
  /** Refuses handshakes, or accepts them. */
  refuse(isRefusing: boolean): void;
  /** What the page has done. */
  told(): Promise<Omit<Told, "listeners"> & { readonly listeners: number }>;
  /** The errors and warnings of the page: what the framework finds fault with, and what nobody has caught. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

let browser: Promise<Browser> | undefined;

export async function openPage(framework: Framework): Promise<OpenPage> {
  const html = await render(framework);
  const script = await bundle(framework.script);
  const httpServer = http.createServer((request, response) => {
    const isPage = request.url === "/";
    response.setHeader("Content-Type", `text/${isPage ? "html" : "javascript"}; charset=utf-8`);
    response.end(isPage ? html : script);
  });
  let isRefusing = false;
  const io: OpenPage["io"] = new Server(httpServer, {
    serveClient: false,
    allowRequest: (_request, callback) => callback(isRefusing ? "not now" : null, !isRefusing),
  });
  let handshakes = 0;
  io.engine.on("connection", () => {
    handshakes += 1;
  });
  io.on("connection", (socket) => {
    socket.emit("news", "welcome");
    socket.on("ask", (question, answer) => answer(`${question} three`));
  });
  io.of(/room-\d/);
  const port = await listen(httpServer);
  browser ??= launchChromium();
  const page = await (await browser).newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    const text = message.text();
    if (/error|warning/.test(message.type()) && !/Failed to load resource/.test(text)) faults.push(text);
  });
  await page.goto(`http://127.0.0.1:${port}/`);
  return {
    page,
    io,
    handshakes: () => handshakes,
    refuse: (refusing) => {
      isRefusing = refusing;
    },
    told: () => page.evaluate(() => ({ ...window.told, listeners: window.told.listeners() })),
    faults,
    close: async () => {
      await page.close();
      httpServer.closeAllConnections();
      await io.close();
    },
  };
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
}

async function render(framework: Framework): Promise<string> {
  return `<!doctype html><link rel="icon" href="data:,"><div id="root">${await framework.render()}</div>
<script>window.told = { created: 0, outcomes: [], listeners: () => 0 };</script>
<script src="/page.js"></script>`;
}

/** The development build, which complains. */
async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: pathOf("../frameworks"), loader: "ts" },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    conditions: ["@tautline/source", "browser", "module"],
    jsx: "automatic",
    target: "es2022",
    define: {
      "process.env.NODE_ENV": `"development"`,
      __VUE_OPTIONS_API__: "true",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true",
    },
  });
  return outputFiles[0]?.text ?? "";
}
