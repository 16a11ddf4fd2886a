import { afterEach, describe, expect, it, vi } from "vitest";
import { Connection } from "./connection.ts";
import { type ConnectionLimits, createLimits, type Role } from "./connection-options.ts";
import { UsageError } from "./errors.ts";
import { createMessage } from "./message.ts";
import { createSocketPair, type MemorySocket } from "./testing/duplex-pair.ts";
import { clientFrame, rawFrame } from "./testing/raw-frame.ts";
import { RecordingHandler } from "./testing/recording-handler.ts";
import { turns, waitFor } from "./testing/wait-for.ts";

interface Setup {
  readonly connection: Connection;
  readonly handler: RecordingHandler;
  /** The connection's own end. */
  readonly socket: MemorySocket;
  /** The peer's end. */
  readonly peer: MemorySocket;
  /** What the peer has received, in hexadecimal. */
  readonly received: () => string;
}

function setup(role: Role = "server", limits: Partial<ConnectionLimits> = {}): Setup {
  const [socket, peer] = createSocketPair();
  const connection = new Connection(socket, {
    role,
    limits: createLimits({ maxPayloadBytes: 1000, ...limits }),
  });
  const handler = new RecordingHandler();
  connection.start(handler);
  const chunks: Buffer[] = [];
  peer.on("data", (chunk: Buffer) => chunks.push(chunk));
  peer.on("error", () => {});
  return { connection, handler, socket, peer, received: () => Buffer.concat(chunks).toString("hex") };
}

const hex = (text: string): string => Buffer.from(text).toString("hex");

afterEach(() => {
  vi.useRealTimers();
});

describe("Connection: messages", () => {
  it("hands text, binary and pongs to its handler, in order", async () => {
    const { handler, peer } = setup();
    peer.write(clientFrame({ opcode: 1, payload: "hello ü" }));
    peer.write(clientFrame({ opcode: 2, payload: Buffer.from([1, 2]) }));
    peer.write(clientFrame({ opcode: 10, payload: "p" }));
    await turns(3);
    expect(handler.calls).toEqual([
      ["text", "hello ü"],
      ["binary", "0102"],
      ["pong", hex("p")],
    ]);
  });

  it("reads what came behind the handshake before what comes later", async () => {
    const [socket, peer] = createSocketPair();
    const connection = new Connection(socket, {
      role: "server",
      limits: createLimits({ maxPayloadBytes: 100 }),
    });
    const handler = new RecordingHandler();
    peer.write(clientFrame({ opcode: 1, payload: "two" }));
    await turns(2);
    const head = clientFrame({ opcode: 1, payload: "one" });
    connection.start(handler, head);
    expect(handler.calls).toEqual([]);
    await turns(2);
    expect(handler.calls).toEqual([
      ["text", "one"],
      ["text", "two"],
    ]);
  });

  it("writes a batch by one write, and none for an empty batch", async () => {
    const { connection, socket, received } = setup();
    connection.writeBatch([]);
    connection.writeBatch([createMessage("a"), createMessage(new Uint8Array([9])), createMessage("c")]);
    await turns(2);
    expect(socket.writes).toHaveLength(1);
    expect(received()).toBe("810161" + "820109" + "810163");
  });

  it("sends the handshake's answer together with what is sent in the same turn", async () => {
    const [socket] = createSocketPair();
    const limits = createLimits({ maxPayloadBytes: 100 });
    const connection = new Connection(socket, { role: "server", limits, opening: "HTTP/1.1 101\r\n\r\n" });
    setImmediate(() => connection.send("first"));
    await turns(4);
    connection.send("second");
    const written = socket.writes.map((bytes) => bytes.toString("latin1"));
    expect(written).toEqual(["HTTP/1.1 101\r\n\r\n\x81\x05first", "\x81\x06second"]);
  });

  it("sends the handshake's answer by itself when nothing else is sent, and none once it is terminated", async () => {
    const limits = createLimits({ maxPayloadBytes: 100 });
    const [socket] = createSocketPair();
    new Connection(socket, { role: "server", limits, opening: "HTTP/1.1 101\r\n\r\n" });
    await turns(3);
    expect(Buffer.concat(socket.writes).toString()).toBe("HTTP/1.1 101\r\n\r\n");
    const [lost] = createSocketPair();
    new Connection(lost, { role: "server", limits, opening: "HTTP/1.1 101\r\n\r\n" }).terminate();
    await turns(3);
    expect(lost.writes).toEqual([]);
  });

  it("writes a shared message's frame to every connection without copying it", () => {
    const message = createMessage("shared");
    const setups = [setup(), setup()];
    for (const { connection } of setups) connection.writeBatch([message]);
    expect(setups[0]?.socket.writes[0]).toBe(setups[1]?.socket.writes[0]);
  });

  it("sends single messages, and refuses what is no message", async () => {
    const { connection, received } = setup();
    connection.send("t");
    connection.send(new Uint8Array([1]));
    await turns(2);
    expect(received()).toBe("810174" + "820101");
    // @ts-expect-error: a program without types
    expect(() => connection.send(5)).toThrow(UsageError);
    // @ts-expect-error: a program without types
    expect(() => connection.send(undefined)).toThrow("cannot send a value of type undefined");
  });

  it("masks as a client, and reads unmasked frames", async () => {
    const { connection, handler, peer, received } = setup("client");
    connection.send("t");
    peer.write(rawFrame({ opcode: 1, payload: "from server" }));
    await turns(2);
    expect(received()).toMatch(/^8181.{10}$/);
    expect(handler.calls).toEqual([["text", "from server"]]);
  });

  it("goes on with the rest of a chunk after a handler threw", async () => {
    const { handler, socket } = setup();
    vi.spyOn(handler, "onText").mockImplementationOnce(() => {
      throw new Error("handler failed");
    });
    const frames = ["one", "two"].map((payload) => clientFrame({ opcode: 1, payload }));
    expect(() => socket.emit("data", Buffer.concat(frames))).toThrow("handler failed");
    socket.emit("data", clientFrame({ opcode: 1, payload: "three" }));
    await turns(1);
    expect(handler.calls).toEqual([
      ["text", "two"],
      ["text", "three"],
    ]);
  });

  it("can be started once only", () => {
    const { connection, handler } = setup();
    expect(() => connection.start(handler)).toThrow(UsageError);
  });
});

describe("Connection: pings", () => {
  it("answers a ping with the same payload, between the fragments of a message", async () => {
    const { handler, peer, received } = setup();
    peer.write(clientFrame({ opcode: 1, payload: "a", fin: false }));
    peer.write(clientFrame({ opcode: 9, payload: "echo" }));
    peer.write(clientFrame({ opcode: 0, payload: "b" }));
    await turns(3);
    expect(received()).toBe(`8a04${hex("echo")}`);
    expect(handler.calls).toEqual([["text", "ab"]]);
  });

  it("answers all pings of a chunk by one write", async () => {
    const { peer, socket, received } = setup();
    peer.write(Buffer.concat(["a", "b", "c"].map((payload) => clientFrame({ opcode: 9, payload }))));
    await turns(2);
    expect(socket.writes).toHaveLength(1);
    expect(received()).toBe("8a0161" + "8a0162" + "8a0163");
  });

  it("pings with what it is given, at most 125 bytes", async () => {
    const { connection, received } = setup();
    connection.ping();
    connection.ping("p");
    connection.ping(new Uint8Array([1]));
    await turns(2);
    expect(received()).toBe("8900" + "890170" + "890101");
    connection.ping("x".repeat(125));
    expect(() => connection.ping("x".repeat(126))).toThrow("ping of 126 bytes exceeds 125");
  });

  it("keeps 60 pongs for a peer that does not read, and ends at the 61st", async () => {
    const { handler, peer, socket } = setup();
    socket.isStalled = true;
    for (let i = 0; i < 60; i++) peer.write(clientFrame({ opcode: 9, payload: `${i}` }));
    await turns(5);
    expect(handler.calls).toEqual([]);
    expect(socket.destroyed).toBe(false);
    peer.write(clientFrame({ opcode: 9 }));
    await waitFor(() => handler.of("close").length > 0);
    expect(handler.calls).toEqual([
      ["error", "WS_TOO_MANY_PINGS", 1008],
      ["close", 1006, ""],
    ]);
    expect(socket.destroyed).toBe(true);
  });

  it("answers any burst of a peer that reads", async () => {
    const { handler, peer, received } = setup();
    const burst = Array.from({ length: 1000 }, () => clientFrame({ opcode: 9 }));
    peer.write(Buffer.concat(burst));
    for (const ping of burst) peer.write(ping);
    await turns(5);
    expect(received()).toBe("8a00".repeat(2000));
    expect(handler.calls).toEqual([]);
  });
});

describe("Connection: back-pressure", () => {
  it("is writable until the system takes no more, and calls onDrain once it has taken everything", async () => {
    const { connection, handler, socket, received } = setup();
    expect(connection.isWritable).toBe(true);
    connection.send("one");
    expect(connection.isWritable).toBe(true);
    socket.isStalled = true;
    connection.send("two");
    expect(connection.isWritable).toBe(false);
    expect(connection.bufferedBytes).toBe(5);
    connection.send("three");
    expect(connection.bufferedBytes).toBe(12);
    await turns(3);
    expect(handler.of("drain")).toEqual([]);
    socket.release();
    await waitFor(() => handler.of("drain").length > 0);
    expect(connection.isWritable).toBe(true);
    expect(connection.bufferedBytes).toBe(0);
    expect(handler.of("drain")).toHaveLength(1);
    expect(received()).toBe(`8103${hex("one")}8103${hex("two")}8105${hex("three")}`);
  });

  it("drains again and again, and not without cause", async () => {
    const { connection, handler, socket } = setup();
    for (let round = 1; round <= 5; round++) {
      socket.isStalled = true;
      connection.send("x".repeat(20_000));
      connection.send("y");
      socket.release();
      await waitFor(() => handler.of("drain").length >= round);
      expect(connection.isWritable).toBe(true);
      connection.send("z");
      await turns(3);
      expect(handler.of("drain")).toHaveLength(round);
    }
  });
});

describe("Connection: closing", () => {
  it("answers a close frame with its own content, ends the socket, and reports code and reason", async () => {
    const { connection, handler, peer, received } = setup();
    peer.write(clientFrame({ opcode: 8, payload: Buffer.from("0fa1627965", "hex") }));
    await turns(2);
    expect(received()).toBe("88050fa1627965");
    expect(connection.state).toBe("ending");
    expect(handler.calls).toEqual([]);
    await waitFor(() => peer.readableEnded);
    peer.end();
    await waitFor(() => connection.state === "closed");
    expect(handler.calls).toEqual([["close", 4001, "bye"]]);
  });

  it("answers an empty close frame with an empty one, and reports 1005", async () => {
    const { handler, peer, received } = setup();
    peer.end(clientFrame({ opcode: 8 }));
    await waitFor(() => handler.calls.length > 0);
    expect(received()).toBe("8800");
    expect(handler.calls).toEqual([["close", 1005, ""]]);
  });

  it("closes from its own side, once, and reports what the peer answered", async () => {
    const { connection, handler, peer, received } = setup();
    connection.close(1001, "going");
    connection.close(1000);
    connection.send("too late");
    connection.ping();
    expect(connection.state).toBe("closing");
    expect(connection.isWritable).toBe(false);
    await turns(2);
    expect(received()).toBe(`880703e9${hex("going")}`);
    peer.end(clientFrame({ opcode: 8, payload: Buffer.from("03e9", "hex") }));
    await waitFor(() => handler.calls.length > 0);
    expect(handler.calls).toEqual([["close", 1001, ""]]);
  });

  it("closes with an empty frame by default", async () => {
    const { connection, received } = setup();
    connection.close();
    await turns(2);
    expect(received()).toBe("8800");
  });

  it("drops messages and pings that arrive while it is closing", async () => {
    const { connection, handler, peer, received } = setup();
    connection.close();
    peer.write(clientFrame({ opcode: 1, payload: "late" }));
    peer.write(clientFrame({ opcode: 2, payload: "late" }));
    peer.write(clientFrame({ opcode: 9 }));
    peer.end(clientFrame({ opcode: 8 }));
    await waitFor(() => handler.calls.length > 0);
    expect(handler.calls).toEqual([["close", 1005, ""]]);
    expect(received()).toBe("8800");
  });

  it("ignores what follows a close frame", async () => {
    const { handler, peer } = setup();
    peer.end(Buffer.concat([clientFrame({ opcode: 8 }), clientFrame({ opcode: 1, payload: "late" })]));
    await waitFor(() => handler.calls.length > 0);
    expect(handler.calls).toEqual([["close", 1005, ""]]);
  });

  it("as a client waits for the server to end the stream", async () => {
    const { connection, handler, peer, socket } = setup("client");
    peer.write(rawFrame({ opcode: 8 }));
    await turns(3);
    expect(connection.state).toBe("ending");
    expect(socket.writableEnded).toBe(false);
    peer.end();
    await waitFor(() => handler.calls.length > 0);
    expect(handler.calls).toEqual([["close", 1005, ""]]);
  });

  it("gives a peer that never answers until the timeout, and reports 1006", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { connection, handler } = setup("server", { closeTimeoutMs: 5000 });
    connection.close(1000);
    vi.advanceTimersByTime(4999);
    await turns(3);
    expect(handler.calls).toEqual([]);
    vi.advanceTimersByTime(1);
    await turns(3);
    expect(handler.calls).toEqual([["close", 1006, ""]]);
  });

  it("gives a peer that never ends its stream until the timeout, and reports the close frame", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { handler, peer } = setup("server", { closeTimeoutMs: 5000 });
    peer.write(clientFrame({ opcode: 8 }));
    await turns(3);
    expect(handler.calls).toEqual([]);
    vi.advanceTimersByTime(5000);
    await turns(3);
    expect(handler.calls).toEqual([["close", 1005, ""]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("has no timer while it is open, and none once it is closed", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { connection, handler, peer } = setup();
    expect(vi.getTimerCount()).toBe(0);
    connection.close();
    expect(vi.getTimerCount()).toBe(1);
    peer.end(clientFrame({ opcode: 8 }));
    await waitFor(() => handler.calls.length > 0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("reports 1006 when the stream ends without a close frame", async () => {
    const { handler, peer } = setup();
    peer.end();
    await waitFor(() => handler.calls.length > 0);
    expect(handler.calls).toEqual([["close", 1006, ""]]);
  });

  it("reports 1006 once after terminate, and handles nothing more of the chunk", async () => {
    const { connection, handler, peer } = setup();
    vi.spyOn(handler, "onText").mockImplementation((text) => {
      handler.calls.push(["text", text]);
      connection.terminate();
      connection.terminate();
    });
    peer.write(Buffer.concat(["a", "b"].map((payload) => clientFrame({ opcode: 1, payload }))));
    await waitFor(() => handler.of("close").length > 0);
    expect(handler.calls).toEqual([
      ["text", "a"],
      ["close", 1006, ""],
    ]);
  });

  it("validates what it is asked to send, even when it is closed", () => {
    const { connection } = setup();
    connection.terminate();
    expect(() => connection.close(1005)).toThrow(UsageError);
    connection.close();
    connection.send("nothing happens");
    connection.writeBatch([createMessage("nothing happens")]);
  });
});

describe("Connection: failures", () => {
  it("answers a broken protocol with its code and a reason, and reports error and close", async () => {
    const { connection, handler, peer, received } = setup();
    peer.write(clientFrame({ opcode: 3 }));
    await turns(2);
    expect(received()).toBe(`881303ea${hex("reserved opcode 3")}`);
    expect(connection.state).toBe("ending");
    peer.end();
    await waitFor(() => handler.of("close").length > 0);
    expect(handler.calls).toEqual([
      ["error", "WS_BAD_FRAME", 1002],
      ["close", 1002, "reserved opcode 3"],
    ]);
  });

  it("drops, without parsing, what a peer goes on sending after a failure", async () => {
    const { handler, peer, socket } = setup();
    peer.write(clientFrame({ opcode: 2, payload: Buffer.alloc(1001) }));
    for (let i = 0; i < 100; i++) peer.write(clientFrame({ opcode: 1, payload: "x".repeat(1000) }));
    await turns(5);
    expect(handler.calls).toEqual([["error", "WS_MESSAGE_TOO_BIG", 1009]]);
    expect(socket.readableLength).toBe(0);
    peer.end();
    await waitFor(() => handler.of("close").length > 0);
    expect(handler.calls[1]).toEqual(["close", 1009, "message of more than 1000 bytes"]);
  });

  it("sends no second close frame when the peer breaks the protocol while closing", async () => {
    const { connection, handler, peer, received } = setup();
    connection.close(1000);
    peer.end(clientFrame({ opcode: 3 }));
    await waitFor(() => handler.of("close").length > 0);
    expect(received()).toBe("880203e8");
    expect(handler.calls[0]).toEqual(["error", "WS_BAD_FRAME", 1002]);
  });

  it("reports a socket error as a loss, without an exception", async () => {
    const { handler, socket } = setup();
    socket.destroy(new Error("ECONNRESET"));
    await waitFor(() => handler.calls.length > 0);
    expect(handler.calls).toEqual([["close", 1006, ""]]);
  });

  it("survives a socket error before it is started, and tells the handler later", async () => {
    const [socket] = createSocketPair();
    const connection = new Connection(socket, {
      role: "server",
      limits: createLimits({ maxPayloadBytes: 100 }),
    });
    socket.destroy(new Error("ECONNRESET"));
    await turns(3);
    connection.send("into the void");
    const handler = new RecordingHandler();
    connection.start(handler);
    expect(handler.calls).toEqual([]);
    await turns(3);
    expect(handler.calls).toEqual([["close", 1006, ""]]);
  });

  it("tells the handler of a socket that was closed before the connection was made", async () => {
    const [socket] = createSocketPair();
    socket.destroy();
    await turns(2);
    const connection = new Connection(socket, {
      role: "server",
      limits: createLimits({ maxPayloadBytes: 100 }),
    });
    const handler = new RecordingHandler();
    connection.start(handler);
    await turns(2);
    expect(handler.calls).toEqual([["close", 1006, ""]]);
    expect(connection.state).toBe("closed");
  });
});
