import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { bundleNames, ClientBundles } from "./client-bundles.ts";

const cleanups: (() => unknown)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

const SCRIPT = `console.log("${"socket ".repeat(100)}");`;

interface Served {
  readonly folder: string;
  readonly failures: unknown[];
  get(name: string, headers?: Record<string, string>, method?: string): Promise<Answer>;
}

interface Answer {
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Bundles in a folder of their own, sent by an HTTP server. */
async function serve(): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), "tautline-bundles-"));
  const bundles = new ClientBundles(() => pathToFileURL(`${folder}/`));
  const failures: unknown[] = [];
  const onRequest = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    try {
      await bundles.send((req.url ?? "").slice(1), req, res);
    } catch (error) {
      failures.push(error);
      res.writeHead(500).end();
    }
  };
  const server = createServer(onRequest).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => rmSync(folder, { recursive: true }));
  cleanups.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const get = (name: string, headers: Record<string, string> = {}, method = "GET") =>
    new Promise<Answer>((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port, path: `/${name}`, headers, method, agent: false });
      asked.on("error", reject).end();
      asked.on("response", async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve({ headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
  return { folder, failures, get };
}

describe("the client bundles (server.md §17)", () => {
  it("are four scripts, each with its source map", () => {
    expect([...bundleNames]).toEqual([
      "socket.io.js",
      "socket.io.js.map",
      "socket.io.min.js",
      "socket.io.min.js.map",
      "socket.io.esm.min.js",
      "socket.io.esm.min.js.map",
      "socket.io.msgpack.min.js",
      "socket.io.msgpack.min.js.map",
    ]);
  });

  it.each([
    ["nothing", undefined, undefined],
    ["an empty list", "", undefined],
    ["identity alone", "identity", undefined],
    ["what browsers say", "gzip, deflate, br, zstd", "gzip"],
    ["what the client names first", "br, gzip, deflate", "br"],
    ["what weighs most", "br;q=0.5, gzip;q=0.6, deflate;q=0.9", "deflate"],
    ["anything", "*", "br"],
    ["anything but", "gzip;q=0", undefined],
    ["what nobody here knows", "zstd", undefined],
  ])("go out as the request accepts: %s", async (_name, accepted, coding) => {
    const { folder, get } = await serve();
    writeFileSync(join(folder, "socket.io.js"), SCRIPT);
    const headers = accepted === undefined ? {} : { "Accept-Encoding": accepted };
    const { headers: answered, body } = await get("socket.io.js", headers);
    expect(answered["content-encoding"]).toBe(coding);
    expect(answered.vary).toBe("Accept-Encoding");
    expect(answered["content-length"]).toBe(String(body.byteLength));
    const decoders = { br: brotliDecompressSync, gzip: gunzipSync, deflate: inflateSync };
    const plain = coding === undefined ? body : decoders[coding as keyof typeof decoders](body);
    expect(plain.toString()).toBe(SCRIPT);
  });

  it("are read once, and compressed once for each coding", async () => {
    const { folder, get } = await serve();
    writeFileSync(join(folder, "socket.io.js"), SCRIPT);
    const first = await get("socket.io.js", { "Accept-Encoding": "br" });
    writeFileSync(join(folder, "socket.io.js"), "other");
    expect((await get("socket.io.js", { "Accept-Encoding": "br" })).body).toEqual(first.body);
    expect((await get("socket.io.js")).body.toString()).toBe(SCRIPT);
  });

  it("answer HEAD with the headers alone", async () => {
    const { folder, get } = await serve();
    writeFileSync(join(folder, "socket.io.js"), SCRIPT);
    const { headers, body } = await get("socket.io.js", {}, "HEAD");
    expect(headers["content-length"]).toBe(String(SCRIPT.length));
    expect(body.byteLength).toBe(0);
  });

  it("say which file is missing and what makes it, and are found once they are there", async () => {
    const { folder, failures, get } = await serve();
    await get("socket.io.min.js", { "Accept-Encoding": "gzip" });
    expect(failures).toMatchObject([
      { message: 'the client bundle "socket.io.min.js" is missing: `npm run build` makes it' },
    ]);
    writeFileSync(join(folder, "socket.io.min.js"), SCRIPT);
    expect((await get("socket.io.min.js")).body.toString()).toBe(SCRIPT);
  });

  it("are all that is sent, whatever the name", async () => {
    const { folder, failures, get } = await serve();
    writeFileSync(join(folder, "secret"), "secret");
    await get("secret");
    expect(failures).toMatchObject([{ message: 'there is no client bundle "secret"' }]);
  });
});
