// Puts the figures of a run into bench/README.md, between its two markers.

import { readFileSync, writeFileSync } from "node:fs";
import type { Result } from "./rounds.ts";
import { toMarkdown } from "./table.ts";

const readme: URL = new URL("../README.md", import.meta.url);
const BEGIN = "<!-- figures -->";
const END = "<!-- /figures -->";

export function writeReadme(machine: string, results: readonly Result[]): void {
  const text = readFileSync(readme, "utf8");
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`bench/README.md lacks ${BEGIN} … ${END}`);
  const rounds = results[0]?.rounds ?? 0;
  const figures = `${machine}; medians of ${rounds} rounds.\n\n${toMarkdown(results)}`;
  writeFileSync(readme, `${text.slice(0, begin + BEGIN.length)}\n${figures}\n${text.slice(end)}`);
}
