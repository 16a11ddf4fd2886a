// What happens to a page as a whole. A service worker must listen while its script is first evaluated, so these
// listeners, one of each kind, are installed when the module loads (client.md 9.1).

/** Adds a callback; returns the way to take it back. */
type Signal = (callback: () => void) => () => void;

export const onOffline: Signal = createSignal("offline");
export const onOnline: Signal = createSignal("online");
export const onPageHide: Signal = createSignal("pagehide");

/** Listens only while needed: the listener keeps a page out of the back/forward cache (client.md 9.2). */
export function onBeforeUnload(callback: () => void): () => void {
  globalThis.addEventListener?.("beforeunload", callback);
  return () => globalThis.removeEventListener?.("beforeunload", callback);
}

function createSignal(event: string): Signal {
  const callbacks = new Set<() => void>();
  globalThis.addEventListener?.(event, () => {
    for (const callback of [...callbacks]) callback();
  });
  return (callback) => {
    callbacks.add(callback);
    return () => callbacks.delete(callback);
  };
}
