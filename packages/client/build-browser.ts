// The browser's modules: tsdown.config.ts builds them into `dist`; their budgets of bytes are measured without it.

import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { build, type UserConfig } from "tsdown";

const entries = { browser: "src/browser.ts", "websocket-only-browser": "src/websocket-only-browser.ts" };

/** What is particular to them. */
export const browserBuild = {
  entry: entries,
  platform: "browser",
  target: "es2022",
  tsconfig: "tsconfig.browser.json",
  // decisions/0016: what this minifier saves and those of programs do not is done here; names and comments stay
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
  deps: { alwaysBundle: [/^@tautline\//] },
  inputOptions: { resolve: { conditionNames: ["@tautline/source", "import", "default"] } },
} as const satisfies UserConfig;

/** The text of an entry point as a program ships it that bundles and minifies with esbuild. */
export async function bundleForProgram(name: keyof typeof entries): Promise<string> {
  const [bundle] = await build({
    ...browserBuild,
    entry: { [name]: entries[name] },
    config: false,
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    format: "esm",
    clean: false,
    dts: false,
    write: false,
    logLevel: "warn",
  });
  const chunk = bundle?.chunks.find(({ type }) => type === "chunk");
  if (chunk?.type !== "chunk") throw new Error(`no chunk of ${name}`);
  return (await transform(chunk.code, { minify: true, format: "esm", target: "es2022" })).code;
}
