import { type MaybeRefOrGetter, onScopeDispose, type ShallowRef, shallowRef, toValue, watch } from "vue";
import { holdSocket } from "../bindings/hold-socket.ts";
import type { ObservedSocket } from "../bindings/observer.ts";
import { inPage } from "./in-page.ts";

/**
 * A socket that lives as long as the component, or the effect scope: connected once it is mounted, disconnected with its
 * end.
 *
 * Undefined on the server and until the component is mounted. The components below it and their `useEvent` are there
 * before it connects, so that no event is missed; that takes a `create` with `autoConnect: false`.
 *
 * @param create makes the socket, or returns one that exists; called once for each `key`, never on the server.
 * @param key another value makes another socket, in place of this one.
 *
 * @example
 * const socket = useOwnSocket(() => io(`/rooms/${props.room}`, { autoConnect: false }), () => props.room);
 */
export function useOwnSocket<OwnSocket extends ObservedSocket>(
  create: () => OwnSocket,
  key?: MaybeRefOrGetter<unknown>,
): Readonly<ShallowRef<OwnSocket | undefined>> {
  const owned: ShallowRef<OwnSocket | undefined> = shallowRef();
  let release: (() => void) | undefined;
  onScopeDispose(() => release?.());
  const replace = (): void => {
    const releaseOld = release;
    const socket = create();
    // `useEvent` listens from here on.
    owned.value = socket;
    release = holdSocket(socket);
    releaseOld?.();
  };
  inPage("mounted", () => watch(() => toValue(key), replace, { immediate: true }));
  return owned;
}
