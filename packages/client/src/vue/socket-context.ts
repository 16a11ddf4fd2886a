import { type InjectionKey, inject, provide, type ShallowRef } from "vue";
import type { ObservedSocket } from "../bindings/observer.ts";
import { useOwnSocket } from "./use-own-socket.ts";

/** A socket for a component and all below it. */
export interface SocketContext<OwnSocket> {
  /** `useOwnSocket`, for all components below too. */
  readonly provideSocket: (create: () => OwnSocket) => Readonly<ShallowRef<OwnSocket | undefined>>;
  /** The socket that a component above provides; undefined until that one is mounted. Throws where none does. */
  readonly useSocket: () => Readonly<ShallowRef<OwnSocket | undefined>>;
}

/**
 * Makes a provider of a socket, and the composable that finds it; both know the socket's types.
 *
 * @example
 * const { provideSocket, useSocket } = createSocketContext<Socket<ServerToClient, ClientToServer>>();
 */
export function createSocketContext<OwnSocket extends ObservedSocket>(): SocketContext<OwnSocket> {
  const key: InjectionKey<Readonly<ShallowRef<OwnSocket | undefined>>> = Symbol("socket");
  return {
    provideSocket: (create) => {
      const socket = useOwnSocket(create);
      provide(key, socket);
      return socket;
    },
    useSocket: () => {
      const socket = inject(key, undefined);
      if (!socket) throw new Error("useSocket is called outside of the component that provides a socket");
      return socket;
    },
  };
}
