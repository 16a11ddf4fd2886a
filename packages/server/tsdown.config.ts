import { defineConfig } from "tsdown";

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
});
