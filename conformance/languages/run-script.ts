import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { ClientPeer, ClientPeerOptions } from "../peers/client-peer.ts";
import { connectClient } from "../peers/connect-client.ts";
import { type LanguageClient, type Program, shortcomingOf } from "./language-client.ts";
import { ANNOUNCEMENT, type LanguageMode, steps } from "./script.ts";
import { ScriptServer } from "./script-server.ts";

const SCRIPT_MS = 90_000;

/** The client that says something to all others when a program asks for it. */
const otherOptions: ClientPeerOptions = {
  mode: "websocket",
  namespace: "/vault",
  auth: { token: "open" },
};

/** What a program printed: its report of each step by name, and what it said besides. */
export interface ScriptReport {
  readonly reports: ReadonlyMap<string, StepReport>;
  readonly complaints: string;
}

export type StepReport = { readonly saw: unknown } | { readonly failed: string };

/** Starts our server, runs the program against it to its end, and does what the program asks for. */
export async function runScript(
  client: LanguageClient,
  program: Program & { readonly ok: true },
  mode: LanguageMode,
): Promise<ScriptReport> {
  const server = new ScriptServer(client.revision);
  const leftOut = steps.filter((step) => shortcomingOf(client, step, mode) !== undefined).join(",");
  const reports = new Map<string, StepReport>();
  let favours = Promise.resolve();
  try {
    await server.open();
    const other = await connectClient("tautline", server.url, otherOptions);
    const complaints = await runProgram(program, [server.url, mode, leftOut], (line) => {
      if ("did" in line) reports.set(String(line.did), reportOf(line));
      else {
        favours = favours.then(() => oblige(line.please, server, other));
        // Looked at when the program has ended.
        favours.catch(() => {});
      }
    });
    await favours;
    await other.close();
    return { reports, complaints };
  } finally {
    await server.close();
  }
}

type Line = Readonly<Record<string, unknown>>;

function reportOf(line: Line): StepReport {
  return "failed" in line ? { failed: String(line.failed) } : { saw: line.saw };
}

async function oblige(favour: unknown, server: ScriptServer, other: ClientPeer): Promise<void> {
  if (favour === "publish") other.emit("publish", { others: true }, ...ANNOUNCEMENT);
  else if (favour === "restart") await server.restart();
  else throw new Error(`a program asked for ${String(favour)}`);
}

/** Runs the program with its JSON lines given to `onLine`; what else it said, with how it ended. */
function runProgram(
  program: Program & { readonly ok: true },
  args: readonly string[],
  onLine: (line: Line) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.command, [...program.args, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: SCRIPT_MS,
      killSignal: "SIGKILL",
    });
    let complaints = "";
    const complain = (text: string): void => {
      complaints = (complaints + text).slice(-4_000);
    };
    child.stderr.on("data", (chunk: Buffer) => complain(chunk.toString()));
    createInterface({ input: child.stdout }).on("line", (text) => {
      if (text.startsWith("{")) onLine(JSON.parse(text));
      else complain(`${text}\n`);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(`${complaints}\nended with ${code ?? signal}`));
  });
}
