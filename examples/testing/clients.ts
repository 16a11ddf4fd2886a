// Stock clients that call an example over the wire.

import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";

/** What the tests send may be anything, and what they expect is checked by the test. */
// biome-ignore lint/suspicious/noExplicitAny: an example in plain JavaScript has no types to share
export type Answer = any;

/** Connects clients, and disconnects them all after the test. */
export function createClients(readUrl: () => string) {
  const clients: Socket[] = [];
  return {
    connect(options: Partial<ManagerOptions & SocketOptions> = {}): Socket {
      const client = io(readUrl(), { forceNew: true, ...options });
      clients.push(client);
      return client;
    },
    disconnectAll() {
      for (const client of clients.splice(0)) client.disconnect();
    },
  };
}

const DEADLINE_MS = 15_000;

/** The first argument of the next event of this name for which `isMeant` holds. */
export function next(
  client: Socket,
  event: string,
  isMeant: (content: Answer) => boolean = () => true,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no "${event}" as expected came in time`)), DEADLINE_MS);
    const listener = (content: Answer) => {
      if (!isMeant(content)) return;
      clearTimeout(late);
      client.off(event, listener);
      resolve(content);
    };
    client.on(event, listener);
  });
}

/** Asks for an acknowledgement of whatever shape. */
export function ask(client: Socket, event: string, ...input: unknown[]): Promise<Answer> {
  return client.timeout(DEADLINE_MS).emitWithAck(event, ...input);
}
