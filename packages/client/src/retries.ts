import type { AckHandler } from "./acks.ts";
import type { EmitFlags } from "./socket-types.ts";

interface Entry {
  readonly args: readonly unknown[];
  readonly flags: EmitFlags;
  readonly handler: AckHandler | undefined;
  tries: number;
  isPending: boolean;
}

/** The socket. */
export interface RetryOwner {
  /** Whether an event would be sent at once. */
  canSend(): boolean;
  /** Sends with an acknowledgement id, whatever the queue. */
  transmit(args: readonly unknown[], flags: EmitFlags, handler: AckHandler): void;
}

/** Events in order, one on its way at a time, each sent until it is acknowledged (client.md 12). */
export interface RetryQueue {
  add(args: readonly unknown[], flags: EmitFlags, handler: AckHandler | undefined): void;
  /** Sends the head, if it is not on its way. */
  drain(): void;
}

export function createRetryQueue({ canSend, transmit }: RetryOwner, retries: number): RetryQueue {
  const entries: Entry[] = [];
  const drain = (): void => {
    const [entry] = entries;
    if (!entry || entry.isPending || !canSend()) return;
    entry.isPending = true;
    entry.tries++;
    const { args, flags, handler } = entry;
    const settle = (notify: () => void): void => {
      if (entry !== entries[0]) return;
      entries.shift();
      notify();
      drain();
    };
    transmit(args, flags, {
      onReply: (reply) => settle(() => handler?.onReply(reply)),
      onError(error) {
        entry.isPending = false;
        if (entry.tries > retries) settle(() => handler?.onError?.(error));
        else drain();
      },
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
