/** Parameters of a request, decoded. */
export type Query = Record<string, unknown>;

/** `a=1&b=2`, in the order of the keys. */
export function encodeQuery(query: Query): string {
  return Object.entries(query)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`)
    .join("&");
}

/** The parameters of a query text; a value is everything behind the first `=`. */
export function decodeQuery(text: string, decode: (part: string) => string = decodeLeniently): Query {
  const pairs = text.match(/[^&]+/g) ?? [];
  return Object.fromEntries(pairs.map((pair) => (/([^=]*)=?(.*)/s.exec(pair) ?? []).slice(1).map(decode)));
}

function decodeLeniently(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
