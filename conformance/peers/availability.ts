import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ClientKind } from "./client-peer.ts";
import type { ServerKind } from "./server-peer.ts";
import { missingUws } from "./uws-server.ts";

export const PYTHON = "/usr/bin/python3";
export const CHROMIUM = "/usr/bin/chromium";

/** Why a peer cannot run on this machine; `undefined` when it can. */
export function missing(kind: ClientKind | ServerKind): string | undefined {
  if (kind === "python-socketio") return missingPython();
  if (kind === "tautline on uWS") return missingUws();
  if (kind.startsWith("chromium") && !existsSync(CHROMIUM)) return `${CHROMIUM} is not installed`;
  return undefined;
}

let pythonAnswer: { readonly reason: string | undefined } | undefined;

function missingPython(): string | undefined {
  pythonAnswer ??= { reason: tryPython() };
  return pythonAnswer.reason;
}

function tryPython(): string | undefined {
  if (!existsSync(PYTHON)) return `${PYTHON} is not installed`;
  try {
    execFileSync(PYTHON, ["-c", "import socketio, aiohttp"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "the Python packages socketio and aiohttp are not installed";
  }
}

/** The absolute path of a file of this folder. */
export function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
