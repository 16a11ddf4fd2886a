import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { fetchPackage } from "../platforms/npm-runtimes.ts";
import { itUnless } from "../suites/it-unless.ts";
import { until, within } from "../wire/deadline.ts";
import { connect } from "./client.ts";
import { type InstalledPrograms, installPrograms, missingServer } from "./installed-programs.ts";

const reason = missingServer;
// Not a package of the repository: a script of it makes `npm install` fail, and here it is installed without.
const fetched = await fetchPackage("fastify-socket@5.1.4");

describe.skipIf(reason !== undefined)(`Fastify${reason ? ` (${reason})` : ""}`, () => {
  let programs: InstalledPrograms;

  beforeAll(() => {
    programs = fetched.ok
      ? installPrograms(["fastify-socket"], join(fetched.folder, "node_modules"))
      : installPrograms();
  });

  afterAll(() => programs?.remove());

  for (const plugin of ["own", "fastify-socket"]) {
    itUnless(
      plugin === "own" || fetched.ok ? undefined : fetched.missing,
      `carries our server by the plugin ${plugin}, beside its routes, and closes with it`,
      async () => {
        const application = await programs.start("fastify-application.cjs", plugin);
        try {
          const { socket, received } = await connect(application.url, { path: "/live/" });
          expect(await socket.emitWithAck("double", 21)).toBe(42);
          expect(await (await fetch(`${application.url}/online`)).json()).toBe(1);
          await fetch(`${application.url}/news`, { method: "POST", body: "fresh", headers });
          await until(() => received.length === 1, "an event");
          expect(received).toEqual([["news", "fresh"]]);
          const gone = new Promise((resolve) => socket.once("disconnect", resolve));
          expect(await application.call("close")).toBe(false);
          expect(await within(gone, "disconnection")).toBe("io server disconnect");
        } finally {
          await application.stop();
        }
      },
    );
  }
});

const headers = { "content-type": "text/plain", connection: "close" };
