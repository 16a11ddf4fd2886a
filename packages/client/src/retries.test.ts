import { beforeEach, describe, expect, it } from "vitest";
import type { AckHandler } from "./acks.ts";
import { createRetryQueue, type RetryQueue } from "./retries.ts";

let isConnected: boolean;
let sent: { name: unknown; handler: AckHandler }[];
let log: unknown[];
let queue: RetryQueue;

const latest = (): AckHandler => sent.at(-1)?.handler ?? expect.unreachable();

beforeEach(() => {
  isConnected = true;
  sent = [];
  log = [];
  queue = createRetryQueue(
    {
      canSend: () => isConnected,
      transmit: ([name], _flags, handler) => sent.push({ name, handler }),
    },
    1,
  );
});

function add(name: string): void {
  queue.add(
    [name],
    {},
    {
      onReply: (args) => log.push([name, ...args]),
      onError: (error) => log.push(`${name} ${error.message}`),
    },
  );
}

describe("createRetryQueue", () => {
  it("sends one event at a time, in order", () => {
    add("a");
    add("b");
    expect(sent.map(({ name }) => name)).toEqual(["a"]);
    latest().onReply([1]);
    expect(sent.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(log).toEqual([["a", 1]]);
  });

  it("sends again after an error, up to the limit, then goes on with the next", () => {
    add("a");
    add("b");
    latest().onError?.(new Error("lost"));
    expect(sent).toHaveLength(2);
    latest().onError?.(new Error("lost"));
    expect(log).toEqual(["a lost"]);
    expect(sent.map(({ name }) => name)).toEqual(["a", "a", "b"]);
  });

  it("waits while it cannot send, and sends the head once it can", () => {
    isConnected = false;
    add("a");
    expect(sent).toEqual([]);
    isConnected = true;
    queue.drain();
    queue.drain();
    expect(sent).toHaveLength(1);
  });

  it("ignores a reply to an event that has left the queue", () => {
    add("a");
    const first = latest();
    first.onReply([1]);
    first.onReply([2]);
    expect(log).toEqual([["a", 1]]);
  });

  it("needs no handler", () => {
    queue.add(["a"], {}, undefined);
    latest().onReply([]);
    add("b");
    expect(sent.map(({ name }) => name)).toEqual(["a", "b"]);
  });
});
