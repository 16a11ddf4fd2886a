import { type ObservedSocket, observe } from "./observer.ts";

/** How many hold each socket. */
const holds = new WeakMap<ObservedSocket, number>();

/**
 * Connects a socket and keeps it connected until the last of its holders has released it.
 *
 * A release takes effect at the end of the turn: a component that is taken down and set up again in one turn, as React's
 * StrictMode and fast refresh do, keeps its connection.
 *
 * @returns the release, to be called once.
 */
export function holdSocket(socket: ObservedSocket): () => void {
  const observer = observe(socket);
  holds.set(socket, countOf(socket) + 1);
  // From here on: a component that looks at the connection later learns of errors before its time.
  const stopObserving = observer.subscribe(() => {});
  if (!socket.active) observer.read().connect();
  return () => {
    Promise.resolve().then(() => {
      const left = countOf(socket) - 1;
      holds.set(socket, left);
      if (left === 0) observer.read().disconnect();
      stopObserving();
    });
  };
}

function countOf(socket: ObservedSocket): number {
  return holds.get(socket) ?? 0;
}
