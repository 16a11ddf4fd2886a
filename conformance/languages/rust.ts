import { copyFile, cp } from "node:fs/promises";
import { join } from "node:path";
import { buildOnce } from "./build-once.ts";
import { compile, download } from "./commands.ts";
import type { LanguageClient, Program } from "./language-client.ts";

const built = buildOnce({
  name: "rust",
  sources: "rust",
  // The client's TLS is that of OpenSSL, found by pkg-config.
  tools: [
    ["cargo", "--version"],
    ["pkg-config", "--modversion", "openssl"],
  ],
  build: async (sources, into, scratch) => {
    await cp(sources, scratch, { recursive: true });
    const where = { cwd: scratch, env: { CARGO_NET_RETRY: "1", CARGO_TARGET_DIR: join(scratch, "target") } };
    await download("cargo", ["fetch"], where);
    await compile("cargo", ["build", "--offline", "--quiet"], where);
    await copyFile(join(scratch, "target/debug/languages"), join(into, "languages"));
  },
});

/** The blocking client of rust_socketio. */
export const rustClient: LanguageClient = {
  name: "rust_socketio 0.6.0",
  revision: 4,
  prepare: async (): Promise<Program> => {
    const result = await built();
    if (!result.ok) return result;
    return { ok: true, command: join(result.folder, "languages"), args: [] };
  },
  // It tells that a connection closed, not why.
  sees: { disconnected: "closed" },
  cannot: [
    {
      steps: ["every byte"],
      why: "rust_socketio 0.6.0 splits what WebSocket brings at each byte 0x1e and fails on the pieces",
    },
    {
      steps: ["acknowledged with binary"],
      why: "rust_socketio 0.6.0 sends binary that wants an acknowledgement as if it were the acknowledgement",
    },
    {
      steps: ["nested binary"],
      why: "rust_socketio 0.6.0 sends binary only as the one argument of an event",
    },
    {
      steps: ["answers", "answers with binary"],
      why: "rust_socketio 0.6.0 has no way to acknowledge an event of the server",
    },
    {
      steps: ["second namespace"],
      why: "rust_socketio 0.6.0 opens a connection of its own for each namespace",
    },
  ],
};
