// What happens to a page as a whole. A service worker must listen while its script is first evaluated, so these
// listeners, one of each kind, are installed when the module loads (client.md 9.1).

const signals = new Map(
  ["offline", "online", "pagehide"].map((event) => [event, createSignal([event])] as const),
).set(
  "resume",
  // A page that is hidden needs nothing yet. Only pages have these events, and so a document.
  createSignal(["visibilitychange", "pageshow", "resume"], () => !document.hidden),
);

/** Calls back when the event happens to the page or worker; returns the way to stop that. */
export function onPageEvent(event: string, callback: () => void): () => void {
  const callbacks = signals.get(event);
  if (callbacks) {
    callbacks.add(callback);
    return () => callbacks.delete(callback);
  }
  // client.md 9.2: `beforeunload` only while needed: its listener keeps a page out of the back/forward cache
  globalThis.addEventListener?.(event, callback);
  return () => globalThis.removeEventListener?.(event, callback);
}

function createSignal(events: readonly string[], isWanted = () => true): Set<() => void> {
  const callbacks = new Set<() => void>();
  const tell = (): void => {
    if (isWanted()) for (const callback of [...callbacks]) callback();
  };
  // Capturing: what happens to the document passes the window only on its way down. Cloudflare's workers, which have
  // no document, refuse it.
  for (const event of events) globalThis.addEventListener?.(event, tell, "document" in globalThis);
  return callbacks;
}
