import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { build } from "esbuild";
import { pathOf } from "../peers/availability.ts";
import { bundleExchange } from "./bundle.ts";
import type { SiteFile } from "./exchange-server.ts";

const run = "exchange(io, data).catch((error) => [String(error)])";

const workers = {
  "/classic-worker.js": `onmessage = ({ data }) => ${run}.then((notes) => postMessage(notes));`,
  "/module-worker.js": `onmessage = ({ data }) => ${run}.then((notes) => postMessage(notes));`,
  "/shared-worker.js": `onconnect = ({ ports: [port] }) => {
    port.onmessage = ({ data }) => ${run}.then((notes) => port.postMessage(notes));
  };`,
  "/service-worker.js": `onmessage = (event) => {
    const { data } = event;
    event.waitUntil(${run}.then((notes) => event.source.postMessage(notes)));
  };`,
};

/** The page of page.ts and the scripts of its workers. */
export async function createSite(): Promise<Record<string, SiteFile>> {
  const stock = dirname(createRequire(import.meta.url).resolve("socket.io-client/package.json"));
  const files: Record<string, SiteFile> = {
    "/": {
      type: "html",
      text: `<!doctype html><script src="/stock.js"></script><script src="/page.js"></script>`,
    },
    "/stock.js": { type: "javascript", text: readFileSync(`${stock}/dist/socket.io.min.js`, "utf8") },
    "/page.js": { type: "javascript", text: await bundlePage() },
  };
  for (const [path, epilogue] of Object.entries(workers)) {
    const format = path === "/module-worker.js" ? "esm" : "iife";
    files[path] = { type: "javascript", text: await bundleExchange("browser", epilogue, { format }) };
  }
  return files;
}

async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [pathOf("../platforms/page.ts")],
    bundle: true,
    write: false,
    conditions: ["@tautline/source", "browser"],
    target: "es2022",
  });
  return outputFiles[0]?.text ?? "";
}
