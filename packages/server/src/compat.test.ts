import { Adapter } from "@tautline/adapter/adapter";
import { BroadcastOperator } from "@tautline/adapter/broadcast-operator";
import { PacketType } from "@tautline/protocol/socket-packet";
import { describe, expect, it, vi } from "vitest";
import { MAX_PENDING_ACKS } from "./acks.ts";
import { exposeInternals } from "./compat.ts";
import type { Socket } from "./socket.ts";
import { createFixture } from "./testing/fixture.ts";

exposeInternals();

// Every name of server.md §26, as the packages that reach for it use it.

type Listener = (...values: unknown[]) => void;

interface Exposed {
  _nsps: Map<string, unknown>;
  _opts: object;
  _connectTimeout: number;
  _parser: {
    Encoder: new () => { encode(packet: object): unknown[] };
    Decoder: new () => { add(chunk: unknown): void; on(event: string, listener: Listener): void };
  };
  encoder: { encode(packet: object): (string | Uint8Array)[] };
  _ids: number;
  _fns: Listener[];
  _preConnectSockets: Map<string, Socket>;
  _onServerSideEmit(args: unknown[]): void;
  _remove(socket: Socket): void;
  acks: Map<number, Listener>;
  adapter: unknown;
  rooms: Set<string>;
  exceptRooms: Set<string>;
  flags: object;
  notifyOutgoingListeners(packet: object): void;
  packet(packet: object, options?: object): void;
  _onclose(reason: string): unknown;
  writeToEngine(chunks: readonly (string | Uint8Array)[], options?: object): void;
}

/** What JavaScript sees: the names stand in no type. */
const exposed = (object: unknown) => object as Exposed;

const event = (...data: unknown[]) => ({ type: PacketType.EVENT, nsp: "/", data });

describe("on a server", () => {
  it("_nsps is the live map of its namespaces, from which a program may remove one", () => {
    const { io } = createFixture();
    const orders = io.of("/orders");
    io.of(/^\/tenant-/);
    expect([...exposed(io)._nsps.keys()]).toEqual(["/", "/orders"]);
    exposed(io)._nsps.delete("/orders");
    expect(io.of("/orders")).not.toBe(orders);
  });

  it("_opts and opts are the options as they were given", () => {
    const options = { connectTimeout: 1_000 };
    const { io } = createFixture(options);
    expect(exposed(io)._opts).toBe(options);
    expect(io.opts).toBe(options);
    expect(exposed(io)._connectTimeout).toBe(1_000);
  });

  it("_parser is the pair of codec classes that it uses", () => {
    const { Encoder, Decoder } = exposed(createFixture().io)._parser;
    const decoded: unknown[] = [];
    const decoder = new Decoder();
    decoder.on("decoded", (packet) => decoded.push(packet));
    for (const chunk of new Encoder().encode(event("bytes", Buffer.from([1])))) decoder.add(chunk);
    expect(decoded).toEqual([expect.objectContaining({ nsp: "/", data: ["bytes", Buffer.from([1])] })]);
    expect(() => decoder.add("9")).toThrow("unknown packet type 9");
  });

  it("encoder gives the chunks of a packet, of its own parser too", () => {
    const { io } = createFixture();
    expect(exposed(io).encoder.encode(event("a", 1))).toEqual(['2["a",1]']);
    const [text, bytes] = exposed(io).encoder.encode(event(Buffer.from([7])));
    expect([text, bytes]).toEqual(['51-[{"_placeholder":true,"num":0}]', Buffer.from([7])]);
    expect(exposed(io).encoder).toBe(exposed(io).encoder);
    class Encoder {
      encode() {
        return ["own"];
      }
    }
    class Decoder {
      add() {}
      on() {}
      destroy() {}
    }
    const custom = exposed(createFixture({ parser: { Encoder, Decoder } }).io);
    expect(custom.encoder.encode(event("a"))).toEqual(["own"]);
    expect(custom._parser).toEqual({ Encoder, Decoder });
  });
});

describe("on a namespace", () => {
  it("_ids is the counter of acknowledgements that all events share", () => {
    const { io, join } = createFixture();
    const { session, socket } = join();
    expect(exposed(io.sockets)._ids++).toBe(0);
    socket.emit("question", () => {});
    expect(session.take()).toEqual(['21["question"]']);
    expect(exposed(io.sockets)._ids).toBe(2);
  });

  it("_fns is the list of its middleware, which may be copied, extended and replaced", () => {
    const { io, join } = createFixture();
    const passed: string[] = [];
    const middleware = (name: string) => (_socket: Socket, next: () => void) => {
      passed.push(name);
      next();
    };
    io.use(middleware("first"));
    io.of("/copy");
    exposed(io.of("/copy"))._fns = [...exposed(io.sockets)._fns];
    io.of("/copy").use(middleware("second"));
    join("/copy");
    expect(passed).toEqual(["first", "second"]);
    join("/");
    expect(passed).toEqual(["first", "second", "first"]);
  });

  it("a child's _fns is a list of its own", () => {
    const { io, join } = createFixture();
    io.of(/^\/tenant-/).use((_socket: Socket, next: () => void) => next());
    join("/tenant-1");
    exposed(io.of("/tenant-1"))._fns.length = 0;
    join("/tenant-2");
    expect(exposed(io.of("/tenant-2"))._fns).toHaveLength(1);
  });

  it("_preConnectSockets holds the sockets in middleware, by id", () => {
    const { io, open, clock } = createFixture();
    const proceed: (() => void)[] = [];
    const seen: Socket[] = [];
    io.use((socket, next) => {
      seen.push(socket);
      proceed.push(next);
    });
    open().receive("0");
    expect([...exposed(io.sockets)._preConnectSockets]).toEqual([[seen[0]?.id, seen[0]]]);
    proceed[0]?.();
    clock.settle();
    expect(exposed(io.sockets)._preConnectSockets.size).toBe(0);
    expect(io.sockets.sockets.size).toBe(1);
  });

  it("_onServerSideEmit calls its listeners, and reports what they throw", () => {
    const { io, reported } = createFixture();
    const heard: unknown[][] = [];
    io.on("tell", (...args: unknown[]) => heard.push(args));
    io.on("fail", () => {
      throw new Error("as intended");
    });
    exposed(io.sockets)._onServerSideEmit(["tell", 1, "two"]);
    exposed(io.sockets)._onServerSideEmit(["fail"]);
    expect(heard).toEqual([[1, "two"]]);
    expect(reported).toEqual([new Error("as intended")]);
  });

  it("_remove takes a socket out", () => {
    const { io, join } = createFixture();
    exposed(io.sockets)._remove(join().socket);
    expect(io.sockets.sockets.size).toBe(0);
  });
});

describe("on a socket", () => {
  it("acks takes listeners by packet id: an adapter registers an acknowledged broadcast", () => {
    const { join, clock } = createFixture();
    const { session, socket } = join();
    const answers: unknown[][] = [];
    exposed(socket).acks.set(7, (...values) => answers.push(values));
    exposed(socket).acks.set(8, () => expect.unreachable());
    exposed(socket).acks.delete(8);
    session.receive('37["yes"]');
    session.receive('38["no"]');
    clock.settle();
    expect(answers).toEqual([["yes"]]);
    expect(exposed(socket).acks.size).toBe(0);
  });

  it("SEC §2: acks leaves out what is beyond the limit, so that a broadcast reaches the others", () => {
    const { acks } = exposed(createFixture().join().socket);
    for (let id = 0; id <= MAX_PENDING_ACKS; id += 1) acks.set(id, () => {});
    expect(acks.size).toBe(MAX_PENDING_ACKS);
  });

  it("packet sends a packet below emit, and notifyOutgoingListeners announces one", () => {
    const { join } = createFixture();
    const { session, socket } = join("/orders");
    const announced: unknown[][] = [];
    socket.onAnyOutgoing((...args: unknown[]) => announced.push(args));
    exposed(socket).packet({ type: PacketType.EVENT, data: ["quiet"] });
    exposed(socket).packet({ type: PacketType.ACK, id: 3, data: ["late"] }, { compress: false });
    exposed(socket).notifyOutgoingListeners(event("loud", 1));
    expect(announced).toEqual([["loud", 1]]);
    expect(session.packets.splice(-2).map(({ compress }) => compress)).toEqual([true, false]);
    expect(session.take()).toEqual(['2/orders,["quiet"]', '3/orders,3["late"]']);
    session.isWritable = false;
    exposed(socket).packet(event("lost"), { volatile: true });
    expect(session.take()).toEqual([]);
  });

  it("_onclose ends it without a word to its client", () => {
    const { join } = createFixture();
    const { session, socket } = join();
    const reasons: string[] = [];
    socket.on("disconnect", (reason: string) => reasons.push(reason));
    exposed(socket)._onclose("transport close");
    expect(reasons).toEqual(["transport close"]);
    expect(session.take()).toEqual([]);
  });

  it("nsp, server and adapter lead to what it belongs to", () => {
    const { io, join } = createFixture();
    const { socket } = join("/orders");
    expect(socket.nsp).toBe(io.of("/orders"));
    expect(socket.server).toBe(io);
    expect(exposed(socket).adapter).toBe(io.of("/orders").adapter);
  });
});

describe("on a connection", () => {
  it("id, conn, sockets and nsps tell who is on it", () => {
    const { session, socket } = createFixture().join("/orders");
    const { client } = socket;
    expect([client.id, client.conn]).toEqual([session.id, session]);
    expect([...client.sockets]).toEqual([[socket.id, socket]]);
    expect([...client.nsps]).toEqual([["/orders", socket]]);
  });

  it("writeToEngine writes what an encoder made, with one packet for all receivers", () => {
    const { io, join } = createFixture();
    const [first, second] = [join(), join()];
    const chunks = exposed(io).encoder.encode(event("x", Buffer.from([1])));
    for (const { socket } of [first, second]) {
      exposed(socket.client).writeToEngine(chunks, {
        preEncoded: true,
        volatile: undefined,
        compress: undefined,
      });
    }
    expect(first.session.take()).toEqual(['51-["x",{"_placeholder":true,"num":0}]', Buffer.from([1])]);
    expect(first.session.packets.at(-1)).toBe(second.session.packets.at(-1));
    expect(first.session.packets.at(-2)).toBe(second.session.packets.at(-2));
  });

  it("writeToEngine takes chunks of anybody's making, and heeds volatile and compress", () => {
    const { join } = createFixture();
    const { session, socket } = join();
    const chunks = ['2["made elsewhere"]'];
    exposed(socket.client).writeToEngine(chunks);
    exposed(socket.client).writeToEngine(chunks, { compress: false });
    expect(session.packets.slice(-2).map(({ compress }) => compress)).toEqual([true, false]);
    expect(session.take()).toEqual(['2["made elsewhere"]', '2["made elsewhere"]']);
    session.isWritable = false;
    exposed(socket.client).writeToEngine(chunks, { volatile: true });
    expect(session.take()).toEqual([]);
  });
});

describe("on adapters and operators", () => {
  it("encoder of an adapter is its server's", () => {
    const { io } = createFixture();
    expect(exposed(io.sockets.adapter).encoder).toBe(exposed(io).encoder);
    const elsewhere = new Adapter({ name: "/", sockets: new Map(), encode: () => [], nextAckId: () => 0 });
    expect(exposed(elsewhere).encoder).toBeUndefined();
  });

  it("an operator tells its adapter, rooms, exceptions and flags", () => {
    const { io } = createFixture();
    const operator = exposed(io.to(["a", "b"]).except("c").volatile);
    expect(operator.adapter).toBe(io.sockets.adapter);
    expect([...operator.rooms, ...operator.exceptRooms]).toEqual(["a", "b", "c"]);
    expect(operator.flags).toEqual({ volatile: true });
  });
});

describe("patching", () => {
  it("takes effect on a socket's emit, for send and emitWithAck too", () => {
    const { socket } = createFixture().join();
    const seen: unknown[] = [];
    const { emit } = socket;
    socket.emit = (name: string, ...args: unknown[]) => {
      seen.push(name);
      return Reflect.apply(emit, socket, [name, ...args]);
    };
    socket.emit("a");
    socket.send("b");
    socket.emitWithAck("c");
    expect(seen).toEqual(["a", "message", "c"]);
  });

  it("takes effect on a namespace's emit, and on that of all operators", () => {
    const { io } = createFixture();
    const ofNamespace = vi.spyOn(io.sockets, "emit");
    const ofOperators = vi.spyOn(BroadcastOperator.prototype, "emit");
    io.emit("a");
    io.send("b");
    io.to("room").emit("c");
    io.to("room").timeout(10).emitWithAck("d");
    expect(ofNamespace.mock.calls).toEqual([["a"], ["message", "b"]]);
    expect(ofOperators.mock.calls.map(([name]) => name)).toEqual(["a", "message", "c", "d"]);
    ofOperators.mockRestore();
  });

  it("takes effect on the methods of an adapter", () => {
    const { io, join } = createFixture();
    const { adapter } = io.sockets;
    const broadcast = vi.spyOn(adapter, "broadcast");
    const addAll = vi.spyOn(adapter, "addAll");
    const { socket } = join();
    socket.join("room");
    socket.broadcast.emit("x");
    expect(addAll.mock.calls.map(([, rooms]) => [...rooms])).toEqual([[socket.id], ["room"]]);
    expect(broadcast).toHaveBeenCalledTimes(1);
  });

  it("leaves every exposed name to a program that keeps something of its own under it", () => {
    const { socket } = createFixture().join();
    for (const name of ["adapter", "acks", "packet"] as const) {
      expect(Object.keys(socket)).not.toContain(name);
      Object.assign(socket, { [name]: "mine" });
      expect(exposed(socket)[name]).toBe("mine");
    }
  });
});
