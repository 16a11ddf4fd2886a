import { ManualClock } from "@tautline/events/testing/manual-clock";
import { describe, expect, it } from "vitest";
import { BroadcastOperator } from "./broadcast-operator.ts";
import type { BroadcastOptions, BroadcastPacket } from "./namespace-view.ts";
import { RemoteSocket } from "./remote-socket.ts";

function createScope(nodes = 1) {
  const clock = new ManualClock();
  const calls: unknown[][] = [];
  let report: (count: number) => void = () => {};
  let answer: (...values: unknown[]) => void = () => {};
  const record =
    (name: string) =>
    (...args: unknown[]) => {
      calls.push([name, ...args]);
    };
  const adapter = {
    broadcast: (packet: BroadcastPacket, options: BroadcastOptions) => record("broadcast")(packet, options),
    broadcastWithAck: (
      _packet: BroadcastPacket,
      _options: BroadcastOptions,
      onClientCount: (count: number) => void,
      ack: (...values: unknown[]) => void,
    ) => {
      report = onClientCount;
      answer = ack;
      return () => calls.push(["forget"]);
    },
    serverCount: () => Promise.resolve(nodes),
    sockets: () => Promise.resolve(new Set(["a"])),
    fetchSockets: () => Promise.resolve([{ id: "a", handshake: {}, rooms: ["r"], data: { n: 1 } }]),
    addSockets: record("addSockets"),
    delSockets: record("delSockets"),
    disconnectSockets: record("disconnectSockets"),
  };
  const scope = {
    adapter,
    clock,
    report: (error: unknown) => calls.push(["report", error]),
    present: (found: unknown): unknown =>
      new RemoteSocket(scope, found as ConstructorParameters<typeof RemoteSocket>[1]),
  };
  return {
    clock,
    calls,
    operator: new BroadcastOperator(scope),
    report: (count: number) => report(count),
    answer: (...values: unknown[]) => answer(...values),
  };
}

describe("a broadcast operator", () => {
  it("is immutable: each call gives a new one", () => {
    const { operator, calls } = createScope();
    const toA = operator.to("a");
    toA.to(["b", "c"]).except("d").volatile.compress(false).local.emit("x", 1);
    toA.emit("y");
    expect(calls).toEqual([
      [
        "broadcast",
        { type: 2, data: ["x", 1] },
        {
          rooms: new Set(["a", "b", "c"]),
          except: new Set(["d"]),
          flags: { volatile: true, compress: false, local: true },
        },
      ],
      ["broadcast", { type: 2, data: ["y"] }, { rooms: new Set(["a"]), except: new Set(), flags: {} }],
    ]);
  });

  it("waits until every node has reported and every target has answered", async () => {
    const { operator, report, answer } = createScope(2);
    let outcome: unknown[] | undefined;
    operator.timeout(1000).emit("ask", (...args: unknown[]) => {
      outcome = args;
    });
    await Promise.resolve();
    report(1);
    answer("a");
    expect(outcome).toBeUndefined();
    report(1);
    answer("b", "ignored");
    expect(outcome).toEqual([null, ["a", "b"]]);
  });

  it("S16: expects one node only when it is local", () => {
    const { operator, report } = createScope(5);
    let outcome: unknown[] | undefined;
    operator.local.timeout(1000).emit("ask", (...args: unknown[]) => {
      outcome = args;
    });
    report(0);
    expect(outcome).toEqual([null, []]);
  });

  it("S15: without a timeout the wait is over after a millisecond", () => {
    const { operator, clock, report, calls } = createScope();
    let outcome: unknown[] | undefined;
    operator.emit("ask", (...args: unknown[]) => {
      outcome = args;
    });
    report(1);
    clock.advance(1);
    expect(outcome?.[0]).toMatchObject({ code: "SIO_ACK_TIMEOUT" });
    expect(calls).toEqual([["forget"]]);
  });

  it("presents the sockets of other nodes, through which one may act", async () => {
    const { operator, calls, clock, report, answer } = createScope();
    const [remote] = await operator.fetchSockets();
    expect(remote).toMatchObject({ id: "a", data: { n: 1 } });
    expect(remote?.rooms).toEqual(new Set(["r"]));
    remote?.emit("x");
    remote?.join("s");
    remote?.leave("s");
    remote?.disconnect(true);
    expect(calls.map(([name]) => name)).toEqual([
      "broadcast",
      "addSockets",
      "delSockets",
      "disconnectSockets",
    ]);
    const response = remote?.timeout(10).emitWithAck("ask");
    await Promise.resolve();
    report(1);
    answer("one");
    await expect(response).resolves.toBe("one");
    const late = remote?.timeout(10).emitWithAck("ask");
    clock.advance(10);
    await expect(late).rejects.toMatchObject({ responses: null });
  });
});
