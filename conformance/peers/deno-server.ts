// Starts our server with HTTP/3 under Deno. Nothing is installed for it: where a program is absent, it says which.

import { execFileSync, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { within } from "../wire/deadline.ts";
import { CHROMIUM, pathOf } from "./availability.ts";

export interface Http3Server {
  readonly url: string;
  /** SHA-256 of the certificate, by which a page may trust it. */
  readonly certificateHash: readonly number[];
  /** What the process wrote to standard error. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Why there can be no server, or no browser for it, on this machine; `undefined` when there can. */
export function missingForHttp3(): string | undefined {
  if (!runs("deno", "--version")) return "deno is not installed";
  if (!runs("openssl", "version")) return "openssl is not installed";
  return existsSync(CHROMIUM) ? undefined : `${CHROMIUM} is not installed`;
}

/** Starts it, with a page that loads this script. */
export async function startHttp3Server(script: string): Promise<Http3Server> {
  const folder = mkdtempSync(join(tmpdir(), "tautline-http3-"));
  writeFileSync(join(folder, "client.js"), script);
  createCertificate(folder);
  await build({
    entryPoints: [pathOf("deno/http3-server.ts")],
    outfile: join(folder, "server.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    conditions: ["@tautline/source"],
    // Packages of CommonJS ask for Node's modules so.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  const deno = spawn("deno", ["run", "--allow-all", "--unstable-net", join(folder, "server.mjs"), folder]);
  const gone = new Promise<void>((resolve) => deno.once("exit", () => resolve()));
  const complaints: string[] = [];
  createInterface({ input: deno.stderr }).on("line", (line) => complaints.push(line));
  const port = await within(firstPort(deno.stdout, gone), "start of the server under Deno").catch(
    (error: Error) => {
      deno.kill();
      throw new Error(complaints.join("\n"), { cause: error });
    },
  );
  return {
    url: `http://127.0.0.1:${port}`,
    certificateHash: hashOf(join(folder, "cert.pem")),
    complaints,
    close: async () => {
      deno.kill();
      await gone;
      rmSync(folder, { recursive: true });
    },
  };
}

function runs(program: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Browsers trust a certificate by its hash only if it is of this curve, and valid for two weeks at most. */
function createCertificate(folder: string): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"];
  const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const args = ["req", "-x509", ...key, "-out", "cert.pem", "-days", "10", ...names];
  execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
}

function hashOf(file: string): number[] {
  return new X509Certificate(readFileSync(file)).fingerprint256
    .split(":")
    .map((byte) => Number.parseInt(byte, 16));
}

async function firstPort(output: NodeJS.ReadableStream, gone: Promise<void>): Promise<number> {
  const line = new Promise<string>((resolve) => createInterface({ input: output }).once("line", resolve));
  const text = await Promise.race([line, gone]);
  if (text === undefined) throw new Error("the server under Deno has ended");
  return Number(text.slice(text.lastIndexOf(" ")));
}
