// Reads a V8 CPU profile and ranks functions by the time spent in themselves.

export interface ProfileSummary {
  readonly busyMicros: number;
  /** Own time by function, "name  file:line". */
  readonly ownMicros: ReadonlyMap<string, number>;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const WAITING = ["(idle)", "(program)"];

/** Throws if the text is no CPU profile. */
export function readProfile(text: string): ProfileSummary {
  const profile: unknown = JSON.parse(text);
  if (!isProfile(profile)) throw new Error("not a V8 CPU profile");
  const names = new Map(profile.nodes.map((node) => [node.id, describe(node)]));
  const ownMicros = new Map<string, number>();
  let busyMicros = 0;
  profile.samples.forEach((id, index) => {
    const name = names.get(id) ?? "(unknown)";
    const micros = profile.timeDeltas[index] ?? 0;
    ownMicros.set(name, (ownMicros.get(name) ?? 0) + micros);
    if (!WAITING.includes(name)) busyMicros += micros;
  });
  return { busyMicros, ownMicros };
}

/** One line for each of the functions that took the most time, with its share of the busy time. */
export function hottest({ ownMicros, busyMicros }: ProfileSummary, top: number): string[] {
  return [...ownMicros]
    .filter(([name]) => !WAITING.includes(name))
    .sort(([, a], [, b]) => b - a)
    .slice(0, top)
    .map(([name, micros]) => `${((100 * micros) / busyMicros).toFixed(1).padStart(5)} %  ${name}`);
}

function describe({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const name = functionName === "" ? "(anonymous)" : functionName;
  const file = url.split("/").slice(-3).join("/");
  return file === "" ? name : `${name}  ${file}:${lineNumber + 1}`;
}

function isProfile(value: unknown): value is Profile {
  if (typeof value !== "object" || value === null) return false;
  return ["nodes", "samples", "timeDeltas"].every((name) => Array.isArray(Reflect.get(value, name)));
}
