import { describe, expect, it } from "vitest";
import { Adapter } from "./adapter.ts";
import type { AdapterSocket, BroadcastPacket, NamespaceView } from "./namespace-view.ts";

class FakeSocket implements AdapterSocket<string> {
  readonly id: string;
  readonly delivered: [string, boolean][] = [];
  readonly notified: BroadcastPacket[] = [];

  constructor(id: string) {
    this.id = id;
  }

  deliver(encoded: string, isVolatile: boolean): void {
    this.delivered.push([encoded, isVolatile]);
  }

  notifyOutgoing(packet: BroadcastPacket): void {
    this.notified.push(packet);
  }

  expectAck(): void {}
  forgetAck(): void {}
  join(): void {}
  leave(): void {}
  disconnect(): void {}
}

function createAdapter(...ids: string[]) {
  const sockets = new Map(ids.map((id) => [id, new FakeSocket(id)]));
  let encodings = 0;
  const nsp: NamespaceView<string, FakeSocket> = {
    name: "/n",
    sockets,
    encode: (packet) => {
      encodings += 1;
      return JSON.stringify(packet);
    },
    nextAckId: () => 7,
  };
  const adapter = new Adapter<FakeSocket, string>(nsp);
  for (const id of ids) adapter.addAll(id, new Set([id]));
  return { adapter, sockets, encodings: () => encodings };
}

describe("the in-memory adapter", () => {
  it("adapters.md §1.2: emits room events on real changes only, in order", () => {
    const { adapter } = createAdapter();
    const log: unknown[][] = [];
    for (const event of ["create-room", "join-room", "leave-room", "delete-room"]) {
      adapter.on(event, (...args) => log.push([event, ...args]));
    }
    adapter.addAll("a", new Set(["r"]));
    adapter.addAll("a", new Set(["r"]));
    adapter.addAll("b", new Set(["r"]));
    adapter.del("a", "r");
    adapter.del("a", "r");
    adapter.delAll("b");
    adapter.delAll("unknown");
    expect(log).toEqual([
      ["create-room", "r"],
      ["join-room", "r", "a"],
      ["join-room", "r", "b"],
      ["leave-room", "r", "a"],
      ["leave-room", "r", "b"],
      ["delete-room", "r"],
    ]);
    expect(adapter.rooms.size).toBe(0);
    expect([...adapter.sids.keys()]).toEqual(["a"]);
  });

  it("encodes a broadcast once and tells each receiver of it first", () => {
    const { adapter, sockets, encodings } = createAdapter("a", "b");
    adapter.broadcast({ type: 2, data: ["x"] }, { rooms: new Set(), flags: { volatile: true } });
    expect(encodings()).toBe(1);
    for (const socket of sockets.values()) {
      expect(socket.delivered).toEqual([['{"type":2,"data":["x"],"nsp":"/n"}', true]]);
      expect(socket.notified).toHaveLength(1);
    }
  });

  it("skips members that are not connected yet", () => {
    const { adapter, sockets } = createAdapter("a");
    adapter.addAll("in-middleware", new Set(["a"]));
    adapter.broadcast({ type: 2, data: ["x"] }, { rooms: new Set(["a"]) });
    expect(sockets.get("a")?.delivered).toHaveLength(1);
  });

  it("tells how many targets an acknowledged broadcast had", () => {
    const { adapter } = createAdapter("a", "b", "c");
    const counts: number[] = [];
    const packet: BroadcastPacket = { type: 2, data: ["x"] };
    adapter.broadcastWithAck(
      packet,
      { rooms: new Set(), except: new Set(["b"]) },
      (count) => counts.push(count),
      () => {},
    );
    expect(counts).toEqual([2]);
    expect(packet.id).toBe(7);
  });

  it("lists ids, rooms and sockets", async () => {
    const { adapter, sockets } = createAdapter("a", "b");
    adapter.addAll("a", new Set(["r"]));
    expect(await adapter.sockets(new Set(["r"]))).toEqual(new Set(["a"]));
    expect(await adapter.sockets(new Set())).toEqual(new Set(["a", "b"]));
    expect(adapter.socketRooms("a")).toEqual(new Set(["a", "r"]));
    expect(adapter.socketRooms("nobody")).toBeUndefined();
    expect(await adapter.fetchSockets({ rooms: new Set(["r"]) })).toEqual([sockets.get("a")]);
    expect(await adapter.serverCount()).toBe(1);
  });
});
