import type { Transcript } from "./program.ts";

/** The transcript while it is written. */
export class Notes {
  readonly #lines = new Map<string, string[]>();
  readonly #ids = new Map<string, string>();

  add(actor: string, values: readonly unknown[]): void {
    const lines = this.#lines.get(actor) ?? [];
    this.#lines.set(actor, lines);
    lines.push(values.map((value) => this.#describe(value)).join(" "));
  }

  transcript(): Transcript {
    return Object.fromEntries(this.#lines);
  }

  #describe(value: unknown): string {
    if (typeof value === "function") return "<function>";
    if (value instanceof Error) return `<${value.name}: ${value.message}>`;
    if (value instanceof Set) return `Set(${[...value].map((one) => this.#describe(one)).join(", ")})`;
    if (value instanceof Uint8Array) return `bytes(${[...value].join(",")})`;
    if (Array.isArray(value)) return `[${value.map((one) => this.#describe(one)).join(", ")}]`;
    if (typeof value === "object" && value !== null) return this.#describeObject(value);
    if (typeof value === "string") return this.#nameIds(value);
    return String(value);
  }

  #describeObject(value: object): string {
    const members = Object.entries(value).map(([key, member]) => `${key}: ${this.#describe(member)}`);
    return `{ ${members.join(", ")} }`;
  }

  /** Public ids are 20 characters long and differ from run to run. */
  #nameIds(text: string): string {
    return text.replace(/(?<![\w-])[\w-]{20}(?![\w-])/g, (id) => {
      const name = this.#ids.get(id) ?? `id${this.#ids.size + 1}`;
      this.#ids.set(id, name);
      return name;
    });
  }
}
