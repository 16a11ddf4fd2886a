import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { within } from "../wire/deadline.ts";

/** Upstream's client, which remembers what it gets. */
export interface Client {
  readonly socket: Socket;
  /** The events that came and were not taken out, each with its arguments. */
  readonly received: unknown[][];
}

/** Connects to the namespace that `url` names. */
export async function connect(
  url: string,
  options: Partial<ManagerOptions & SocketOptions> = {},
): Promise<Client> {
  const socket = io(url, { forceNew: true, ...options });
  const received: unknown[][] = [];
  socket.onAny((...event) => received.push(event));
  const connected = new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  await within(connected, "connection");
  return { socket, received };
}
