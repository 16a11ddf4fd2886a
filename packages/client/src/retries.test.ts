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
    1,
    () => isConnected,
    ([name], _flags, handler) => sent.push({ name, handler }),
  );
});

function add(name: string): void {
  queue.add([name], {}, (error, args) => log.push(error ? `${name} ${error.message}` : [name, ...args]));
}

describe("createRetryQueue", () => {
  it("sends one event at a time, in order", () => {
    add("a");
    add("b");
    expect(sent.map(({ name }) => name)).toEqual(["a"]);
    latest()(undefined, [1]);
    expect(sent.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(log).toEqual([["a", 1]]);
  });

  it("sends again after an error, up to the limit, then goes on with the next", () => {
    add("a");
    add("b");
    latest()(new Error("lost"), []);
    expect(sent).toHaveLength(2);
    latest()(new Error("lost"), []);
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
    first(undefined, [1]);
    first(undefined, [2]);
    expect(log).toEqual([["a", 1]]);
  });

  it("needs no handler", () => {
    queue.add(["a"], {}, undefined);
    latest()(undefined, []);
    add("b");
    expect(sent.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("goes on when a handler throws", () => {
    queue.add(["a"], {}, () => {
      throw new Error("mine");
    });
    add("b");
    expect(() => latest()(undefined, [])).toThrow("mine");
    expect(sent.map(({ name }) => name)).toEqual(["a", "b"]);
  });
});
