import { join } from "node:path";
import { buildOnce } from "./build-once.ts";
import { download } from "./commands.ts";
import type { LanguageClient, Program } from "./language-client.ts";

// python-socketio as its registry has it; the older one of Debian is a peer of ../python.test.ts.

const environment = buildOnce({
  name: "python",
  sources: "python",
  tools: [["python3", "-c", "import sys, venv, ensurepip; print(sys.executable, sys.version)"]],
  build: async (sources, into) => {
    const requirements = join(sources, "requirements.txt");
    const pip = ["install", "--quiet", "--retries", "1", "--timeout", "20", "--requirement", requirements];
    await download("python3", ["-m", "venv", into], { cwd: into });
    await download(join(into, "bin/python"), ["-m", "pip", ...pip], { cwd: into });
  },
});

/** The threaded client and the one on asyncio. */
export const pythonClients: readonly LanguageClient[] = [
  pythonClient("python-socketio 5.18.1, threads", "threaded.py"),
  pythonClient("python-socketio 5.18.1, asyncio", "asynchronous.py"),
];

function pythonClient(name: string, file: string): LanguageClient {
  // It has words of its own for why a connection ended.
  const sees = { disconnected: "server disconnect" };
  return { name, revision: 4, prepare: () => prepare(file), sees };
}

async function prepare(file: string): Promise<Program> {
  const built = await environment();
  if (!built.ok) return built;
  const args = ["-B", "-u", join(built.sources, file)];
  return { ok: true, command: join(built.folder, "bin/python"), args };
}
