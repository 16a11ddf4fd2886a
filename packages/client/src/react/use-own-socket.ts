import { useEffect, useRef, useState } from "react";
import { holdSocket } from "../bindings/hold-socket.ts";
import type { ObservedSocket } from "../bindings/observer.ts";
import { useLatest } from "./use-latest.ts";

/**
 * A socket that lives as long as the component: connected once the component is shown, disconnected with its end.
 *
 * Undefined on the server and in the first render. It connects behind the effects of all components that are shown
 * with it, so that `useEvent` misses nothing; that takes a `create` with `autoConnect: false`. StrictMode and fast
 * refresh keep the connection.
 *
 * @param create makes the socket, or returns one that exists; called once for each `key`, never while rendering.
 * @param key another value makes another socket, in place of this one.
 *
 * @example
 * const socket = useOwnSocket(() => io(`/rooms/${room}`, { autoConnect: false }), room);
 */
export function useOwnSocket<OwnSocket extends ObservedSocket>(
  create: () => OwnSocket,
  key?: unknown,
): OwnSocket | undefined {
  const latestCreate = useLatest(create);
  const owned = useRef<{ readonly key: unknown; readonly socket: OwnSocket }>(undefined);
  const [socket, setSocket] = useState<OwnSocket>();
  useEffect(() => {
    if (!owned.current || !Object.is(owned.current.key, key)) {
      owned.current = { key, socket: latestCreate.current() };
    }
    setSocket(owned.current.socket);
  }, [key, latestCreate]);
  // In the commit that gives the components below their socket: their effects run before this one.
  useEffect(() => socket && holdSocket(socket), [socket]);
  return socket;
}
