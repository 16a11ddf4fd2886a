import { beforeEach, describe, expect, it } from "vitest";
import { AcknowledgedCalls, type Call, type CallState } from "./acknowledged-calls.ts";

let shown: CallState<unknown>[];
let calls: AcknowledgedCalls;

beforeEach(() => {
  shown = [];
  calls = new AcknowledgedCalls((state) => shown.push(state));
});

interface Answering {
  readonly call: Call;
  readonly sent: unknown[];
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** A call of which the test is the server. */
function createCall(timeout?: number): Answering {
  const { promise, resolve, reject } = deferred();
  const sent: unknown[] = [];
  const socket = {
    emitWithAck: (...args: unknown[]): Promise<unknown> => {
      sent.push(...args);
      return promise;
    },
    timeout: (timeoutMs: number) => {
      sent.push(timeoutMs);
      return socket;
    },
  };
  return { call: { socket, event: "ask", args: [1], timeout }, sent, resolve, reject };
}

function deferred(): {
  promise: Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
} {
  let settle: [(value: unknown) => void, (error: Error) => void] = [() => {}, () => {}];
  const promise = new Promise((resolve, reject) => {
    settle = [resolve, reject];
  });
  return { promise, resolve: settle[0], reject: settle[1] };
}

describe("AcknowledgedCalls", () => {
  it("sends, and shows that it waits, then the answer", async () => {
    const { call, sent, resolve } = createCall();
    const answered = calls.run(call);
    expect(sent).toEqual(["ask", 1]);
    resolve("yes");
    expect(await answered).toBe("yes");
    expect(shown).toEqual([{ status: "pending" }, { status: "answered", answer: "yes" }]);
  });

  it("passes a time-out on, and shows what went wrong", async () => {
    const { call, sent, reject } = createCall(50);
    const answered = calls.run(call);
    reject(new Error("operation has timed out"));
    await expect(answered).rejects.toThrow("operation has timed out");
    expect(sent).toEqual([50, "ask", 1]);
    expect(shown.at(-1)).toMatchObject({ status: "failed", error: { message: "operation has timed out" } });
  });

  it("rejects without a socket", async () => {
    await expect(calls.run({ socket: undefined, event: "ask", args: [] })).rejects.toThrow(
      "there is no socket yet",
    );
  });

  it("shows the latest call alone, and answers the earlier ones too", async () => {
    const [first, second] = [createCall(), createCall()];
    const answers = [calls.run(first.call), calls.run(second.call)];
    second.resolve(2);
    first.resolve(1);
    expect(await Promise.all(answers)).toEqual([1, 2]);
    expect(shown.at(-1)).toEqual({ status: "answered", answer: 2 });
  });

  it("rejects all that wait when they are aborted, and shows nothing of them", async () => {
    const [first, second] = [createCall(), createCall()];
    const answers = [calls.run(first.call), calls.run(second.call)];
    calls.abort();
    second.resolve("late");
    for (const answer of answers) await expect(answer).rejects.toMatchObject({ name: "AbortError" });
    expect(shown.at(-1)).toEqual({ status: "idle" });
  });

  it("keeps showing an answer when nothing waits that could be aborted", async () => {
    const { call, resolve } = createCall();
    resolve("yes");
    await calls.run(call);
    // Until the promise is forgotten.
    await Promise.resolve();
    await Promise.resolve();
    calls.abort();
    expect(shown.at(-1)).toEqual({ status: "answered", answer: "yes" });
  });

  it("is idle after a reset, and whoever waits still gets the answer", async () => {
    const { call, resolve } = createCall();
    const answered = calls.run(call);
    calls.reset();
    resolve("yes");
    expect(await answered).toBe("yes");
    expect(shown.at(-1)).toEqual({ status: "idle" });
  });
});
