// Chromium over real HTTP/3: our server under Deno, with our client and the published one.

import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM } from "./peers/availability.ts";
import { bundleOf } from "./peers/chromium-client.ts";
import { type Http3Server, missingForHttp3, startHttp3Server } from "./peers/deno-server.ts";

const reason = missingForHttp3();
if (reason !== undefined) console.warn(`skipped: WebTransport over HTTP/3: ${reason}`);

interface PageSocket {
  readonly connected: boolean;
  readonly io: { readonly engine: { readonly transport: { readonly name: string } } };
  on(event: string, listener: (...args: never[]) => void): void;
  emit(event: string, ...args: unknown[]): void;
  emitWithAck(event: string, ...args: unknown[]): Promise<unknown>;
  disconnect(): void;
}

declare global {
  interface Window {
    io(url: string, options: object): PageSocket;
    /** Over these transports, once it is connected. */
    connected(...transports: string[]): Promise<PageSocket>;
    until(condition: () => boolean): Promise<void>;
  }
}

for (const client of ["chromium with tautline", "chromium with socket.io-client 4"] as const) {
  describe.skipIf(reason !== undefined)(`${client} over HTTP/3${reason ? `: ${reason}` : ""}`, () => {
    let server: Http3Server;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      server = await startHttp3Server(await bundleOf(client));
      browser = await chromium.launch({
        executablePath: CHROMIUM,
        args: [
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--no-first-run",
          "--disable-background-networking",
        ],
      });
      page = await browser.newPage();
      await page.goto(server.url);
      await page.evaluate(prepare, [...server.certificateHash]);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
      expect(server?.complaints).toEqual([]);
    });

    it("connects, and carries events in order", async () => {
      const received = await page.evaluate(async () => {
        const socket = await window.connected("webtransport");
        const values: unknown[] = [];
        socket.on("count", (value) => values.push(value));
        for (let at = 0; at < 200; at++) socket.emit("count", at);
        await window.until(() => values.length === 200);
        const name = socket.io.engine.transport.name;
        socket.disconnect();
        return { values, name };
      });
      expect(received).toEqual({ name: "webtransport", values: Array.from({ length: 200 }, (_, at) => at) });
    });

    it("carries binary and acknowledgements", async () => {
      const sizes = await page.evaluate(async () => {
        const socket = await window.connected("webtransport");
        const found: number[] = [];
        for (const length of [1, 125, 126, 65_535, 65_536, 400_000]) {
          const bytes = new Uint8Array(length).fill(length % 251);
          const answer = new Uint8Array((await socket.emitWithAck("echo", bytes)) as ArrayBuffer);
          if (answer.every((byte) => byte === length % 251)) found.push(answer.byteLength);
        }
        socket.disconnect();
        return found;
      });
      expect(sizes).toEqual([1, 125, 126, 65_535, 65_536, 400_000]);
    });

    it("upgrades from polling", async () => {
      const { names, values } = await page.evaluate(async () => {
        const socket = await window.connected("polling", "webtransport");
        const received: unknown[] = [];
        socket.on("count", (value) => received.push(value));
        let at = 0;
        while (socket.io.engine.transport.name === "polling") {
          socket.emit("count", at++);
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        for (let more = 0; more < 20; more++) socket.emit("count", at++);
        await window.until(() => received.length === at);
        const result = { names: await ask(socket), values: received };
        socket.disconnect();
        return result;

        function ask(of: PageSocket): Promise<unknown> {
          return new Promise((resolve) => of.emit("transport", (...names: unknown[]) => resolve(names)));
        }
      });
      expect(names).toEqual(["webtransport", false]);
      expect(values).toEqual(Array.from(values, (_, at) => at));
    });

    it("receives what the server sent before it closed the connection", async () => {
      const log = await page.evaluate(async () => {
        const socket = await window.connected("webtransport");
        const seen: unknown[] = [];
        socket.on("bye", (bytes: ArrayBuffer) => seen.push(bytes.byteLength));
        socket.on("disconnect", (why: string) => seen.push(why));
        socket.emit("leave", 500_000);
        await window.until(() => seen.length === 2);
        return seen;
      });
      expect(log).toEqual([500_000, "io server disconnect"]);
    });

    it("is closed when it says anything else first", async () => {
      const outcome = await page.evaluate(
        async (hash) => {
          const serverCertificateHashes = [{ algorithm: "sha-256", value: new Uint8Array(hash) }];
          const session = new WebTransport(location.origin.replace("http:", "https:"), {
            serverCertificateHashes,
          });
          await session.ready;
          const { writable } = await session.createBidirectionalStream();
          await writable.getWriter().write(Uint8Array.of(2, 0x34, 0x78));
          // Deno closes a session by its connection, which is a failure here.
          const ended = "ended";
          return session.closed.then(
            () => ended,
            () => ended,
          );
        },
        [...server.certificateHash],
      );
      expect(outcome).toBe("ended");
    });
  });
}

/** Runs in the page. */
function prepare(hash: number[]): void {
  const serverCertificateHashes = [{ algorithm: "sha-256", value: new Uint8Array(hash) }];
  window.until = async (condition) => {
    const endsAt = Date.now() + 10_000;
    while (!condition()) {
      if (Date.now() > endsAt) throw new Error(`did not come true: ${condition}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  window.connected = async (...transports) => {
    const transportOptions = { webtransport: { serverCertificateHashes } };
    const socket = window.io(location.origin, {
      transports,
      transportOptions,
      forceNew: true,
      reconnection: false,
    });
    await window.until(() => socket.connected);
    return socket;
  };
}
