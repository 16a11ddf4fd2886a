import type { CookieJar } from "../../platform.ts";

/** Copies headers and gives them the cookies of the jar, merged with the program's own (client.md 8.9). */
export function withCookies(
  headers: { readonly [name: string]: string },
  jar: CookieJar | undefined,
): Record<string, string> {
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== "cookie");
  const own = Object.entries(headers).find(([name]) => name.toLowerCase() === "cookie")?.[1];
  const cookie = jar ? jar.header(own) : own;
  return Object.fromEntries(cookie ? [...others, ["cookie", cookie]] : others);
}
