import { type BuildOptions, build } from "esbuild";
import { pathOf } from "../peers/availability.ts";

// The client's sources are bundled as they stand, so that no build has to come first.

/** An entry point of the client's sources, without `.ts`. */
export type ClientEntry = "index" | "browser" | "websocket-only" | "websocket-only-browser" | "weapp";

/** The client and the exchange in one script, which ends with `epilogue`; there, `io` and `exchange` are at hand. */
export function bundleExchange(
  entry: ClientEntry,
  epilogue: string,
  options: BuildOptions = {},
): Promise<string> {
  const client = pathOf(`../../packages/client/src/${entry}.ts`);
  const contents = `
    import { io } from ${JSON.stringify(client)};
    import { exchange } from ${JSON.stringify(pathOf("../platforms/exchange.ts"))};
    ${epilogue}`;
  return bundle(contents, options);
}

/** The exchange alone, as the global `exchange`: for clients that come from elsewhere. */
export function bundleBareExchange(): Promise<string> {
  const path = JSON.stringify(pathOf("../platforms/exchange.ts"));
  return bundle(`import { exchange } from ${path}; globalThis.exchange = exchange;`, {});
}

async function bundle(contents: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: pathOf("../..") },
    bundle: true,
    write: false,
    format: "iife",
    conditions: ["@tautline/source"],
    target: "es2022",
    ...options,
  });
  return outputFiles?.[0]?.text ?? "";
}
