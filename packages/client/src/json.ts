/** What a peer's text says as JSON; undefined, which JSON has no word for, if it says nothing. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
