import { existsSync } from "node:fs";
import { defineConfig } from "tsdown";

// Programs written for upstream call `require(…)(httpServer, options)`, without `new`.
const callable = `
module.exports = Object.assign(function createServer(...args) {
  return new exports.Server(...args);
}, exports);`;

// The bundles that the server offers to browsers: the client is built before the server.
const bundles = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"]
  .flatMap((file) => [file, `${file}.map`])
  .map((file) => `../client/dist/${file}`)
  .filter((path) => existsSync(path));

export default defineConfig({
  entry: { index: "src/index.ts" },
  format: ["esm", "cjs"],
  platform: "node",
  target: "node20",
  dts: true,
  sourcemap: true,
  fixedExtension: false,
  // The packages below the server are not published: they become part of it, from their sources.
  deps: { alwaysBundle: [/^@tautline\//] },
  inputOptions: { resolve: { conditionNames: ["@tautline/source", "node", "import", "default"] } },
  outputOptions: (options, format) => (format === "cjs" ? { ...options, outro: callable } : options),
  copy: bundles.map((from) => ({ from, to: "client-dist" })),
});
