import { OutboundPacket } from "@tautline/engine/outbound-packet";
import { describe, expect, it } from "vitest";
import { UwsLink } from "./link.ts";
import { RecordingSocket } from "./testing/recording-app.ts";

function open(isCompressing = false) {
  const socket = new RecordingSocket();
  const log: unknown[] = [];
  const link = new UwsLink("", isCompressing, () => log.push("open"));
  const sink = {
    onText: (text: string) => log.push(text),
    onBinary: (bytes: Uint8Array) => log.push(bytes),
    onDrain: () => log.push("drain"),
    onError: (error: Error) => log.push(error.message),
    onClose: (code: number, reason: string) => log.push([code, reason]),
  };
  link.onOpen(socket);
  log.length = 0;
  return { link, log, sink, socket };
}

const packets = (...texts: string[]) => texts.map((text) => new OutboundPacket("message", text));
const arrive = (text: string): ArrayBuffer => new Uint8Array(Buffer.from(text)).buffer;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("UwsLink", () => {
  it("keeps what arrives until somebody reads, and copies binary", () => {
    const { link, log, sink } = open();
    const bytes = new Uint8Array([1, 2]);
    link.onMessage(arrive("4early"), false);
    link.onMessage(bytes.buffer, true);
    bytes.fill(0);
    link.start(sink);
    link.onMessage(arrive("4late"), false);
    expect(log).toEqual(["4early", Buffer.of(1, 2), "4late"]);
  });

  it("writes one message as it is, and a batch corked", () => {
    const { link, socket } = open();
    link.writeBatch(packets("a"));
    expect(socket.corks).toBe(0);
    link.writeBatch([...packets("b"), new OutboundPacket("message", Uint8Array.of(7))]);
    expect(socket.corks).toBe(1);
    expect(socket.sent).toEqual(["4a", "4b", Uint8Array.of(7)]);
  });

  it("compresses only where the route does, and the message wants it", () => {
    for (const [isCompressing, compress, expected] of [
      [false, true, false],
      [true, true, true],
      [true, false, false],
    ] as const) {
      const { link, socket } = open(isCompressing);
      link.writeBatch([new OutboundPacket("message", "a", compress)]);
      expect(socket.compressed).toEqual([expected]);
    }
  });

  it.each([
    ["waits for the peer", 0, ["4a", "4b"]],
    ["was dropped", 2, ["4a"]],
  ])(
    "holds back what is behind a message that %s, and sends it in order once the peer has read",
    async (_, outcome, first) => {
      const { link, log, sink, socket } = open();
      link.start(sink);
      socket.outcomes = [1, outcome];
      socket.bufferedBytes = 100;
      link.writeBatch(packets("a", "b", "c"));
      link.writeBatch(packets("d"));
      expect(socket.sent).toEqual(first);
      expect(link.isWritable).toBe(false);
      expect(link.bufferedBytes).toBe(100 + 2 * (4 - first.length));
      link.onDrain();
      await turn();
      expect(log).toEqual([]);
      socket.bufferedBytes = 0;
      link.onDrain();
      await turn();
      expect(socket.sent).toEqual(["4a", "4b", "4c", "4d"]);
      expect(log).toEqual(["drain"]);
      expect([link.isWritable, link.bufferedBytes]).toEqual([true, 0]);
    },
  );

  it("waits again when the peer does not take the rest", async () => {
    const { link, log, sink, socket } = open();
    link.start(sink);
    socket.outcomes = [0, 0];
    link.writeBatch(packets("a", "b", "c"));
    link.onDrain();
    await turn();
    expect(socket.sent).toEqual(["4a", "4b"]);
    expect(log).toEqual([]);
  });

  it("does not touch the socket once it is closed, by either side", async () => {
    for (const close of [
      (link: UwsLink) => link.close(),
      (link: UwsLink) => link.terminate(),
      (link: UwsLink, socket: RecordingSocket) => {
        socket.endings.push("peer");
        link.onClose(1001, arrive("bye"));
      },
    ]) {
      const { link, socket } = open();
      socket.outcomes = [0];
      link.writeBatch(packets("a", "b"));
      link.onDrain();
      close(link, socket);
      await turn();
      link.writeBatch(packets("late"));
      link.close();
      link.terminate();
      expect([link.isWritable, link.bufferedBytes]).toEqual([false, 0]);
      expect(socket.endings).toHaveLength(1);
    }
  });

  it("tells of the peer's close at once, and of its own a moment later", async () => {
    const { link, log, sink } = open();
    link.start(sink);
    link.onClose(1001, arrive("bye"));
    expect(log).toEqual([[1001, "bye"]]);
    const own = open();
    own.link.start(own.sink);
    own.link.close();
    own.link.onClose(1000, arrive(""));
    own.link.onMessage(arrive("4late"), false);
    expect(own.log).toEqual([]);
    await turn();
    expect(own.log).toEqual([[1000, ""]]);
  });

  it("tells who begins to read that the peer has left before", async () => {
    const { link, log, sink } = open();
    link.onClose(1006, arrive(""));
    link.start(sink);
    expect(log).toEqual([]);
    await turn();
    expect(log).toEqual([[1006, ""]]);
  });
});
