import { join } from "node:path";
import { buildOnce } from "./build-once.ts";
import { compile, download } from "./commands.ts";
import type { LanguageClient, Program } from "./language-client.ts";

// The client of socket.io's own project, which Android programs use too: 2.x talks Engine.IO 4, 1.x Engine.IO 3.

const built = buildOnce({
  name: "java",
  sources: "java",
  tools: [
    ["javac", "--version"],
    ["mvn", "--version"],
  ],
  build: async (sources, into) => {
    await Promise.all([build(sources, into, "v1", "1.0.2"), build(sources, into, "v2", "2.1.2")]);
  },
});

/** Both generations, over the same program but for the credentials. */
export const javaClients: readonly LanguageClient[] = [
  { name: "socket.io-client 2.1.2 for Java", revision: 4, prepare: () => prepare("v2") },
  {
    name: "socket.io-client 1.0.2 for Java",
    revision: 3,
    prepare: () => prepare("v1"),
    cannot: [
      {
        steps: ["refused"],
        why: "socket.io-client 1.0.2 for Java drops a refusal that carries an object as an invalid payload",
      },
    ],
  },
];

async function build(sources: string, into: string, generation: string, version: string): Promise<void> {
  const jars = join(into, generation, "jars");
  const pom = ["-f", join(sources, "pom.xml"), `-Dclient.version=${version}`, `-DoutputDirectory=${jars}`];
  await download("mvn", ["-q", "-B", "dependency:copy-dependencies", ...pom], { cwd: into });
  const files = ["Script.java", "Report.java", `${generation}/Credentials.java`].map((file) =>
    join(sources, file),
  );
  const options = ["-encoding", "UTF-8", "-cp", join(jars, "*"), "-d", join(into, generation, "classes")];
  await compile("javac", [...options, ...files], { cwd: into });
}

async function prepare(generation: string): Promise<Program> {
  const result = await built();
  if (!result.ok) return result;
  const [classes, jars] = ["classes", "jars/*"].map((part) => join(result.folder, generation, part));
  const args = ["-Dfile.encoding=UTF-8", "-XX:TieredStopAtLevel=1", "-cp", `${classes}:${jars}`, "Script"];
  return { ok: true, command: "java", args };
}
