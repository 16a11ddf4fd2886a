import type { CookieJar } from "../../platform.ts";

interface Cookie {
  readonly value: string;
  readonly expiresMs: number;
}

/** Keeps the cookies of one engine in memory (client.md 8.9). Of the attributes, only the lifetime counts. */
export class MemoryCookieJar implements CookieJar {
  readonly #cookies = new Map<string, Cookie>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  store(setCookies: readonly string[]): void {
    for (const text of setCookies) {
      const parsed = parseSetCookie(text, this.#now());
      if (!parsed) continue;
      const [name, cookie] = parsed;
      if (cookie.expiresMs > this.#now()) this.#cookies.set(name, cookie);
      else this.#cookies.delete(name);
    }
  }

  merge(headers: { readonly [name: string]: string }): Record<string, string> {
    const isCookie = ([name]: [string, string]): boolean => name.toLowerCase() === "cookie";
    const entries = Object.entries(headers);
    const others = entries.filter((entry) => !isCookie(entry));
    // Q19: cookies of the program's own go along with those of the jar
    const pairs = entries.filter(isCookie).map(([, value]) => value);
    for (const [name, { value, expiresMs }] of this.#cookies) {
      if (expiresMs > this.#now()) pairs.push(`${name}=${value}`);
      else this.#cookies.delete(name);
    }
    return Object.fromEntries(pairs.length > 0 ? [...others, ["cookie", pairs.join("; ")]] : others);
  }
}

function parseSetCookie(text: string, nowMs: number): [name: string, cookie: Cookie] | undefined {
  const [pair = "", ...attributes] = text.split(";");
  const [name, value] = splitAtEquals(pair);
  if (!name) return undefined;
  let expiresMs = Number.POSITIVE_INFINITY;
  for (const attribute of attributes) {
    const [key, setting] = splitAtEquals(attribute);
    // What cannot be read ends the cookie at once.
    if (key.toLowerCase() === "max-age")
      return [name, { value, expiresMs: nowMs + Number(setting) * 1000 || 0 }];
    if (key.toLowerCase() === "expires") expiresMs = Date.parse(setting) || 0;
  }
  return [name, { value, expiresMs }];
}

function splitAtEquals(text: string): [name: string, value: string] {
  const index = text.indexOf("=");
  if (index < 0) return [text.trim(), ""];
  const value = text.slice(index + 1).trim();
  return [text.slice(0, index).trim(), /^".*"$/.test(value) ? value.slice(1, -1) : value];
}
