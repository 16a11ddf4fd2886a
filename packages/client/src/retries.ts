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
export class RetryQueue {
  readonly #owner: RetryOwner;
  readonly #retries: number;
  readonly #entries: Entry[] = [];

  constructor(owner: RetryOwner, retries: number) {
    this.#owner = owner;
    this.#retries = retries;
  }

  add(args: readonly unknown[], flags: EmitFlags, handler: AckHandler | undefined): void {
    this.#entries.push({ args, flags, handler, tries: 0, isPending: false });
    this.drain();
  }

  /** Sends the head, if it is not on its way. */
  drain(): void {
    const entry = this.#entries[0];
    if (!entry || entry.isPending || !this.#owner.canSend()) return;
    entry.isPending = true;
    entry.tries++;
    this.#owner.transmit(entry.args, entry.flags, {
      onReply: (args) => this.#settle(entry, () => entry.handler?.onReply(args)),
      onError: (error) => this.#onError(entry, error),
    });
  }

  #onError(entry: Entry, error: Error): void {
    entry.isPending = false;
    if (entry.tries > this.#retries) this.#settle(entry, () => entry.handler?.onError?.(error));
    else this.drain();
  }

  #settle(entry: Entry, notify: () => void): void {
    if (entry !== this.#entries[0]) return;
    this.#entries.shift();
    notify();
    this.drain();
  }
}
