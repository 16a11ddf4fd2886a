// Against the published `socket.io` server: events, binary and acknowledgements, on each transport.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nextEvent } from "./testing/events.ts";
import { type PeerServer, startPeerServer } from "./testing/peer-server.ts";

let peer: PeerServer;

beforeEach(async () => {
  peer = await startPeerServer({ maxHttpBufferSize: 1e7 });
  peer.server.on("connection", (serverSocket) => {
    serverSocket.on("echo", (...args) => args.pop()(...args));
    serverSocket.on("ask", (ack) => serverSocket.emit("question", 1, (answer: unknown) => ack(answer)));
    serverSocket.on("never", () => {});
  });
});

afterEach(() => peer.stop());

describe.each([["polling"], ["websocket"]])("events over %s", (transport) => {
  const options = { transports: [transport] };

  it("carries 10,000 events in order, each way", async () => {
    const count = 10_000;
    const there: number[] = [];
    const arrived = new Promise<void>((resolve) => {
      peer.server.on("connection", (serverSocket) => {
        serverSocket.on("up", (n) => {
          there.push(n);
          serverSocket.emit("down", n);
          if (n === count - 1) resolve();
        });
      });
    });
    const socket = peer.connect("/", options);
    const back: number[] = [];
    const returned = new Promise<void>((resolve) => {
      socket.on("down", (n) => {
        back.push(n);
        if (n === count - 1) resolve();
      });
    });
    for (let n = 0; n < count / 2; n++) socket.emit("up", n);
    await nextEvent(socket, "connect");
    for (let n = count / 2; n < count; n++) socket.emit("up", n);
    await arrived;
    await returned;
    const expected = Array.from({ length: count }, (_, n) => n);
    expect(there).toEqual(expected);
    expect(back).toEqual(expected);
  });

  it.each([[0], [1], [125], [126], [65_535], [65_536], [2_000_000]])(
    "carries %i bytes there and back",
    async (size) => {
      const socket = peer.connect("/", options);
      const bytes = new Uint8Array(size).map((_, index) => index);
      const answer = await socket.emitWithAck("echo", bytes);
      expect(Buffer.isBuffer(answer)).toBe(true);
      expect(Buffer.compare(answer, bytes)).toBe(0);
    },
  );

  it("finds binary of every class wherever it is nested", async () => {
    const socket = peer.connect("/", options);
    const shared = new Uint8Array([9, 8, 7, 6]);
    const sent = {
      list: [shared.buffer, { deep: shared.subarray(1, 3) }],
      view: new DataView(shared.buffer, 2),
    };
    const [text, back] = await new Promise<unknown[]>((resolve) => {
      socket.emit("echo", "text", sent, (...args: unknown[]) => resolve(args));
    });
    expect(text).toBe("text");
    expect(back).toEqual({
      list: [Buffer.from([9, 8, 7, 6]), { deep: Buffer.from([8, 7]) }],
      view: Buffer.from([7, 6]),
    });
    expect(sent.list[0]).toBe(shared.buffer);
  });

  it("carries a Blob", async () => {
    const socket = peer.connect("/", options);
    expect(await socket.emitWithAck("echo", new Blob(["ab", "c"]))).toEqual(Buffer.from("abc"));
  });

  it("carries text outside the basic plane", async () => {
    const socket = peer.connect("/", options);
    expect(await socket.emitWithAck("echo", "grüße 🎈 \u2028")).toBe("grüße 🎈 \u2028");
  });

  it("answers the server's questions", async () => {
    const socket = peer.connect("/", options);
    socket.on("question", (n, answer) => {
      answer(n + 1, Buffer.from("x"));
      answer("a second answer is ignored");
    });
    expect(await socket.emitWithAck("ask")).toBe(2);
  });

  it("times out, errors first", async () => {
    const socket = peer.connect("/", options);
    await nextEvent(socket, "connect");
    await expect(socket.timeout(30).emitWithAck("never")).rejects.toThrow("operation has timed out");
    const args = await new Promise<unknown[]>((resolve) => {
      socket.timeout(2000).emit("echo", "a", "b", (...all: unknown[]) => resolve(all));
    });
    expect(args).toEqual([null, "a", "b"]);
  });

  it("settles what is open when it disconnects", async () => {
    const socket = peer.connect("/", options);
    await nextEvent(socket, "connect");
    const order: string[] = [];
    socket.on("disconnect", () => order.push("disconnect"));
    const rejected = socket.emitWithAck("never").catch((error: Error) => order.push(error.message));
    socket.timeout(5000).emit("never", (error: Error) => order.push(error.message));
    socket.emit("never", () => order.push("a plain callback is never called"));
    socket.disconnect();
    await rejected;
    expect(order).toEqual(["disconnect", "socket has been disconnected", "socket has been disconnected"]);
  });

  it("sends what was emitted just before it disconnects, and says goodbye", async () => {
    const packets: unknown[] = [];
    const gone = new Promise((resolve) => {
      peer.server.on("connection", (serverSocket) => {
        serverSocket.conn.on("packet", ({ type, data }) => type === "message" && packets.push(data));
        serverSocket.on("disconnect", resolve);
      });
    });
    const socket = peer.connect("/", options);
    await nextEvent(socket, "connect");
    socket.emit("last words", "bye");
    socket.disconnect();
    expect(await gone).toBe("client namespace disconnect");
    expect(packets).toEqual(['2["last words","bye"]', "1"]);
  });

  it("connects again after it disconnected", async () => {
    const socket = peer.connect("/", options);
    await nextEvent(socket, "connect");
    const before = socket.id;
    socket.disconnect().connect();
    await nextEvent(socket, "connect");
    expect(socket.id).not.toBe(before);
    expect(await socket.emitWithAck("echo", 1)).toBe(1);
  });
});
