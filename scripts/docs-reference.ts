// Writes docs/reference from the doc comments of what the published packages export.
// `--check` writes nothing and fails when the reference is stale.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Application, Converter, type ProjectReflection, type Reflection, ReflectionKind } from "typedoc";
import { publicPackages, readJson } from "./packages.mjs";
import { root } from "./parts.mjs";

const reference = join(root, "docs/reference");
/** Stands in classes before the members that the library itself calls. */
const banner = "// --- called by";
const isCheck = process.argv.includes("--check");
const folder = isCheck ? mkdtempSync(join(tmpdir(), "tautline-reference-")) : reference;

await writeReference(folder);
if (isCheck) {
  const stale = differences(folder, reference);
  rmSync(folder, { recursive: true });
  report(stale);
}

async function writeReference(out: string): Promise<void> {
  // The options of the plugin are no part of typedoc's own type.
  const options: Record<string, unknown> = {
    name: "Reference",
    entryPoints: publicPackages.flatMap(entryPoints),
    tsconfig: join(root, "scripts/tsconfig.reference.json"),
    plugin: ["typedoc-plugin-markdown"],
    out,
    logLevel: "Error",
    readme: "none",
    excludeExternals: true,
    excludePrivate: true,
    excludeInternal: true,
    disableSources: true,
    disableGit: true,
    gitRevision: "main",
    sort: ["source-order"],
    router: "member",
    membersWithOwnFile: ["Class", "Interface"],
    hidePageHeader: true,
    hideBreadcrumbs: true,
    hideGroupHeadings: true,
    parametersFormat: "table",
    propertiesFormat: "table",
    interfacePropertiesFormat: "table",
    typeDeclarationFormat: "table",
    entryFileName: "README",
  };
  const application = await Application.bootstrapWithPlugins(options);
  application.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => leaveOutInternals(project));
  const project = await application.convert();
  if (project === undefined)
    throw new Error("the sources of the reference do not compile: run `npm run check`");
  for (const module of project.children ?? []) module.name = module.name.replace("/src", "");
  await application.generateOutputs(project);
}

/** Fields that say nothing of themselves are not for programs, nor are members behind the banner. */
function leaveOutInternals(project: ProjectReflection): void {
  const members = project.getReflectionsByKind(
    ReflectionKind.Method | ReflectionKind.Accessor | ReflectionKind.Property,
  );
  for (const member of members) {
    if (!member.parent?.kindOf(ReflectionKind.Class)) continue;
    const isMute = member.kindOf(ReflectionKind.Property) && !member.hasComment();
    if (isMute || isBehindBanner(project, member)) project.removeReflection(member);
  }
}

function isBehindBanner(project: ProjectReflection, member: Reflection): boolean {
  const { fileName, pos } = project.getSymbolIdFromReflection(member) ?? {};
  if (fileName === undefined || pos === undefined || fileName.includes("node_modules")) return false;
  const at = readFileSync(fileName, "utf8").indexOf(banner);
  return at >= 0 && pos > at;
}

/** The sources behind the import paths of a package. */
function entryPoints(name: string): string[] {
  const { exports } = readJson(`packages/${name}/package.json`);
  return Object.values<Record<string, unknown>>(exports)
    .map((conditions) => conditions["@tautline/source"])
    .map((source) => (typeof source === "object" && source !== null ? Object.values(source).at(-1) : source))
    .filter((source) => source !== undefined)
    .map((source) => join(root, "packages", name, source));
}

/** The pages that one folder has otherwise than the other, or not at all. */
function differences(fresh: string, old: string): string[] {
  const pages = new Set([...pagesOf(fresh), ...pagesOf(old)]);
  return [...pages].filter((page) => contentOf(fresh, page) !== contentOf(old, page)).sort();
}

function pagesOf(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".md"));
}

function contentOf(parent: string, page: string): string | undefined {
  const path = join(parent, page);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

function report(stale: readonly string[]): void {
  if (stale.length === 0) {
    console.log("docs/reference says what the doc comments say");
    return;
  }
  console.error(`docs/reference is stale (${stale.join(", ")}): run \`npm run docs:reference\``);
  process.exitCode = 1;
}
