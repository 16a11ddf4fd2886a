// The bundles for script tags, under the names by which servers offer them (client.md 1.3).

import { type BuildOptions, build } from "esbuild";

const banner = "/*! @tautline/client 0.1.0 | MIT License */";

// See NOTICE.
const msgpackBanner = "/*! with @msgpack/msgpack | Copyright 2019 The MessagePack Community | ISC License */";

const shared: BuildOptions = {
  bundle: true,
  conditions: ["@tautline/source"],
  sourcemap: true,
  target: "es2022",
  charset: "utf8",
  banner: { js: banner },
  logLevel: "warning",
};

// `io` for AMD, for CommonJS, or as a global.
const universal: BuildOptions = {
  ...shared,
  entryPoints: ["src/script.ts"],
  format: "iife",
  globalName: "tautlineClient",
  banner: { js: `${banner}\n(function () {` },
  footer: {
    js: `(function (root, io) {
  if (typeof module === "object" && module.exports) module.exports = io;
  else if (typeof define === "function" && define.amd) define([], function () { return io; });
  else root.io = io;
})(typeof globalThis === "object" ? globalThis : self, tautlineClient.io);
})();`,
  },
};

/** The one bundle that conformance builds as well. */
export const msgpackScript: BuildOptions = {
  ...universal,
  entryPoints: ["src/msgpack-script.ts"],
  outfile: "dist/socket.io.msgpack.min.js",
  minify: true,
  banner: { js: `${banner}\n${msgpackBanner}\n(function () {` },
};

/** Writes all bundles into `dist`. */
export async function buildScripts(): Promise<void> {
  await Promise.all([
    build({ ...universal, outfile: "dist/socket.io.js" }),
    build({ ...universal, outfile: "dist/socket.io.min.js", minify: true }),
    build(msgpackScript),
    build({
      ...shared,
      entryPoints: ["src/browser.ts"],
      format: "esm",
      minify: true,
      outfile: "dist/socket.io.esm.min.js",
    }),
  ]);
}
