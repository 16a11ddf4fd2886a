import { rmSync } from "node:fs";
import { defineConfig } from "tsdown";
import { buildScripts } from "./build-scripts.ts";

// `require("@tautline/client")(url)` works as with upstream: the module is `io()` itself, with all else as its members.
const callable = "\nmodule.exports = Object.assign(exports.io, exports);";

// Both builds write there at the same time, so neither may empty it.
rmSync("dist", { recursive: true, force: true });

const shared = {
  clean: false,
  format: ["esm", "cjs"],
  dts: true,
  sourcemap: true,
  fixedExtension: false,
  // The packages below the client are not published: they become part of it, from their sources.
  deps: { alwaysBundle: [/^@tautline\//] },
} as const;

function outputOptionsOf<Options>(options: Options, format: string): Options {
  return format === "cjs" ? { ...options, exports: "named", outro: callable } : options;
}

export default defineConfig([
  {
    ...shared,
    format: [...shared.format],
    entry: { index: "src/index.ts" },
    platform: "node",
    target: "node20",
    tsconfig: "tsconfig.node.json",
    inputOptions: { resolve: { conditionNames: ["@tautline/source", "node", "import", "default"] } },
    outputOptions: outputOptionsOf,
  },
  {
    ...shared,
    format: [...shared.format],
    entry: { browser: "src/browser.ts" },
    platform: "browser",
    target: "es2022",
    tsconfig: "tsconfig.browser.json",
    inputOptions: { resolve: { conditionNames: ["@tautline/source", "import", "default"] } },
    outputOptions: outputOptionsOf,
    onSuccess: buildScripts,
  },
]);
