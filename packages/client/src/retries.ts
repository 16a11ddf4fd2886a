import type { AckHandler } from "./acks.ts";
import type { EmitFlags } from "./socket-types.ts";

interface Entry {
  readonly args: readonly unknown[];
  readonly flags: EmitFlags;
  readonly handler: AckHandler | undefined;
  tries: number;
  isPending: boolean;
}

/** Events in order, one on its way at a time, each sent until it is acknowledged (client.md 12). */
export interface RetryQueue {
  add(args: readonly unknown[], flags: EmitFlags, handler: AckHandler | undefined): void;
  /** Sends the head, if it is not on its way. */
  drain(): void;
}

/**
 * Makes the queue of one socket.
 *
 * `canSend`: whether an event would be sent at once. `transmit` sends with an acknowledgement id, whatever the queue.
 */
export function createRetryQueue(
  retries: number,
  canSend: () => boolean,
  transmit: (args: readonly unknown[], flags: EmitFlags, handler: AckHandler) => void,
): RetryQueue {
  const entries: Entry[] = [];
  const drain = (): void => {
    const [entry] = entries;
    if (!entry || entry.isPending || !canSend()) return;
    entry.isPending = true;
    entry.tries++;
    const { args, flags, handler } = entry;
    transmit(args, flags, (error, reply) => {
      entry.isPending = false;
      if (entry !== entries[0]) return;
      try {
        if (error && entry.tries <= retries) return;
        entries.shift();
        handler?.(error, reply);
      } finally {
        drain();
      }
    });
  };
  return {
    add(args, flags, handler) {
      entries.push({ args, flags, handler, tries: 0, isPending: false });
      drain();
    },
    drain,
  };
}
