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
  return format === "cjs"
    ? {
        ...options,
        exports: "named",
        outro: ({ isEntry }: { isEntry: boolean }) => (isEntry ? callable : ""),
      }
    : options;
}

export default defineConfig([
  {
    ...shared,
    format: [...shared.format],
    entry: { parser: "src/standard-parser.ts", "msgpack-parser": "src/msgpack-parser.ts" },
    platform: "neutral",
    target: "es2022",
    tsconfig: "tsconfig.json",
    // The client has no dependency at run time, so the MessagePack codec becomes part of it too; see NOTICE.
    deps: { alwaysBundle: [/^@tautline\//, "@msgpack/msgpack"] },
    inputOptions: {
      resolve: { conditionNames: ["@tautline/source", "import", "default"], mainFields: ["module", "main"] },
    },
  },
  {
    ...shared,
    format: [...shared.format],
    entry: { index: "src/index.ts", "websocket-only": "src/websocket-only.ts" },
    platform: "node",
    target: "node20",
    tsconfig: "tsconfig.node.json",
    inputOptions: { resolve: { conditionNames: ["@tautline/source", "node", "import", "default"] } },
    outputOptions: outputOptionsOf,
  },
  {
    ...shared,
    format: [...shared.format],
    entry: { browser: "src/browser.ts", "websocket-only-browser": "src/websocket-only-browser.ts" },
    platform: "browser",
    target: "es2022",
    tsconfig: "tsconfig.browser.json",
    inputOptions: { resolve: { conditionNames: ["@tautline/source", "import", "default"] } },
    outputOptions: outputOptionsOf,
    onSuccess: buildScripts,
  },
]);
