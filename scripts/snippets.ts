// Code blocks of the documents that are programs: the fence says so after the language.
//
//   ```js serve   starts and keeps running until the page has been worked through; ready once it prints a line
//   ```js run     runs to its end; the blocks before it that serve are there
//
// `cjs` in place of `js` makes it a CommonJS program. A comment `// → text` promises that the program prints that
// text. Port 3000 in a snippet stands for the port of the page, so that pages can be tried beside other programs.
// Blocks of js, ts and tsx without such a word are fragments: they are compiled against the types of the built packages.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./parts.mjs";

export interface Snippet {
  readonly kind: "serve" | "run";
  readonly extension: "mjs" | "cjs";
  /** The line of the page at which it begins. */
  readonly line: number;
  readonly source: string;
  /** What it promises to print, in order. */
  readonly promises: readonly string[];
}

export interface Fragment {
  readonly extension: "ts" | "tsx";
  readonly line: number;
  readonly source: string;
}

const fragmentFence = /^```(js|ts|tsx)\n([\s\S]*?)^```$/gm;
const fence = /^```(js|cjs) (serve|run)\n([\s\S]*?)^```$/gm;

/** The programs of a page, in order, with `port` in place of 3000. */
export function snippetsOf(page: string, port: number): Snippet[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(fence)].map(([, language, kind, body = ""], index, all) => ({
    kind: kind === "serve" ? "serve" : "run",
    extension: language === "cjs" ? "cjs" : "mjs",
    line: lineAt(text, all[index]?.index),
    source: body.replaceAll("3000", String(port)),
    promises: [...body.matchAll(/\/\/ → (.*)$/gm)].map(([, promise = ""]) => promise.trim()),
  }));
}

/** The fragments of a page, in order. */
export function fragmentsOf(page: string): Fragment[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(fragmentFence)].map((match) => ({
    extension: match[1] === "tsx" ? "tsx" : "ts",
    line: lineAt(text, match.index),
    source: match[2] ?? "",
  }));
}

function lineAt(text: string, index: number | undefined): number {
  return text.slice(0, index).split("\n").length;
}
