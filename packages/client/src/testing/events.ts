/** What emitters of either side have in common. */
interface Listenable {
  once(event: string, listener: (...args: unknown[]) => void): unknown;
}

/** The arguments of the next event of that name. */
export function nextEvent(emitter: object, event: string): Promise<unknown[]> {
  const listenable: Listenable = Object(emitter);
  return new Promise((resolve) => {
    listenable.once(event, (...args) => resolve(args));
  });
}
