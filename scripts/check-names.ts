// Rules of the house that neither the compiler nor the linter knows. Each row says what is refused, where, and why.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { trackedFiles } from "./packages.mjs";
import { root } from "./parts.mjs";

interface LineRule {
  readonly appliesTo: (path: string) => boolean;
  readonly pattern: RegExp;
  readonly complaint: string;
}

const pathRules: readonly ((path: string) => string | undefined)[] = [
  refuseVagueName,
  refuseTestAlone,
  refuseLongHost,
];

const lineRules: readonly LineRule[] = [
  {
    appliesTo: (path) => isShipped(path) && !isCompat(path),
    pattern:
      /^\s+(?:(?:protected|private|readonly|static|override|declare|async|get|set) )*_[a-z]\w*\s*[(:=?<!]/,
    complaint: "a leading underscore is for compat.ts; private members are #private",
  },
  {
    appliesTo: isShipped,
    pattern: /\bas unknown as\b|@ts-ignore|@ts-expect-error|@ts-nocheck/,
    complaint: "types are narrowed by a check, not let go of",
  },
  {
    appliesTo: (path) => isCode(path) && path !== "scripts/check-names.ts",
    pattern: /\b(?:TODO|FIXME|XXX)\b(?!.*#\d)/,
    complaint: "what is left to do names its issue",
  },
  {
    appliesTo: isShipped,
    pattern: /^\s*(?:\/\/|\*).*\b(?:previously|used to be|no longer|formerly)\b/i,
    complaint: "a comment tells what is, not what was",
  },
];

/** Tests whose subject is a whole package: its bytes, its size, the advisories it answers. */
const packageTest = /\/(?:interop|size|advisories)\.test\.ts$/;

const complaints = trackedFiles().flatMap((path) => [...checkPath(path), ...checkLines(path)]);
console.log(complaints.length === 0 ? "Names and places are in order." : complaints.join("\n"));
process.exitCode = complaints.length === 0 ? 0 : 1;

function checkPath(path: string): string[] {
  return pathRules.flatMap((rule) => {
    const complaint = rule(path);
    return complaint === undefined ? [] : [`${path}: ${complaint}`];
  });
}

function checkLines(path: string): string[] {
  const rules = lineRules.filter((rule) => rule.appliesTo(path));
  if (rules.length === 0) {
    return [];
  }
  return linesOf(path).flatMap((line, index) =>
    rules.filter((rule) => rule.pattern.test(line)).map((rule) => `${path}:${index + 1}: ${rule.complaint}`),
  );
}

function refuseVagueName(path: string): string | undefined {
  const vague = /(?:^|\/)(utils?|helpers?|common|misc|core)(?:\/|\.ts$)/.exec(path)?.[1];
  return isCode(path) && vague !== undefined ? `"${vague}" says nothing: name the one idea of it` : undefined;
}

/** `session.test.ts` and `session.limits.test.ts` stand beside `session.ts`; `x.peer.test.ts` talks to a real peer. */
function refuseTestAlone(path: string): string | undefined {
  if (
    !/^packages\/[^/]+\/src\/.*(?<!\.peer)\.test\.ts$/.test(path) ||
    /\/peers\//.test(path) ||
    packageTest.test(path)
  ) {
    return undefined;
  }
  const subject = path.replace(/(\.[\w-]+)?\.test\.ts$/, ".ts");
  return existsSync(join(root, subject))
    ? undefined
    : `a test stands beside its subject: there is no ${subject}`;
}

function refuseLongHost(path: string): string | undefined {
  if (!path.startsWith("packages/hosts/src/") || !isShipped(path)) {
    return undefined;
  }
  const codeLines = linesOf(path).filter((line) => !/^\s*(?:$|\/\/|\/\*|\*)/.test(line)).length;
  return codeLines > 300 ? "a host file over 300 lines has taken a decision that is not its own" : undefined;
}

function isShipped(path: string): boolean {
  return /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !/\.test(-d)?\.ts$|\/peers\/|\/testing\//.test(path);
}

function isCompat(path: string): boolean {
  return /(^|[/-])compat([.-][^/]*)?\.ts$|\/compat\//.test(path);
}

function isCode(path: string): boolean {
  return /\.(ts|mts|js|mjs|cjs)$/.test(path);
}

function linesOf(path: string): string[] {
  return readFileSync(join(root, path), "utf8").split("\n");
}
