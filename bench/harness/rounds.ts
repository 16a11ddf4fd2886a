// Interleaved rounds: ours, upstream, ours, upstream. What slows the machine for a while slows both.

import { FLOOR, IMPLEMENTATIONS, type Implementation, withPeers } from "./peers.ts";
import type { Scale } from "./scale.ts";
import type { Case, Figure } from "./scenarios.ts";

export interface Result {
  readonly scenario: string;
  readonly title: string;
  readonly unit: Case["unit"];
  readonly bound: number;
  readonly rounds: number;
  /** Our cost as a share of upstream's: the median of the rounds' own ratios, and their spread. */
  readonly ratio: number;
  readonly lowestRatio: number;
  readonly highestRatio: number;
  readonly medians: Readonly<Record<Implementation, Figure>>;
  /** The cost without any library, where it is measured. */
  readonly floor: Figure | undefined;
}

export async function measureCase(measured: Case, scale: Scale, rounds: number): Promise<Result> {
  const figures = { tautline: [] as Figure[], "socket-io": [] as Figure[], [FLOOR]: [] as Figure[] };
  const { isCompressing, hasFloor } = measured;
  for (let round = 0; round < rounds; round++) {
    for (const implementation of hasFloor ? ([...IMPLEMENTATIONS, FLOOR] as const) : IMPLEMENTATIONS) {
      const figure = await withPeers({ implementation, isCompressing }, (peers) =>
        measured.measure(peers, scale),
      );
      figures[implementation].push(figure);
    }
  }
  const { scenario, title, unit, bound } = measured;
  const ratios = figures.tautline.map(
    ({ cost }, round) => cost / (figures["socket-io"][round]?.cost ?? Number.NaN),
  );
  return {
    scenario,
    title,
    unit,
    bound,
    rounds,
    ratio: median(ratios),
    lowestRatio: Math.min(...ratios),
    highestRatio: Math.max(...ratios),
    medians: { tautline: medianFigure(figures.tautline), "socket-io": medianFigure(figures["socket-io"]) },
    floor: hasFloor ? medianFigure(figures[FLOOR]) : undefined,
  };
}

function medianFigure(figures: readonly Figure[]): Figure {
  return {
    cost: median(figures.map(({ cost }) => cost)),
    perSecond: median(figures.map(({ perSecond }) => perSecond)),
    latencyP50Ms: median(figures.map(({ latencyP50Ms }) => latencyP50Ms)),
    latencyP99Ms: median(figures.map(({ latencyP99Ms }) => latencyP99Ms)),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  if (!Number.isInteger(middle)) return upper;
  return (upper + (sorted[middle - 1] ?? upper)) / 2;
}
