import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { defineConfig } from "tsdown";

// Programs written for upstream call `require(…)(httpServer, options)`, without `new`.
const callable = `
module.exports = Object.assign(function createServer(...args) {
  return new exports.Server(...args);
}, exports);`;

const entry = {
  index: "src/index.ts",
  engine: "src/engine.ts",
  parser: "src/standard-parser.ts",
  "msgpack-parser": "src/msgpack-parser.ts",
};

/**
 * One set of types for both kinds of module. Classes with private members are equal to themselves only: a program of
 * ES modules could not give its server to a package that is typed for `require`, such as the Admin UI.
 */
function shareTypes(): void {
  const dist = new URL("dist/", import.meta.url);
  for (const file of readdirSync(dist)) if (file.endsWith(".d.ts")) rmSync(new URL(file, dist));
  for (const name of Object.keys(entry)) {
    writeFileSync(new URL(`${name}.d.ts`, dist), `export * from "./${name}.cjs";\n`);
  }
}

export default defineConfig({
  entry,
  hooks: { "build:done": shareTypes },
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
