import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
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
 * The ES modules only lead to the CommonJS build, code and types alike: a program has one `Server`, however its parts
 * import it. A class patched by an instrumentation is patched for all, and a program of ES modules can give its server
 * to a package that is typed for `require`.
 */
function leadModulesToCommonJs(): void {
  const require = createRequire(import.meta.url);
  const dist = new URL("dist/", import.meta.url);
  for (const name of Object.keys(entry)) {
    const exported = Object.keys(require(`./dist/${name}.cjs`)).join(", ");
    writeFileSync(new URL(`${name}.js`, dist), `export { ${exported} } from "./${name}.cjs";\n`);
    writeFileSync(new URL(`${name}.d.ts`, dist), `export * from "./${name}.cjs";\n`);
  }
}

export default defineConfig({
  entry,
  hooks: { "build:done": leadModulesToCommonJs },
  format: "cjs",
  platform: "node",
  target: "node20",
  dts: true,
  sourcemap: true,
  fixedExtension: false,
  // The packages below the server are not published: they become part of it, from their sources.
  deps: { alwaysBundle: [/^@tautline\//] },
  inputOptions: { resolve: { conditionNames: ["@tautline/source", "node", "import", "default"] } },
  outputOptions: { outro: (chunk) => (chunk.name === "index" ? callable : "") },
});
