// What a file in fuzz/targets exports.

export interface FuzzTarget {
  /** By which `--target` finds it: the decoder's file name. */
  readonly name: string;
  /** Inputs that the decoder accepts: mutants of these reach deeper than noise. Strings stand for their UTF-8. */
  readonly seeds?: readonly (string | Uint8Array)[];
  /** Pieces of the format that mutations insert: magic bytes, keywords, lengths at a limit. Default none. */
  readonly tokens?: readonly (string | Uint8Array)[];
  /** Feeds one input to the decoder. Throws when an invariant is violated, and only then. */
  run(bytes: Uint8Array): void;
}

/** Whether a loaded module is a target, so that a file that forgot an export fails by name. */
export function isFuzzTarget(module: unknown): module is FuzzTarget {
  if (typeof module !== "object" || module === null) return false;
  const { name, seeds, tokens, run }: { [member: string]: unknown } = { ...module };
  return typeof name === "string" && typeof run === "function" && [seeds, tokens].every(isOptionalArray);
}

function isOptionalArray(value: unknown): boolean {
  return value === undefined || Array.isArray(value);
}
