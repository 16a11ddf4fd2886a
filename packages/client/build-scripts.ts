// The bundles for script tags, under the names by which servers offer them (client.md 1.3).

import { fileURLToPath } from "node:url";
import { build, type InlineConfig } from "tsdown";

const banner = "/*! @tautline/client 0.1.0 | MIT License */";

// See NOTICE.
const msgpackBanner = "/*! with @msgpack/msgpack | Copyright 2019 The MessagePack Community | ISC License */";

const shared: InlineConfig = {
  config: false,
  cwd: fileURLToPath(new URL(".", import.meta.url)),
  clean: false,
  // `io` for AMD, for CommonJS, or as a global.
  format: "umd",
  globalName: "io",
  dts: false,
  sourcemap: true,
  platform: "browser",
  target: "es2022",
  tsconfig: "tsconfig.browser.json",
  banner,
  minify: true,
  deps: { alwaysBundle: [/^@tautline\//, "@msgpack/msgpack"] },
  inputOptions: { resolve: { conditionNames: ["@tautline/source", "import", "default"] } },
  outputOptions: { entryFileNames: "[name].js" },
};

const scripts = {
  "socket.io": { ...shared, entry: { "socket.io": "src/script.ts" }, minify: false },
  "socket.io.min": { ...shared, entry: { "socket.io.min": "src/script.ts" } },
  "socket.io.msgpack.min": {
    ...shared,
    entry: { "socket.io.msgpack.min": "src/msgpack-script.ts" },
    banner: `${banner}\n${msgpackBanner}`,
  },
  "socket.io.esm.min": { ...shared, entry: { "socket.io.esm.min": "src/browser.ts" }, format: "esm" },
} as const satisfies Record<string, InlineConfig>;

/** The text of one bundle, which is not written anywhere. */
export async function bundleScript(name: keyof typeof scripts): Promise<string> {
  const [bundle] = await build({ ...scripts[name], write: false, logLevel: "warn" });
  const chunk = bundle?.chunks.find(({ fileName }) => fileName === `${name}.js`);
  return chunk?.type === "chunk" ? chunk.code : "";
}

/** Writes all bundles into `dist`. */
export async function buildScripts(): Promise<void> {
  await Promise.all(Object.values(scripts).map((script) => build(script)));
}
