// Which scopes the DEBUG environment variable asks for, in the notation of the `debug` package (server.md §24).

const scopes = [
  "socket.io:server",
  "socket.io:namespace",
  "socket.io:client",
  "socket.io:socket",
  "socket.io-adapter",
  "engine",
  "engine:socket",
] as const;

/** A scope of this package. */
export type DebugScope = (typeof scopes)[number];

/** Whether a setting asks for any of them; it may be about other packages alone. */
export function isAnyScopeEnabled(setting: string): boolean {
  return scopes.some((scope) => isScopeEnabled(setting, scope));
}

/**
 * Whether a setting asks for a scope: names stand between commas or spaces, `*` is any text, a leading `-` leaves out.
 *
 * @example
 * isScopeEnabled("socket.io:*,-socket.io:client", "socket.io:socket"); // true
 */
export function isScopeEnabled(setting: string, scope: DebugScope): boolean {
  const names = setting.split(/[\s,]+/).filter((name) => name !== "");
  if (names.some((name) => name.startsWith("-") && matches(name.slice(1), scope))) return false;
  return names.some((name) => matches(name, scope));
}

function matches(pattern: string, scope: string): boolean {
  const [start = "", ...others] = pattern.split("*");
  const end = others.pop();
  if (end === undefined) return pattern === scope;
  if (!scope.startsWith(start)) return false;
  let at = start.length;
  for (const part of others) {
    const found = scope.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return scope.length - end.length >= at && scope.endsWith(end);
}
