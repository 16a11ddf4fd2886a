import { beforeAll, describe, expect, it } from "vitest";
import { goClient } from "./go.ts";
import { javaClients } from "./java.ts";
import { type LanguageClient, type Program, shortcomingOf } from "./language-client.ts";
import { pythonClients } from "./python.ts";
import { runScript, type ScriptReport } from "./run-script.ts";
import { rustClient } from "./rust.ts";
import { expectationOf, type LanguageMode, languageModes, promiseOf, type Step, steps } from "./script.ts";

// Clients of other languages against our server. What a machine lacks for one is printed as the reason why it skips.

const BUILD_AND_RUN_MS = 400_000;

const clients: readonly LanguageClient[] = [...pythonClients, ...javaClients, goClient, rustClient];

// All are built at once, while the first scripts run already.
let programs: Map<LanguageClient, Promise<Program>>;
beforeAll(() => {
  programs = new Map(clients.map((client) => [client, prepare(client)]));
});

/** A rejection waits for the test that looks at it. */
function prepare(client: LanguageClient): Promise<Program> {
  const program = client.prepare();
  program.catch(() => {});
  return program;
}

type Run = ScriptReport | { readonly missing: string };

for (const client of clients) {
  describe(client.name, () => {
    let runs: Readonly<Record<LanguageMode, Run>>;
    beforeAll(async () => {
      const [upgraded, websocket] = await Promise.all([
        runWhereItCan(client, "upgraded"),
        runWhereItCan(client, "websocket"),
      ]);
      runs = { upgraded, websocket };
    }, BUILD_AND_RUN_MS);

    for (const mode of languageModes) {
      describe(mode, () => {
        for (const step of steps) {
          it(promiseOf[step], (context) => {
            const run = runs[mode];
            if ("missing" in run) return context.skip(run.missing);
            const reason = shortcomingOf(client, step, mode);
            if (reason !== undefined) context.skip(reason);
            check(client, step, run);
          });
        }
      });
    }
  });
}

async function runWhereItCan(client: LanguageClient, mode: LanguageMode): Promise<Run> {
  const program = await programs.get(client);
  if (program === undefined) throw new Error(`${client.name} was not prepared`);
  return program.ok ? runScript(client, program, mode) : program;
}

function check(client: LanguageClient, step: Step, { reports, complaints }: ScriptReport): void {
  const report = reports.get(step);
  if (report === undefined) throw new Error(`the program did not come to this step: ${complaints}`);
  if ("failed" in report) throw new Error(`${report.failed}: ${complaints}`);
  const expected = client.sees?.[step] ?? expectationOf[step];
  expect(report).toMatchObject({ saw: expected });
}
