import { rmSync } from "node:fs";
import { defineConfig } from "tsdown";
import { browserBuild } from "./build-browser.ts";
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

const weapp = {
  platform: "neutral",
  // The oldest that the compiler knows; the developer tool of mini-programs takes it from there.
  target: "es2015",
  tsconfig: "tsconfig.weapp.json",
  inputOptions: { resolve: { conditionNames: ["@tautline/source", "import", "default"] } },
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

// To the declarations of the hooks a socket is that of the entry point which the program imports, not a copy of it.
const socketOfProgram = {
  name: "socket-of-program",
  resolveId: (source: string) =>
    source === "../socket.ts" ? { id: "@tautline/client", external: true } : undefined,
};

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
    ...weapp,
    format: [...shared.format],
    entry: { weapp: "src/weapp.ts" },
    outputOptions: outputOptionsOf,
  },
  {
    ...shared,
    ...weapp,
    // What WeChat's developer tool copies into a program: it knows no entry map, only the folder of `miniprogram`.
    format: "cjs",
    entry: { index: "src/weapp.ts" },
    outDir: "dist/miniprogram",
    dts: false,
    outputOptions: { exports: "named", entryFileNames: "[name].js", outro: callable },
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
    ...browserBuild,
    format: [...shared.format],
    outputOptions: outputOptionsOf,
    onSuccess: buildScripts,
  },
  {
    ...shared,
    format: [...shared.format],
    entry: { react: "src/react/index.ts", vue: "src/vue/index.ts" },
    platform: "neutral",
    target: "es2022",
    tsconfig: "tsconfig.frameworks.json",
    deps: { alwaysBundle: [/^@tautline\/(?!client)/], neverBundle: ["react", "vue"] },
    inputOptions: (options) => ({
      ...options,
      // Not the option `plugins`, which the declarations of CommonJS do without.
      plugins: [options.plugins, socketOfProgram],
      resolve: { conditionNames: ["@tautline/source", "import", "default"] },
    }),
  },
]);
