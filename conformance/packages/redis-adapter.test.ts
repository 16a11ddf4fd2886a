import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until, within } from "../wire/deadline.ts";
import { type Client, connect } from "./client.ts";
import {
  type InstalledPrograms,
  installPrograms,
  missingServer,
  type RunningProgram,
  startWithUpstream,
} from "./installed-programs.ts";
import { missingRedis, type RedisServer, startRedis } from "./redis-server.ts";

// Two of our servers, `a` and `b`, and upstream's, `stock`, in one cluster over Redis, with @socket.io/redis-adapter
// on all three; a client on each.

const reason = missingServer ?? missingRedis;

type NodeName = "a" | "b" | "stock";
const names: readonly NodeName[] = ["a", "b", "stock"];

let programs: InstalledPrograms;
let redis: RedisServer;

beforeAll(async () => {
  if (reason !== undefined) return;
  programs = installPrograms();
  redis = await startRedis();
});

afterAll(async () => {
  await redis?.stop();
  programs?.remove();
});

describe.skipIf(reason !== undefined).each([
  { kind: "classic", library: "redis" },
  { kind: "classic", library: "ioredis" },
  { kind: "sharded", library: "redis" },
  { kind: "sharded", library: "ioredis" },
])(`@socket.io/redis-adapter, $kind, over $library${reason ? ` (${reason})` : ""}`, ({ kind, library }) => {
  let nodes: Record<NodeName, RunningProgram>;
  let clients: Record<NodeName, Client>;

  beforeAll(async () => {
    const settings = [kind, library, `${redis.port}`];
    const [a, b, stock] = await Promise.all([
      programs.start("redis-node.cjs", "a", ...settings),
      programs.start("redis-node.cjs", "b", ...settings),
      startWithUpstream("redis-node.cjs", "stock", ...settings),
    ]);
    nodes = { a, b, stock };
    clients = { a: await connect(a.url), b: await connect(b.url), stock: await connect(stock.url) };
    await until(
      async () =>
        (await Promise.all(names.map((name) => nodes[name].call("nodeCount")))).every((n) => n === 3),
      "three nodes in the cluster",
    );
  });

  afterAll(async () => {
    for (const name of names) clients?.[name].socket.disconnect();
    await Promise.all(names.map((name) => nodes?.[name].stop()));
  });

  /** What the clients received since the last look, once `expected` has come. */
  async function expectEvents(expected: Readonly<Record<NodeName, unknown[][]>>): Promise<void> {
    const isComplete = (name: NodeName) => clients[name].received.length >= expected[name].length;
    await until(() => names.every(isComplete), `the events ${JSON.stringify(expected)}`);
    for (const name of names) expect(clients[name].received.splice(0), name).toEqual(expected[name]);
  }

  const others = (name: NodeName) => names.filter((other) => other !== name);

  for (const from of names) {
    it(`carries a broadcast of ${from} to the clients of all nodes, binary data too`, async () => {
      await nodes[from].call("emit", null, "news", "hello", { nested: [1, null] });
      await nodes[from].call("emitBytes", null, "bytes", [1, 2, 255]);
      const events = [
        ["news", "hello", { nested: [1, null] }],
        ["bytes", Buffer.from([1, 2, 255])],
      ];
      await expectEvents({ a: events, b: events, stock: events });
    });

    it(`carries a broadcast of ${from} to the members of a room, or to all but them`, async () => {
      for (const name of others(from)) await clients[name].socket.emitWithAck("join", `room of ${from}`);
      await nodes[from].call("emit", `room of ${from}`, "inside");
      await nodes[from].call("emitExcept", `room of ${from}`, "outside");
      const inside = (name: NodeName) => (name === from ? [["outside"]] : [["inside"]]);
      await expectEvents({ a: inside("a"), b: inside("b"), stock: inside("stock") });
    });

    it(`collects the acknowledgements of all clients for ${from}`, async () => {
      for (const name of names) clients[name].socket.once("ask", (x, answer) => answer(`${name} ${x}`));
      const answers = await nodes[from].call("emitWithAck", null, "ask", 5);
      expect([...(answers as string[])].sort()).toEqual(["a 5", "b 5", "stock 5"]);
      const asked = [["ask", 5, expect.any(Function)]];
      await expectEvents({ a: asked, b: asked, stock: asked });
    });

    it(`shows ${from} the sockets of all nodes`, async () => {
      const sockets = await nodes[from].call("fetchSockets", null);
      const shown = names.map((name) =>
        expect.objectContaining({ id: clients[name].socket.id, data: { node: name }, hasHeaders: true }),
      );
      expect(sockets).toHaveLength(3);
      expect(sockets).toEqual(expect.arrayContaining(shown));
    });

    it(`lets ${from} move the sockets of other nodes into rooms and out`, async () => {
      for (const name of names) await nodes[from].call("socketsJoin", name, `moved by ${from}`);
      const countMoved = async () =>
        ((await nodes[from].call("fetchSockets", `moved by ${from}`)) as unknown[]).length;
      await until(async () => (await countMoved()) === 3, "three sockets in the room");
      await nodes[from].call("socketsLeave", `moved by ${from}`, `moved by ${from}`);
      await until(async () => (await countMoved()) === 0, "no socket in the room");
    });

    it(`lets ${from} tell and ask the other nodes`, async () => {
      await nodes[from].call("tellNodes", from, 1);
      for (const name of others(from)) {
        await until(
          async () => JSON.stringify(await nodes[name].call("told")).includes(`["${from}",1]`),
          `${name} told by ${from}`,
        );
      }
      const answers = await nodes[from].call("askNodes", "how");
      expect([...(answers as string[])].sort()).toEqual(others(from).map((name) => `${name}: how`));
    });
  }

  it("keeps a local broadcast on its node", async () => {
    await nodes.a.call("emitLocal", "here");
    await nodes.b.call("emit", null, "everywhere");
    await expectEvents({ a: [["here"], ["everywhere"]], b: [["everywhere"]], stock: [["everywhere"]] });
  });

  it("leaves out the sender of a socket's own broadcast, on every node", async () => {
    for (const name of names) await clients[name].socket.emitWithAck("join", "talk");
    clients.b.socket.emit("say", "talk", "hi");
    await expectEvents({ a: [["said", "hi"]], b: [], stock: [["said", "hi"]] });
  });

  it("keeps namespaces apart, those of a pattern too", async () => {
    const orders = await connect(`${nodes.b.url}/orders`);
    const tenant = await connect(`${nodes.b.url}/tenant-1`);
    // Nodes without a client there have no such namespace: a program names it.
    await until(async () => {
      await nodes.stock.call("emitIn", "/orders", "order");
      await nodes.a.call("emitIn", "/tenant-1", "rent");
      return orders.received.length > 0 && tenant.received.length > 0;
    }, "events of both namespaces");
    await nodes.a.call("emit", null, "in the main one");
    await expectEvents({ a: [["in the main one"]], b: [["in the main one"]], stock: [["in the main one"]] });
    expect(orders.received[0]).toEqual(["order"]);
    expect(tenant.received[0]).toEqual(["rent"]);
    orders.socket.disconnect();
    tenant.socket.disconnect();
  });

  it.each([
    ["a", "stock"],
    ["stock", "b"],
    ["b", "a"],
  ] as const)("lets %s disconnect the sockets of %s", async (from, of) => {
    const gone = new Promise((resolve) => clients[of].socket.once("disconnect", resolve));
    await nodes[from].call("disconnectSockets", of);
    expect(await within(gone, `disconnection of ${of}`)).toBe("io server disconnect");
  });

  it("goes on without a node that is closed", async () => {
    await nodes.b.call("close");
    await until(async () => (await nodes.stock.call("nodeCount")) === 2, "two nodes in the cluster");
    expect(await nodes.a.call("askNodes", "still there")).toEqual(["stock: still there"]);
  });
});
