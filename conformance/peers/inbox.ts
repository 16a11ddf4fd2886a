import { within } from "../wire/deadline.ts";

/** What a peer has received, by event name, in order of arrival, until a suite takes it. */
export class Inbox {
  readonly #owner: string;
  readonly #arrived = new Map<string, unknown[][]>();
  readonly #waiting = new Map<string, { count: number; wake: () => void }>();

  /** @param owner - names the peer in the errors of expired waits. */
  constructor(owner: string) {
    this.#owner = owner;
  }

  deliver(event: string, args: unknown[]): void {
    const queue = this.#queue(event);
    queue.push(args.map(plain));
    const waiting = this.#waiting.get(event);
    if (waiting === undefined || queue.length < waiting.count) return;
    this.#waiting.delete(event);
    waiting.wake();
  }

  /** The arguments of the next arrival of `event`. */
  async next(event: string, deadlineMs?: number): Promise<unknown[]> {
    const [first] = await this.take(event, 1, deadlineMs);
    return first ?? [];
  }

  /** The arguments of the next `count` arrivals of `event`. */
  async take(event: string, count: number, deadlineMs?: number): Promise<unknown[][]> {
    const queue = this.#queue(event);
    if (queue.length < count) {
      const enough = new Promise<void>((wake) => this.#waiting.set(event, { count, wake }));
      try {
        await within(enough, `"${event}" (${count} times) at ${this.#owner}`, deadlineMs);
      } catch (error) {
        throw new Error(`${String(error)}; had ${queue.length}`, { cause: error });
      }
    }
    return queue.splice(0, count);
  }

  /** What has arrived and was not taken. */
  pending(event: string): readonly unknown[][] {
    return this.#queue(event);
  }

  #queue(event: string): unknown[][] {
    const known = this.#arrived.get(event);
    if (known !== undefined) return known;
    const queue: unknown[][] = [];
    this.#arrived.set(event, queue);
    return queue;
  }
}

/** The value with every binary of whatever class turned into a Buffer, so that peers compare alike. */
export function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || value instanceof Error) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
