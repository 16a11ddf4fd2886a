/** How many latencies are kept between two samples; beyond it they are counted only. */
const KEPT = 1 << 20;

export interface TallySample {
  readonly operations: number;
  readonly elapsedMs: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
}

/** Counts operations and their latencies between two samples. */
export class Tally {
  readonly #latenciesMs = new Float32Array(KEPT);
  #recorded = 0;
  #operations = 0;
  #since: number = performance.now();

  count(operations: number): void {
    this.#operations += operations;
  }

  record(latencyMs: number): void {
    if (this.#recorded === KEPT) return;
    this.#latenciesMs[this.#recorded] = latencyMs;
    this.#recorded++;
  }

  /** The figures since the last call, and a fresh start. */
  take(): TallySample {
    const now = performance.now();
    const sorted = this.#latenciesMs.slice(0, this.#recorded).sort();
    const sample = {
      operations: this.#operations,
      elapsedMs: now - this.#since,
      latencyP50Ms: quantile(sorted, 0.5),
      latencyP99Ms: quantile(sorted, 0.99),
    };
    this.#recorded = 0;
    this.#operations = 0;
    this.#since = performance.now();
    return sample;
  }
}

function quantile(sorted: Float32Array, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}
