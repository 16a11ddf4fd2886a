import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { build as buildByRolldown } from "tsdown";
import { describe, expect, it } from "vitest";
import { pathOf } from "../peers/availability.ts";

// What a program does not import is not in its bundle: told by the sources that leave bytes in it.

const client = pathOf("../../packages/client/src");

/** The client's own sources in a bundle, by their paths in `src`. */
async function sourcesOf(statement: string, options: BuildOptions = {}): Promise<readonly string[]> {
  const { metafile } = await build({
    stdin: { contents: statement, resolveDir: client },
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "browser",
    conditions: ["@tautline/source"],
    logLevel: "error",
    ...options,
  });
  return Object.values(metafile?.outputs ?? {})
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && path.includes("packages/"))
    .map(([path]) => path.replace(/^.*packages\/(client\/src\/)?/, ""));
}

const using = (entry: string): string => `import { io } from "./${entry}.ts"; console.log(io);`;
const onNode: BuildOptions = { platform: "node", conditions: ["@tautline/source", "node"] };

describe("a bundle of the client", () => {
  it.each<[entry: string, absent: RegExp, options?: BuildOptions]>([
    ["browser", /platform\/(node|weapp)|websocket-only|^websocket\/|msgpack/],
    ["websocket-only-browser", /polling|webtransport|stream-frames|upgrade|requester|platform\/(node|weapp)/],
    [
      "websocket-only",
      /polling|webtransport|stream-frames|upgrade|requester|platform\/(browser|weapp)/,
      onNode,
    ],
    [
      "index",
      /platform\/weapp|websocket-only|msgpack|platform\/browser\/(base64|client|web-globals)/,
      onNode,
    ],
    ["weapp", /platform\/browser|platform\/node\/(?!cookie-jar)|webtransport|stream-frames|^websocket\//],
  ])("of %s carries nothing of what it does not use", async (entry, absent, options) => {
    const sources = await sourcesOf(using(entry), options);
    expect(sources).toContain("manager.ts");
    expect(sources.filter((path) => absent.test(path))).toEqual([]);
  });

  it("of the parser has nothing of the client", async () => {
    const sources = await sourcesOf(`export * from "./standard-parser.ts";`);
    expect(sources.filter((path) => !path.startsWith("protocol/"))).toEqual([]);
    expect(sources).toContain("protocol/src/standard-parser.ts");
  });

  it.each([["index"], ["weapp"], ["websocket-only"], ["standard-parser"]])(
    "of %s is empty where nothing of it is used",
    async (entry) => {
      expect(await sourcesOf(`import * as unused from "./${entry}.ts";`, onNode)).toEqual([]);
    },
  );

  it("is as empty when rolldown makes it, which Vite and tsdown do", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tautline-unused-"));
    try {
      const entry = join(folder, "unused.js");
      writeFileSync(entry, `import { io, Manager } from "${client}/weapp.ts";`);
      const [bundle] = await buildByRolldown({
        config: false,
        write: false,
        dts: false,
        logLevel: "silent",
        entry: { unused: entry },
        format: "esm",
        inputOptions: { resolve: { conditionNames: ["@tautline/source", "import"] } },
      });
      const codes = bundle?.chunks.map((chunk) => (chunk.type === "chunk" ? chunk.code : ""));
      expect(codes?.map((code) => code.replace(/\/\/.*$|export \{\};/gm, "").trim())).toEqual([""]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
