import type { LanguageMode, Step } from "./script.ts";

/** A client written in another language, and the program that runs the script with it. */
export interface LanguageClient {
  /** With its version: faults are known of a version. */
  readonly name: string;
  /** Engine.IO revision (EIO §0.2). */
  readonly revision: 3 | 4;
  /** Makes the program ready, once. */
  prepare(): Promise<Program>;
  /** What this client sees instead of what the script expects. */
  readonly sees?: Partial<Readonly<Record<Step, unknown>>>;
  /** Why the client cannot do a step, through no fault of ours. */
  readonly cannot?: readonly Shortcoming[];
}

interface Shortcoming {
  readonly steps: readonly Step[];
  /** Both, unless told. */
  readonly mode?: LanguageMode;
  readonly why: string;
}

/** How to start the program, which takes the arguments of the script after these, or what is missing for it. */
export type Program =
  | { readonly ok: true; readonly command: string; readonly args: readonly string[] }
  | { readonly ok: false; readonly missing: string };

/** Why the client is not held to a step; `undefined` where it is. */
export function shortcomingOf(client: LanguageClient, step: Step, mode: LanguageMode): string | undefined {
  return client.cannot?.find((one) => one.steps.includes(step) && (one.mode ?? mode) === mode)?.why;
}
