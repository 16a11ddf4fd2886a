import type {
  AnyListener,
  EventsMap,
  ReservedOrUserEventNames,
  ReservedOrUserListener,
} from "@tautline/events/types";
import { useEffect } from "react";
import type { Socket } from "../socket.ts";
import type { SocketReservedEvents } from "../socket-types.ts";
import { useLatest } from "./use-latest.ts";

/** What is needed of a socket; every `Socket` has it. */
interface ListenedSocket {
  on(event: string, listener: AnyListener): unknown;
  off(event: string, listener: AnyListener): unknown;
}

/**
 * Calls a listener for each event of that name, while the component is shown.
 *
 * The listener may be written in place: the socket keeps one listener for the component, which calls that of the latest
 * render. `connect`, `connect_error` and `disconnect` are events too.
 *
 * @param socket undefined: there is nothing to listen to yet.
 *
 * @example
 * useEvent(socket, "message", (text) => setTexts((before) => [...before, text]));
 */
export function useEvent<
  Listen extends EventsMap,
  Emit extends EventsMap,
  Ev extends ReservedOrUserEventNames<SocketReservedEvents, Listen>,
>(
  socket: Socket<Listen, Emit> | undefined,
  event: Ev,
  listener: ReservedOrUserListener<SocketReservedEvents, Listen, Ev>,
): void;
export function useEvent(socket: ListenedSocket | undefined, event: string, listener: AnyListener): void {
  const latest = useLatest(listener);
  useEffect(() => {
    if (!socket) return;
    const onEvent: AnyListener = (...args) => latest.current(...args);
    socket.on(event, onEvent);
    return () => void socket.off(event, onEvent);
  }, [socket, event, latest]);
}
