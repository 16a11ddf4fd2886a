import { readFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, describe, expect } from "vitest";
import { bundleScript } from "../packages/client/build-scripts.ts";
import { installApplication } from "./peers/application.ts";
import { missing } from "./peers/availability.ts";
import { launchChromium } from "./peers/chromium-client.ts";
import { listen } from "./peers/node-server.ts";
import { type ParserName, parsers } from "./peers/parsers.ts";
import { serverTraitsOf } from "./peers/server-peer.ts";
import { type NodeServerKind, serverClass } from "./peers/start-server.ts";
import { itUnless } from "./suites/it-unless.ts";

// Pages with the script-tag bundle that has MessagePack built in (client.md 1.3): ours, and upstream's.

const upstreamClient = dirname(createRequire(import.meta.url).resolve("socket.io-client/package.json"));

type Bundle = "our" | "upstream's";

let browser: Promise<Browser> | undefined;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

afterAll(async () => {
  await (await browser)?.close();
});

async function scriptOf(bundle: Bundle): Promise<string> {
  if (bundle === "upstream's") return readFileSync(`${upstreamClient}/dist/socket.io.msgpack.min.js`, "utf8");
  return bundleScript("socket.io.msgpack.min");
}

/** A page with the bundle, from the same server as the socket. */
async function openPage(kind: NodeServerKind, parser: ParserName, bundle: Bundle): Promise<Page> {
  const script = await scriptOf(bundle);
  const httpServer = http.createServer((request, response) => {
    response.setHeader("Content-Type", `text/${request.url === "/" ? "html" : "javascript"}; charset=utf-8`);
    response.end(request.url === "/" ? `<!doctype html><script src="/bundle.js"></script>` : script);
  });
  const Server = await serverClass(kind);
  const io = new Server(httpServer, { serveClient: false, parser: parsers[parser] });
  installApplication(io, serverTraitsOf[kind]);
  const port = await listen(httpServer);
  cleanups.push(() => {
    httpServer.closeAllConnections();
    return io.close();
  });
  browser ??= launchChromium();
  const page = await (await browser).newPage();
  cleanups.push(() => page.close());
  await page.goto(`http://127.0.0.1:${port}/`);
  return page;
}

interface PageSocket {
  emit(...args: unknown[]): void;
  readonly io: { readonly engine: { readonly transport: { readonly name: string } } };
}

declare const io: (options?: object) => PageSocket;

/** Runs in the page: what comes back of values of many classes, and over which transport in the end. */
function exchange(transports: readonly string[]): Promise<unknown[]> {
  const socket = io({ transports });
  const sent = [new Date(5), undefined, 1.5, "é☕", [null, { deep: true }], Uint8Array.of(1, 2).buffer];
  return new Promise((resolve) => {
    socket.emit("ask", ...sent, (...echoed: unknown[]) => {
      const shown = echoed.map((value) => {
        if (value instanceof Date) return `date ${value.getTime()}`;
        if (value instanceof ArrayBuffer) return `buffer ${new Uint8Array(value)}`;
        return value === undefined ? "undefined" : value;
      });
      const wanted = transports.at(-1);
      const look = (): void => {
        if (socket.io.engine.transport.name === wanted) resolve([...shown, wanted]);
        else requestAnimationFrame(look);
      };
      look();
    });
  });
}

const pairings: readonly (readonly [server: NodeServerKind, parser: ParserName, bundle: Bundle])[] = [
  ["socket.io", "socket.io-msgpack-parser", "our"],
  ["tautline", "our MessagePack", "our"],
  ["tautline", "our MessagePack", "upstream's"],
  ["socket.io", "socket.io-msgpack-parser", "upstream's"],
];

const noBrowser = missing("chromium with tautline");

describe("a page that loads socket.io.msgpack.min.js", () => {
  for (const [server, parser, bundle] of pairings) {
    for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
      itUnless(
        noBrowser,
        `of ${bundle} build exchanges values of many classes with ${server} by ${parser} over ${transports}`,
        async () => {
          const page = await openPage(server, parser, bundle);
          const shown = [
            "date 5",
            "undefined",
            1.5,
            "é☕",
            [null, { deep: true }],
            "buffer 1,2",
            transports.at(-1),
          ];
          expect(await page.evaluate(exchange, transports)).toEqual(shown);
        },
      );
    }
  }

  itUnless(noBrowser, "A22: sends every class of binary by its own bytes with ours", async () => {
    const page = await openPage("socket.io", "socket.io-msgpack-parser", "our");
    const echoed = await page.evaluate(
      () =>
        new Promise((resolve) => {
          io().emit(
            "ask",
            Uint8Array.of(9, 1, 2).subarray(1),
            Uint16Array.of(2),
            (...values: ArrayBuffer[]) =>
              resolve(values.map((value) => `${value.constructor.name} ${new Uint8Array(value)}`)),
          );
        }),
    );
    expect(echoed).toEqual(["ArrayBuffer 1,2", "ArrayBuffer 2,0"]);
  });
});
