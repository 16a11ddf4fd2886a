import {
  type Context,
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
} from "react";
import type { ObservedSocket } from "../bindings/observer.ts";
import { useOwnSocket } from "./use-own-socket.ts";

export interface SocketProviderProps<OwnSocket> {
  /** Makes the socket, with `autoConnect: false`, or returns one that exists; called once for each provider. */
  readonly create: () => OwnSocket;
  readonly children?: ReactNode;
}

/** A socket for all components below a provider. */
export interface SocketContext<OwnSocket> {
  /** Connects the socket while it is shown; another `key` makes another socket. */
  readonly SocketProvider: (props: SocketProviderProps<OwnSocket>) => ReactElement;
  /** The provider's socket; undefined on the server and until the provider is shown. Throws outside a provider. */
  readonly useSocket: () => OwnSocket | undefined;
}

/**
 * Makes a provider of a socket, and the hook that finds it; both know the socket's types.
 *
 * @example
 * const { SocketProvider, useSocket } = createSocketContext<Socket<ServerToClient, ClientToServer>>();
 */
export function createSocketContext<OwnSocket extends ObservedSocket>(): SocketContext<OwnSocket> {
  // null: there is no provider.
  const Provided: Context<OwnSocket | undefined | null> = createContext<OwnSocket | undefined | null>(null);
  return {
    // biome-ignore lint/correctness/noComponentHookFactories: made once for a program, at the top level of a module
    SocketProvider: ({ create, children }) =>
      createElement(Provided.Provider, { value: useOwnSocket(create) }, children),
    useSocket: () => {
      const socket = useContext(Provided);
      if (socket === null) throw new Error("useSocket is called outside of its SocketProvider");
      return socket;
    },
  };
}
