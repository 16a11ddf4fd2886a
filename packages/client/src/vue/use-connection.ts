import { type MaybeRefOrGetter, type ShallowRef, shallowRef, toRaw, toValue, watch } from "vue";
import { type Connection, noConnection } from "../bindings/connection.ts";
import { type ObservedSocket, observe } from "../bindings/observer.ts";
import { inPage } from "./in-page.ts";

/**
 * The connection of a socket, whenever it changes.
 *
 * On the server, while hydrating, and without a socket it is `connecting`.
 *
 * @example
 * const connection = useConnection(socket);
 * const isOnline = computed(() => connection.value.status === "connected");
 */
export function useConnection(
  socket: MaybeRefOrGetter<ObservedSocket | undefined>,
): Readonly<ShallowRef<Connection>> {
  const connection: ShallowRef<Connection> = shallowRef(noConnection);
  inPage("mounted", () =>
    watch(
      () => toRaw(toValue(socket)),
      (observed, _before, onCleanup) => {
        const observer = observed && observe(observed);
        const show = (): void => {
          connection.value = observer?.read() ?? noConnection;
        };
        if (observer) onCleanup(observer.subscribe(show));
        show();
      },
      { immediate: true, flush: "sync" },
    ),
  );
  return connection;
}
