import type {
  AnyListener,
  EventsMap,
  ReservedOrUserEventNames,
  ReservedOrUserListener,
} from "@tautline/events/types";
import { type MaybeRefOrGetter, toRaw, toValue, watch } from "vue";
import type { Socket } from "../socket.ts";
import type { SocketReservedEvents } from "../socket-types.ts";
import { inPage } from "./in-page.ts";

/** What is needed of a socket; every `Socket` has it. */
interface ListenedSocket {
  on(event: string, listener: AnyListener): unknown;
  off(event: string, listener: AnyListener): unknown;
}

/**
 * Calls a listener for each event of that name, until the component or the effect scope ends.
 *
 * `connect`, `connect_error` and `disconnect` are events too. On the server nobody listens.
 *
 * @param socket undefined: there is nothing to listen to yet.
 *
 * @example
 * useEvent(socket, "message", (text) => texts.value.push(text));
 */
export function useEvent<
  Listen extends EventsMap,
  Emit extends EventsMap,
  Ev extends ReservedOrUserEventNames<SocketReservedEvents, Listen>,
>(
  socket: MaybeRefOrGetter<Socket<Listen, Emit> | undefined>,
  event: Ev,
  listener: ReservedOrUserListener<SocketReservedEvents, Listen, Ev>,
): void;
export function useEvent(
  socket: MaybeRefOrGetter<ListenedSocket | undefined>,
  event: string,
  listener: AnyListener,
): void {
  // Before the components mount, so that the first event finds its listener.
  inPage("beforeMount", () =>
    watch(
      () => toRaw(toValue(socket)),
      (listened, _before, onCleanup) => {
        if (!listened) return;
        // Of its own: the same function may listen elsewhere too.
        const onEvent: AnyListener = (...args) => listener(...args);
        listened.on(event, onEvent);
        onCleanup(() => listened.off(event, onEvent));
      },
      { immediate: true, flush: "sync" },
    ),
  );
}
