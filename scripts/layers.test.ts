import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./parts.mjs";

/** A small tree in which every rule is broken once; the file of each line has the imports named after it. */
const tree: Record<string, readonly string[]> = {
  "packages/protocol/src/a.ts": ["../../events/src/a.ts"],
  "packages/events/src/a.ts": [],
  "packages/websocket/src/a.ts": ["../../events/src/a.ts", "node:net"],
  "packages/engine/src/a.ts": ["../../hosts/src/a.ts", "node:fs"],
  "packages/adapter/src/a.ts": ["../../server/src/a.ts"],
  "packages/hosts/src/a.ts": ["../../server/src/a.ts", "node:http"],
  "packages/server/src/a.ts": ["../../client/src/a.ts", "./compat.ts"],
  "packages/server/src/compat.ts": [],
  "packages/server/src/index.ts": ["./compat.ts", "./a.ts"],
  "packages/client/src/a.ts": ["../../websocket/src/a.ts", "./a.test.ts"],
  "packages/client/src/a.test.ts": ["../../server/src/compat.ts", "node:http"],
  "packages/client/src/engine/a.ts": ["./b.ts"],
  "packages/client/src/engine/b.ts": ["./a.ts", "./missing.ts"],
  "packages/client/src/platform/node/a.ts": ["../../../../websocket/src/a.ts", "node:http"],
  "packages/client/src/platform/browser/a.ts": ["node:http"],
  "packages/client/src/react/a.ts": ["react", "node:http"],
  "packages/client/src/vue/a.ts": ["vue", "node:http"],
};

const expected = [
  "compat-only-from-entries packages/server/src/a.ts",
  "declared-or-refused packages/client/src/engine/b.ts",
  "framework-react packages/client/src/react/a.ts",
  "framework-vue packages/client/src/vue/a.ts",
  "layer-adapter packages/adapter/src/a.ts",
  "layer-client packages/client/src/a.ts",
  "layer-engine packages/engine/src/a.ts",
  "layer-hosts packages/hosts/src/a.ts",
  "layer-protocol packages/protocol/src/a.ts",
  "layer-server packages/server/src/a.ts",
  "layer-websocket packages/websocket/src/a.ts",
  "neutral-no-node packages/client/src/platform/browser/a.ts",
  "neutral-no-node packages/engine/src/a.ts",
  "no-cycle-at-run-time packages/client/src/engine/a.ts",
  "tests-import-nobody packages/client/src/a.ts",
];

describe("the rules of the layers", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "tautline-layers-"));
    for (const [path, imports] of Object.entries(tree)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), imports.map((one) => `import "${one}";\n`).join(""));
    }
    for (const file of [".dependency-cruiser.mjs", "tsconfig.json", "tsconfig.base.json"]) {
      copyFileSync(join(root, file), join(folder, file));
    }
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("refuse what they forbid, and nothing else", () => {
    const cruiser = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
    const run = spawnSync(
      process.execPath,
      [cruiser, "--config", ".dependency-cruiser.mjs", "--output-type", "json", "packages"],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
    const report: { summary: { violations: readonly Violation[] } } = JSON.parse(run.stdout);
    const found = report.summary.violations.map((one) => `${one.rule.name} ${one.from}`);
    expect([...new Set(found)].sort()).toEqual(expected);
  });
});

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}
