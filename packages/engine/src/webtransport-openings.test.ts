import { ManualClock } from "@tautline/events/testing/manual-clock";
import { encodeFrame } from "@tautline/protocol/webtransport-frames";
import { describe, expect, it } from "vitest";
import { DeadlineQueue } from "./deadlines.ts";
import { RecordingWebTransport, settlePromises } from "./testing/recording-webtransport.ts";
import { testBase64 } from "./testing/test-runtime.ts";
import { type Opening, WebTransportOpenings } from "./webtransport-openings.ts";

function start(maxHttpBufferSize = 1000) {
  const clock = new ManualClock();
  const openings = new WebTransportOpenings(new DeadlineQueue(clock), testBase64);
  const peer = new RecordingWebTransport();
  const results: (Opening | undefined)[] = [];
  openings.open(peer, { upgradeTimeout: 10_000, maxHttpBufferSize }).then((result) => results.push(result));
  peer.open();
  return { clock, openings, peer, results };
}

describe("WebTransportOpenings (EIO §11.1)", () => {
  it("takes an open packet without data for a new session, and leaves no timer behind", async () => {
    const { clock, peer, results } = start();
    peer.receive({ type: "open" });
    await settlePromises();
    expect(results).toMatchObject([{ sid: undefined, early: [] }]);
    expect(clock.pendingTimers).toBe(0);
    expect(peer.closings).toBe(0);
  });

  it("reads the session that is to move, and hands on what came right behind", async () => {
    const { peer, results } = start();
    const text = '{"sid":"q3NfT0aZrW8kLx2DAAAB"}';
    const probe = encodeFrame({ type: "ping", data: "probe" }) ?? [];
    peer.receiveBytes(Uint8Array.from([...(encodeFrame({ type: "open", data: text }) ?? []), ...probe]));
    await settlePromises();
    expect(results).toMatchObject([
      { sid: "q3NfT0aZrW8kLx2DAAAB", early: [{ type: "ping", data: "probe" }] },
    ]);
  });

  it("reads a first packet that comes byte by byte", async () => {
    const { peer, results } = start();
    for (const byte of encodeFrame({ type: "open", data: '{"sid":"x"}' }) ?? []) {
      expect(results).toEqual([]);
      peer.receiveBytes(Uint8Array.of(byte));
      await settlePromises();
    }
    expect(results).toMatchObject([{ sid: "x" }]);
  });

  it.each([
    ["another packet", "4hello"],
    ["a probe", "2probe"],
    ["garbage", "z"],
    ["an open packet that is no JSON", "0{"],
    ["one without a sid", "0{}"],
    ["one whose sid is no text", '0{"sid":7}'],
    ["one that is no object", '0"x"'],
    ["one that is null", "0null"],
  ])("closes a session whose first packet is %s", async (_, text) => {
    const { clock, peer, results } = start();
    const content = new TextEncoder().encode(text);
    peer.receiveBytes(Uint8Array.of(content.byteLength, ...content));
    await settlePromises();
    expect(results).toEqual([undefined]);
    expect(peer.closings).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it("closes a session whose first packet is binary, empty, or too large, without waiting for its bytes", async () => {
    for (const bytes of [[0x81, 0x30], [0x00], [0x7e, 0x03, 0xe9]]) {
      const { peer, results } = start(1000);
      peer.receiveBytes(Uint8Array.from(bytes));
      await settlePromises();
      expect(results).toEqual([undefined]);
      expect(peer.closings).toBe(1);
    }
  });

  it("closes a session that says nothing for the upgrade timeout (EIO §11.1.2)", async () => {
    const { clock, peer, results } = start();
    peer.receiveBytes(Uint8Array.of(2));
    await settlePromises();
    clock.advance(9_999);
    await settlePromises();
    expect(results).toEqual([]);
    clock.advance(1);
    await settlePromises();
    expect(results).toEqual([undefined]);
    expect(peer.closings).toBe(1);
  });

  it("gives up silently when the session, or its stream, ends or fails before the first packet", async () => {
    for (const leave of [
      (peer: RecordingWebTransport) => peer.endStream(),
      (peer: RecordingWebTransport) => peer.resetStream(),
      (peer: RecordingWebTransport) => peer.end(),
      (peer: RecordingWebTransport) => peer.fail(),
    ]) {
      const { clock, peer, results } = start();
      await settlePromises();
      leave(peer);
      await settlePromises();
      expect(results).toEqual([undefined]);
      expect(clock.pendingTimers).toBe(0);
    }
  });

  it("gives up on a session that ends before it has a stream", async () => {
    const openings = new WebTransportOpenings(new DeadlineQueue(new ManualClock()), testBase64);
    const peer = new RecordingWebTransport();
    peer.endWithoutStream();
    expect(await openings.open(peer, { upgradeTimeout: 10_000, maxHttpBufferSize: 10 })).toBeUndefined();
  });

  it("closes those that wait when the engine closes", async () => {
    const { clock, openings, peer, results } = start();
    openings.close();
    await settlePromises();
    expect(results).toEqual([undefined]);
    expect(peer.closings).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });
});
