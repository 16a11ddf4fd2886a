import { existsSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { Server, type ServerOptions } from "@tautline/server";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, describe, expect } from "vitest";
import { missing, pathOf } from "./peers/availability.ts";
import { launchChromium } from "./peers/chromium-client.ts";
import { listen } from "./peers/node-server.ts";
import { itUnless } from "./suites/it-unless.ts";

// Pages that load their client by a script tag: ours as our server offers it, and upstream's of version 2, whose JSONP
// only a page can drive.

let browser: Promise<Browser> | undefined;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

afterAll(async () => {
  await (await browser)?.close();
});

const bundle = pathOf("../../packages/server/client-dist/socket.io.js");
const noBrowser = missing("chromium with tautline");
const noBundle = noBrowser ?? (existsSync(bundle) ? undefined : "not built (run `npm run build`)");
const version2 = createRequire(import.meta.url).resolve("socket.io-client-v2/dist/socket.io.js");

/** A page with this head, from the same server as the socket. */
async function openPage(
  head: string,
  options: Partial<ServerOptions> = {},
): Promise<{ io: Server; page: Page }> {
  const httpServer = http.createServer((request, response) => {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    if (request.url === "/") response.end(`<!doctype html><title>page</title>${head}`);
    else response.writeHead(404).end();
  });
  const io = new Server(httpServer, options);
  const port = await listen(httpServer);
  cleanups.push(() => {
    httpServer.closeAllConnections();
    return io.close();
  });
  browser ??= launchChromium();
  const page = await (await browser).newPage();
  cleanups.push(() => page.close());
  io.on("connection", (socket) => {
    socket.on("hello", (name, ack) => ack(`hello, ${name}`, socket.conn.transport.name));
    socket.on("bytes", (bytes, ack) => ack(bytes));
  });
  await page.goto(`http://127.0.0.1:${port}/`);
  return { io, page };
}

declare const io: (options?: object) => {
  emitWithAck(...args: unknown[]): Promise<unknown>;
  emit(...args: unknown[]): void;
  on(event: string, listener: (...args: unknown[]) => void): void;
};

describe("a page that loads its client from the server (server.md §17)", () => {
  for (const name of ["socket.io.js", "socket.io.min.js"]) {
    itUnless(noBundle, `has io from a script tag of ${name}`, async () => {
      const { page } = await openPage(`<script src="/socket.io/${name}"></script>`);
      expect(await page.evaluate(() => io().emitWithAck("hello", "page"))).toBe("hello, page");
    });
  }

  itUnless(noBundle, "imports io from socket.io.esm.min.js", async () => {
    const { page } = await openPage(
      `<script type="module">import { io } from "/socket.io/socket.io.esm.min.js"; window.io = io;</script>`,
    );
    await page.waitForFunction("window.io");
    expect(await page.evaluate(() => io().emitWithAck("hello", "module"))).toBe("hello, module");
  });

  itUnless(noBundle, "gets it once, and asks afterwards whether it has changed", async () => {
    const { io: server, page } = await openPage(`<script src="/socket.io/socket.io.js"></script>`);
    const answers: number[] = [];
    server.httpServer.prependListener(
      "request",
      (request: http.IncomingMessage, response: http.ServerResponse) => {
        if (request.url === "/socket.io/socket.io.js")
          response.on("finish", () => answers.push(response.statusCode));
      },
    );
    await page.reload();
    expect(await page.evaluate(() => io().emitWithAck("hello", "again"))).toBe("hello, again");
    expect(answers).toEqual([304]);
  });
});

describe("a page with the client of version 2 (server.md §19)", () => {
  for (const [transport, options] of [
    ["JSONP", { transports: ["polling"], forceJSONP: true }],
    ["polling", { transports: ["polling"] }],
    ["WebSocket", { transports: ["websocket"] }],
  ] as const) {
    itUnless(noBrowser, `sends and gets text and binary by ${transport}`, async () => {
      const { io: server, page } = await openPage("", { allowEIO3: true });
      const queries: unknown[] = [];
      server.on("connection", (socket) =>
        queries.push([socket.conn.protocol, "j" in socket.handshake.query]),
      );
      await page.addScriptTag({ path: version2 });
      const heard = await page.evaluate(
        (given) =>
          new Promise((resolve) => {
            const socket = io({ ...given, reconnection: false });
            socket.on("error", (error) => resolve(String(error)));
            socket.on("connect_error", (error) => resolve(String(error)));
            socket.on("connect", () => {
              socket.emit("hello", 'h\u2028\n"</script>', (text: unknown) => {
                socket.emit("bytes", new Uint8Array([0, 128, 255]).buffer, (bytes: ArrayBuffer) => {
                  resolve([text, ...new Uint8Array(bytes)]);
                });
              });
            });
          }),
        options,
      );
      expect(heard).toEqual(['hello, h\u2028\n"</script>', 0, 128, 255]);
      expect(queries).toEqual([[3, transport === "JSONP"]]);
    });
  }
});
