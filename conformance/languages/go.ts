import { join } from "node:path";
import { buildOnce } from "./build-once.ts";
import { compile, download } from "./commands.ts";
import type { LanguageClient, Program } from "./language-client.ts";

// The tool at hand must do: it is not to fetch another version of itself.
const env = { GOTOOLCHAIN: "local", GOFLAGS: "-mod=readonly -buildvcs=false" };

const built = buildOnce({
  name: "go",
  sources: "go",
  tools: [["go", "version"]],
  build: async (sources, into) => {
    await download("go", ["mod", "download"], { cwd: sources, env });
    await compile("go", ["build", "-ldflags=-s -w", "-o", into], { cwd: sources, env });
  },
});

/** The Go port of zishang520. */
export const goClient: LanguageClient = {
  name: "zishang520/socket.io/clients/socket 3.0.4 for Go",
  revision: 4,
  prepare: async (): Promise<Program> => {
    const result = await built();
    if (!result.ok) return result;
    return { ok: true, command: join(result.folder, "languages"), args: [] };
  },
};
