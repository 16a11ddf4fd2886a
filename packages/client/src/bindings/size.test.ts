import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const limitBytes = 2000;

describe.each(["react", "vue"])("the entry for %s", (name) => {
  it(`weighs at most ${limitBytes} bytes, minified and gzipped, and imports ${name} alone`, async () => {
    const { outputFiles, metafile } = await build({
      entryPoints: [fileURLToPath(new URL(`../${name}/index.ts`, import.meta.url))],
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      format: "esm",
      conditions: ["@tautline/source"],
      packages: "external",
      target: "es2022",
    });
    expect(gzipSync(outputFiles[0]?.contents ?? "").length).toBeLessThanOrEqual(limitBytes);
    const imported = Object.values(metafile.outputs).flatMap(({ imports }) =>
      imports.map(({ path }) => path),
    );
    expect([...new Set(imported)]).toEqual([name]);
  });
});
