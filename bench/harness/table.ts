// Results as Markdown.

import { cpus, release, totalmem, type } from "node:os";
import { isBuilt } from "./peers.ts";
import type { Result } from "./rounds.ts";
import type { Figure } from "./scenarios.ts";

const GIB = 2 ** 30;

/** The tables: cost as ratios to upstream, then throughput and latency as a client sees them. */
export function toMarkdown(results: readonly Result[]): string {
  return [costTable(results), wallTable(results.filter(({ unit }) => unit === "µs"))]
    .filter((table) => table !== "")
    .join("\n\n");
}

/** One line that says where the figures come from. */
export function describeMachine(): string {
  const processors = cpus();
  return [
    `${processors.length} × ${processors[0]?.model.trim() ?? "unknown processor"}`,
    `${Math.round(totalmem() / GIB)} GiB`,
    `${type()} ${release()}`,
    `Node ${process.version}`,
    `our server from its ${isBuilt() ? "build" : "source"}`,
  ].join(", ");
}

function costTable(results: readonly Result[]): string {
  const lines = results.map((result) => {
    const { title, unit, ratio, bound, lowestRatio, highestRatio, medians, floor } = result;
    const verdict = ratio <= bound ? "held" : "**missed**";
    return row([
      title,
      cost(medians.tautline, unit),
      cost(medians["socket-io"], unit),
      floor ? cost(floor, unit) : "–",
      `${ratio.toFixed(2)} ×`,
      `${lowestRatio.toFixed(2)}–${highestRatio.toFixed(2)}`,
      `${bound} ×`,
      verdict,
    ]);
  });
  const head = [
    "server cost per operation",
    "tautline",
    "socket.io",
    "no library",
    "ratio",
    "rounds' spread",
    "bound",
    "",
  ];
  return [row(head), "|---|--:|--:|--:|--:|--:|--:|---|", ...lines].join("\n");
}

function wallTable(results: readonly Result[]): string {
  if (results.length === 0) return "";
  const lines = results.map(({ title, medians }) => {
    const { tautline, "socket-io": upstream } = medians;
    return row([title, wall(tautline), wall(upstream), latency(tautline), latency(upstream)]);
  });
  const head = [
    "on the wall",
    "tautline, per second",
    "socket.io, per second",
    "tautline, p50 / p99",
    "socket.io, p50 / p99",
  ];
  return [row(head), "|---|--:|--:|--:|--:|", ...lines].join("\n");
}

function cost({ cost }: Figure, unit: Result["unit"]): string {
  return unit === "µs" ? `${cost.toFixed(cost < 10 ? 2 : 1)} µs` : Math.round(cost).toLocaleString("en");
}

function wall({ perSecond }: Figure): string {
  return Math.round(perSecond).toLocaleString("en");
}

function latency({ latencyP50Ms, latencyP99Ms }: Figure): string {
  return latencyP99Ms === 0 ? "–" : `${latencyP50Ms.toFixed(1)} / ${latencyP99Ms.toFixed(1)} ms`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
