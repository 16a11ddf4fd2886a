import { useSyncExternalStore } from "react";
import { type Connection, noConnection } from "../bindings/connection.ts";
import { type ObservedSocket, type Observer, observe } from "../bindings/observer.ts";

const nobody: Observer = { read: () => noConnection, subscribe: () => () => {} };

/**
 * The connection of a socket; the component is rendered anew when it changes.
 *
 * All components see the same one, in concurrent rendering too. On the server, while hydrating, and without a socket it
 * is `connecting`.
 *
 * @example
 * const { status, attempt } = useConnection(socket);
 */
export function useConnection(socket: ObservedSocket | undefined): Connection {
  const { read, subscribe } = socket ? observe(socket) : nobody;
  return useSyncExternalStore(subscribe, read, nobody.read);
}
