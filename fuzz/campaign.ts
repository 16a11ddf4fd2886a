import { nextInput } from "./mutate.ts";
import { Random } from "./random.ts";
import type { FuzzTarget } from "./target.ts";

export interface CampaignLimits {
  /** What repeats the inputs. */
  readonly seed: number;
  /** Inputs after the seeds of the target. */
  readonly maxInputs: number;
  /** Whether to stop before that, asked now and then. Default never. */
  readonly isOver?: () => boolean;
}

export interface CampaignResult {
  readonly inputs: number;
  /** The first input that violated an invariant. */
  readonly failure: { readonly input: Uint8Array; readonly error: unknown } | undefined;
}

const INPUTS_BETWEEN_QUESTIONS = 100;

/** Runs one target on its seeds and on inputs made from them, up to a limit or to the first failure. */
export function runCampaign(target: FuzzTarget, limits: CampaignLimits): CampaignResult {
  const corpus = (target.seeds ?? []).map(toBytes);
  const tokens = (target.tokens ?? []).map(toBytes);
  const random = new Random(limits.seed);
  const total = corpus.length + limits.maxInputs;
  for (let inputs = 0; inputs < total; inputs++) {
    if (inputs % INPUTS_BETWEEN_QUESTIONS === 0 && limits.isOver?.()) return { inputs, failure: undefined };
    const input = corpus[inputs] ?? nextInput(random, corpus, tokens);
    try {
      // A copy: an input that its decoder changed would be reported as it is afterwards.
      target.run(new Uint8Array(input));
    } catch (error) {
      return { inputs: inputs + 1, failure: { input, error } };
    }
  }
  return { inputs: total, failure: undefined };
}

function toBytes(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? new TextEncoder().encode(value) : value;
}
