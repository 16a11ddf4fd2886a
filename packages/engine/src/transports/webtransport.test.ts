import { ManualClock } from "@tautline/events/testing/manual-clock";
import type { EnginePacket } from "@tautline/protocol/engine-packet";
import { encodeFrame, FrameDecoder } from "@tautline/protocol/webtransport-frames";
import { describe, expect, it } from "vitest";
import { DeadlineQueue } from "../deadlines.ts";
import { OutboundPacket } from "../outbound-packet.ts";
import { RecordingWebTransport, settlePromises } from "../testing/recording-webtransport.ts";
import { testBase64 } from "../testing/test-runtime.ts";
import { WebTransportLink } from "../webtransport-link.ts";
import { WebTransportTransport } from "./webtransport.ts";

async function open(maxPayloadBytes = 100) {
  const clock = new ManualClock();
  const peer = new RecordingWebTransport();
  peer.open();
  const { value: stream } = await peer.incomingBidirectionalStreams.getReader().read();
  if (stream === undefined) throw new Error("there is no stream");
  const link = new WebTransportLink(peer, stream, new FrameDecoder({ maxPayloadBytes, base64: testBase64 }));
  const identity = { sid: "sid", protocol: 4, supportsBinary: true, report: () => {} } as const;
  const transport = new WebTransportTransport(
    { deadlines: new DeadlineQueue(clock) },
    link,
    identity,
    testBase64,
  );
  const log: unknown[] = [];
  transport.owner = {
    onMessage: (data) => log.push({ message: data }),
    onPacket: (packet: EnginePacket) => log.push(packet),
    onDrain: () => log.push("drain"),
    onTransportClose: () => log.push("closed"),
    onTransportError: (error) => log.push(error.message),
  };
  return { clock, log, peer, transport };
}

async function start(maxPayloadBytes?: number) {
  const parts = await open(maxPayloadBytes);
  parts.transport.start([]);
  await settlePromises();
  return parts;
}

const message = (data?: string | Uint8Array) => new OutboundPacket("message", data);

describe("WebTransportTransport: receiving (EIO §11.2)", () => {
  it("takes messages and other packets apart, however the stream is cut", async () => {
    const bytes = [
      ...(encodeFrame({ type: "message", data: "hi" }) ?? []),
      ...(encodeFrame({ type: "message", data: Uint8Array.of(0xca, 0xfe, 0) }) ?? []),
      ...(encodeFrame({ type: "pong" }) ?? []),
      ...(encodeFrame({ type: "message" }) ?? []),
    ];
    for (let cut = 0; cut <= bytes.length; cut++) {
      const { log, peer } = await start();
      peer.receiveBytes(Uint8Array.from(bytes.slice(0, cut)));
      peer.receiveBytes(Uint8Array.from(bytes.slice(cut)));
      await settlePromises();
      expect(log).toEqual([
        { message: "hi" },
        { message: Uint8Array.of(0xca, 0xfe, 0) },
        { type: "pong" },
        { message: undefined },
      ]);
    }
  });

  it("begins with what came behind the first packet", async () => {
    const { log, transport } = await open();
    transport.start([{ type: "message", data: "early" }]);
    expect(log).toEqual([{ message: "early" }]);
  });

  it("takes a packet of exactly the limit, and reports a larger one by its header alone", async () => {
    const { log, peer } = await start(4);
    peer.receive({ type: "message", data: "abc" });
    peer.receiveBytes(Uint8Array.of(5));
    await settlePromises();
    expect(log).toEqual([{ message: "abc" }, { type: "error", data: "parser error" }]);
  });

  it("tells packet listeners of each packet", async () => {
    const { peer, transport } = await start();
    const packets: EnginePacket[] = [];
    transport.on("packet", (packet) => packets.push(packet));
    peer.receive({ type: "message", data: "a" }, { type: "pong" });
    await settlePromises();
    expect(packets).toEqual([{ type: "message", data: "a" }, { type: "pong" }]);
  });

  it("is closed when the session ends or fails, or its stream ends, mid-frame too, and says so once", async () => {
    for (const leave of [
      (peer: RecordingWebTransport) => peer.endStream(),
      (peer: RecordingWebTransport) => peer.resetStream(),
      (peer: RecordingWebTransport) => peer.end(),
      (peer: RecordingWebTransport) => peer.fail(),
    ]) {
      const { log, peer, transport } = await start();
      peer.receiveBytes(Uint8Array.of(9, 0x34));
      await settlePromises();
      leave(peer);
      await settlePromises();
      expect(log).toEqual(["closed"]);
      expect(transport.readyState).toBe("closed");
      expect(peer.closings).toBe(1);
    }
  });

  it("says nothing more once it is closed", async () => {
    const { log, peer, transport } = await start();
    transport.close();
    peer.receive({ type: "message", data: "late" });
    await settlePromises();
    expect(log).toEqual(["closed"]);
  });
});

describe("WebTransportTransport: sending", () => {
  it("writes a batch at once", async () => {
    const { log, peer, transport } = await start();
    transport.send([message("☕"), message(Uint8Array.of(0xca, 0xfe, 0))]);
    expect(peer.writes).toEqual([Uint8Array.of(4, 0x34, 0xe2, 0x98, 0x95, 0x83, 0xca, 0xfe, 0)]);
    await settlePromises();
    expect(log).toEqual(["drain"]);
  });

  it("encodes a packet once for all receivers", async () => {
    const [one, other] = [await start(), await start()];
    const packet = message("tick");
    one.transport.send([packet]);
    other.transport.send([packet]);
    expect(one.peer.writes[0]).toBe(other.peer.writes[0]);
  });

  it("sends empty binary as text, for which there is a frame (EIO §11.2)", async () => {
    const { peer, transport } = await start();
    transport.send([message(new Uint8Array())]);
    expect(peer.sent).toEqual([{ type: "message", data: new Uint8Array() }]);
  });

  it("can take more once the system has taken everything, and counts what it has not", async () => {
    const { log, peer, transport } = await start();
    peer.isStalled = true;
    transport.send([message("tick")]);
    await settlePromises();
    expect([transport.writable, transport.bufferedBytes]).toEqual([false, 6]);
    peer.takeWrites();
    await settlePromises();
    expect([transport.writable, transport.bufferedBytes]).toEqual([true, 0]);
    expect(log).toEqual(["drain"]);
  });

  it("is closed when a write fails", async () => {
    const { log, peer, transport } = await start();
    peer.closings = 1;
    transport.send([message("tick")]);
    await settlePromises();
    expect(log).toEqual(["closed"]);
  });
});

describe("WebTransportTransport: closing (EIO §11.3)", () => {
  it("is closed at once, and the session a second after the peer has taken what was written", async () => {
    const { clock, log, peer, transport } = await start();
    peer.isStalled = true;
    transport.send([message("bye")]);
    transport.close();
    await settlePromises();
    expect(log).toEqual(["closed"]);
    expect(peer.closings).toBe(0);
    peer.takeWrites();
    await settlePromises();
    clock.advance(999);
    expect(peer.closings).toBe(0);
    clock.advance(1);
    expect(peer.closings).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it("leaves no timer behind when the peer closes meanwhile", async () => {
    const { clock, peer, transport } = await start();
    transport.close();
    await settlePromises();
    peer.end();
    await settlePromises();
    expect(clock.pendingTimers).toBe(0);
    expect(peer.closings).toBe(1);
  });

  it("waits 5 seconds for a peer that does not read", async () => {
    const { clock, peer, transport } = await start();
    peer.isStalled = true;
    transport.close();
    // As the session does, whatever ended it.
    transport.discard();
    clock.advance(4_999);
    expect(peer.closings).toBe(0);
    clock.advance(1);
    expect(peer.closings).toBe(1);
  });

  it("cuts the session when told to", async () => {
    const { log, peer, transport } = await start();
    peer.isStalled = true;
    transport.send([message("bye")]);
    transport.terminate();
    transport.discard();
    expect(peer.closings).toBe(1);
    expect(log).toEqual(["closed"]);
  });
});
