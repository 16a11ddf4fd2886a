import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join, normalize } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstalledProject, type InstalledProject, missingBuild } from "./installed-project.ts";
import { trackedFiles } from "./packages.mjs";
import { root } from "./parts.mjs";
import { fragmentsOf, type Snippet, snippetsOf } from "./snippets.ts";

const pages = trackedFiles().filter((path) => path.endsWith(".md"));
/** The examples of doc comments are parts of programs, told apart from the programs by where they stand. */
const pagesWithFragments = pages.filter((page) => !page.startsWith("docs/reference/"));
const pagesWithPrograms = pages.filter((page) => snippetsOf(page, 3000).length > 0);
const others = [
  "express",
  "fastify",
  "react",
  "socket.io-client",
  "vue",
  "@types/express",
  "@types/node",
  "@types/react",
];
const deadlineMs = 20_000;

describe("the links of the documents", () => {
  it("lead to files that exist", () => {
    const broken = pages.flatMap((page) => {
      const text = readFileSync(join(root, page), "utf8");
      return [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)]
        .map(([, target = ""]) => normalize(join(dirname(page), target)))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${page}: ${target}`);
    });
    expect(broken).toEqual([]);
  });
});

const reason = missingBuild();

describe.skipIf(reason !== undefined)(
  `the code in the documents${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    let project: InstalledProject;

    beforeAll(() => {
      project = createInstalledProject(others);
    });

    afterAll(() => project?.remove());

    it("compiles against the published types where it is a fragment", () => {
      expect(compileFragments(project.folder)).toBe("");
    });

    it.each(pagesWithPrograms)("runs and prints what it promises, in %s", async (page) => {
      const servers: Program[] = [];
      try {
        for (const snippet of snippetsOf(page, await findFreePort())) {
          const program = start(project.folder, page, snippet);
          if (snippet.kind === "serve") {
            servers.push(program);
            await program.firstLine;
          } else {
            expect(await program.exitCode, `line ${snippet.line} of ${page}: ${program.output()}`).toBe(0);
          }
          await expect
            .poll(() => snippet.promises.filter((promise) => !program.output().includes(promise)), {
              message: `line ${snippet.line} of ${page} prints`,
            })
            .toEqual([]);
        }
      } finally {
        await Promise.all(servers.map((server) => server.stop()));
      }
    });
  },
);

/** What the fragments of the documents take for granted. */
const fragmentGlobals = `
import type { Server as HttpServer } from "node:http";
import { Server as SocketServer, type Socket as ServerSocket } from "@tautline/server";
import { io as connectTo } from "@tautline/client";
declare global {
  const httpServer: HttpServer;
  const Server: typeof SocketServer;
  const io: SocketServer;
  const socket: ServerSocket;
  const token: string;
  const uWS: { App(): Parameters<SocketServer["attachApp"]>[0] & { listen(port: number, callback: () => void): void } };
  const acceptedSessions: AsyncIterable<WebTransport>;
  const x: number;
  const y: number;
}
`;

/** Compiles the fragments of all pages at once; what the compiler has to say. */
function compileFragments(folder: string): string {
  writeFileSync(join(folder, "globals.d.ts"), fragmentGlobals);
  for (const page of pagesWithFragments) {
    for (const { line, extension, source } of fragmentsOf(page)) {
      const file = `${page.replace(/\W+/g, "-")}-${line}.${extension}`;
      writeFileSync(join(folder, file), `${source}\nexport {};\n`);
    }
  }
  const options = { strict: true, module: "nodenext", target: "es2023", noEmit: true, skipLibCheck: true };
  const config = {
    // Fragments of JavaScript do not say of what type an answer is.
    compilerOptions: {
      ...options,
      noImplicitAny: false,
      types: ["node"],
      lib: ["es2023", "dom"],
      jsx: "react-jsx",
    },
    include: ["*.ts", "*.tsx"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "project", type: "module" }));
  const tsc = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
    cwd: folder,
    encoding: "utf8",
  });
  return tsc.stdout + tsc.stderr;
}

interface Program {
  readonly firstLine: Promise<void>;
  readonly exitCode: Promise<number | null>;
  output(): string;
  stop(): Promise<unknown>;
}

function start(folder: string, page: string, { line, extension, source }: Snippet): Program {
  const file = join(folder, `${page.replace(/\W+/g, "-")}-${line}.${extension}`);
  writeFileSync(file, source);
  const child = spawn(process.execPath, [file], { cwd: folder, timeout: deadlineMs });
  let output = "";
  const firstLine = new Promise<void>((resolve, reject) => {
    const onText = (text: Buffer): void => {
      output += text.toString();
      resolve();
    };
    child.stdout.on("data", onText);
    child.stderr.on("data", onText);
    child.on("close", () => reject(new Error(`line ${line} of ${page} ended before it printed a line`)));
  });
  firstLine.catch(() => undefined);
  const exitCode = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { firstLine, exitCode, output: () => output, stop: () => stop(child, exitCode) };
}

function stop(child: ChildProcess, exitCode: Promise<unknown>): Promise<unknown> {
  child.kill("SIGKILL");
  return exitCode;
}

/** A port that was free a moment ago. */
function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("no port")),
      );
    });
  });
}
