import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createInstalledProject, type InstalledProject, missingBuild } from "./installed-project.ts";
import { publicPackages, readJson } from "./packages.mjs";

/** What a program finds in each package, however it loads it (the shapes of upstream's packages). */
const promised: Record<string, readonly string[]> = {
  websocket: ["Connection", "WebSocketError", "acceptUpgrade", "connect"],
  client: ["io", "connect", "Manager", "Socket", "protocol"],
  server: ["Server", "Namespace", "Socket"],
};

const bundles = [
  "socket.io.js",
  "socket.io.min.js",
  "socket.io.esm.min.js",
  "socket.io.msgpack.min.js",
].flatMap((name) => [name, `${name}.map`]);

const reason = missingBuild();

describe.skipIf(reason !== undefined)(
  `the packed packages${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    let project: InstalledProject;

    beforeAll(() => {
      project = createInstalledProject(["react", "vue"]);
    });

    afterAll(() => project?.remove());

    function runProgram(file: string, source: string): string {
      writeFileSync(join(project.folder, file), source);
      return execFileSync(process.execPath, [file], { cwd: project.folder, encoding: "utf8" });
    }

    for (const name of publicPackages) {
      it(`load @tautline/${name} by import`, () => {
        const output = runProgram(
          `load-${name}.mjs`,
          `import * as all from "@tautline/${name}"; console.log(JSON.stringify(Object.keys(all)));`,
        );
        expect(JSON.parse(output)).toEqual(expect.arrayContaining([...(promised[name] ?? [])]));
      });

      it(`load @tautline/${name} by require`, () => {
        const output = runProgram(
          `load-${name}.cjs`,
          `const all = require("@tautline/${name}"); console.log(JSON.stringify(Object.getOwnPropertyNames(all)));`,
        );
        expect(JSON.parse(output)).toEqual(expect.arrayContaining([...(promised[name] ?? [])]));
      });

      it(`load every subpath of @tautline/${name} by import and by require`, () => {
        const subpaths = Object.keys(readJson(`packages/${name}/package.json`).exports).filter(
          (path) => path !== "./package.json" && !path.includes("*"),
        );
        const specifiers = subpaths.map((path) => `@tautline/${name}${path.slice(1)}`);
        runProgram(`all-${name}.mjs`, specifiers.map((one) => `await import("${one}");`).join("\n"));
        runProgram(`all-${name}.cjs`, specifiers.map((one) => `require("${one}");`).join("\n"));
        expect(specifiers).toContain(`@tautline/${name}`);
      });

      it(`ship no test and nothing that is not needed in @tautline/${name}`, () => {
        const folder = join(project.folder, "node_modules/@tautline", name);
        const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
        expect(files.filter((file) => /\.test(-d)?\.ts$|(^|\/)(tsconfig|tsdown)\b/.test(file))).toEqual([]);
        expect(existsSync(join(folder, "README.md")), "a README.md").toBe(true);
        expect(existsSync(join(folder, "LICENSE")), "a LICENSE").toBe(true);
      });
    }

    it("are callable as upstream's CommonJS packages are", () => {
      const output = runProgram(
        "callable.cjs",
        `console.log(typeof require("@tautline/server"), typeof require("@tautline/client"));`,
      );
      expect(output.trim()).toBe("function function");
    });

    for (const [loading, file, preamble] of [
      ["import", "served.mjs", `import { Server } from "@tautline/server";`],
      ["require", "served.cjs", `const { Server } = require("@tautline/server");`],
    ] as const) {
      it(`serve the client's bundles to script tags, when loaded by ${loading}`, () => {
        const output = runProgram(
          file,
          `${preamble}
           const io = new Server(0);
           const names = ${JSON.stringify(bundles)};
           io.httpServer.on("listening", async () => {
             const answers = [];
             for (const name of names) {
               const answer = await fetch("http://127.0.0.1:" + io.httpServer.address().port + "/socket.io/" + name);
               answers.push([name, answer.status, (await answer.text()).length > 10_000]);
             }
             console.log(JSON.stringify(answers));
             await io.close();
           });`,
        );
        expect(JSON.parse(output)).toEqual(bundles.map((name) => [name, 200, true]));
      });
    }

    it("talk to each other", () => {
      const output = runProgram(
        "talk.mjs",
        `import { Server } from "@tautline/server";
       import { io } from "@tautline/client";
       import { createServer } from "node:http";
       const http = createServer();
       const server = new Server(http);
       server.on("connection", (socket) => socket.on("add", (a, b, answer) => answer(a + b)));
       http.listen(0, "127.0.0.1", async () => {
         const client = io("http://127.0.0.1:" + http.address().port);
         console.log(await client.emitWithAck("add", 2, 3));
         client.disconnect();
         await server.close();
       });`,
      );
      expect(output.trim()).toBe("5");
    });
  },
);
