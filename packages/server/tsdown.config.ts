import { defineConfig } from "tsdown";

// Programs written for upstream call `require(…)(httpServer, options)`, without `new`.
const callable = `
module.exports = Object.assign(function createServer(...args) {
  return new exports.Server(...args);
}, exports);`;

export default defineConfig({
  entry: { index: "src/index.ts", engine: "src/engine.ts" },
  format: ["esm", "cjs"],
  platform: "node",
  target: "node20",
  dts: true,
  sourcemap: true,
  fixedExtension: false,
  // The packages below the server are not published: they become part of it, from their sources.
  deps: { alwaysBundle: [/^@tautline\//] },
  inputOptions: { resolve: { conditionNames: ["@tautline/source", "node", "import", "default"] } },
  outputOptions: (options, format) =>
    format === "cjs" ? { ...options, outro: (chunk) => (chunk.name === "index" ? callable : "") } : options,
});
