import { deflateRawSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type RawEngine, startRawEngine } from "../peers/raw-engine.ts";
import type { NodeServerKind } from "../peers/start-server.ts";
import { until, within } from "../wire/deadline.ts";
import { PollingSession } from "../wire/polling.ts";
import { BINARY, frame, PING, RawWebSocket, TEXT } from "../wire/websocket.ts";

const LIMIT = 100_000;
const PATH = "/socket.io/?EIO=4&transport=websocket";
const COMPRESSED = 4;

/** Compressed frames (SEC §5, RFC 7692), good and bad, with permessage-deflate on. */
export function hostileDeflate(kind: NodeServerKind): void {
  describe(`permessage-deflate of ${kind}`, () => {
    let engine: RawEngine;
    beforeAll(async () => {
      engine = await startRawEngine(kind, { perMessageDeflate: true, maxHttpBufferSize: LIMIT });
    });
    afterEach(() => PollingSession.open(engine.endpoint));
    afterAll(() => engine.close());

    const open = async (offer: string = "permessage-deflate"): Promise<RawWebSocket> => {
      const websocket = await RawWebSocket.open(engine.url, PATH, { "Sec-WebSocket-Extensions": offer });
      await within(websocket.nextFrame(), "open packet");
      return websocket;
    };

    it("takes what it agreed to", async () => {
      const websocket = await open();
      expect(websocket.head.toLowerCase()).toContain("sec-websocket-extensions: permessage-deflate");
      websocket.send(frame(TEXT, deflated("4naïve ☕"), { reserved: COMPRESSED }));
      websocket.send(frame(BINARY, deflated(Buffer.alloc(1_000, 7)), { reserved: COMPRESSED }));
      websocket.sendText("4plain");
      const { messages } = engine.latest();
      await until(() => messages.length === 3, "three messages");
      expect(messages).toEqual(["naïve ☕", Buffer.alloc(1_000, 7), "plain"]);
    });

    it("takes a compressed message in fragments", async () => {
      const websocket = await open();
      const bytes = deflated(`4${"abc".repeat(1_000)}`);
      websocket.send(frame(TEXT, bytes.subarray(0, 5), { reserved: COMPRESSED, isFinal: false }));
      websocket.send(frame(0, bytes.subarray(5)));
      const { messages } = engine.latest();
      await until(() => messages.length === 1, "the message");
      expect(messages).toEqual(["abc".repeat(1_000)]);
    });

    it("takes an empty compressed message as what it is (EIO §22)", async () => {
      const websocket = await open();
      const { messages } = engine.latest();
      websocket.send(frame(BINARY, Buffer.from([0]), { reserved: COMPRESSED }));
      await until(() => messages.length === 1, "the message");
      expect(messages).toEqual([Buffer.alloc(0)]);
    });

    it("inflates up to the limit and not beyond (CVE-2026-54464, CVE-2026-1526)", async () => {
      const within100k = await open();
      const { messages } = engine.latest();
      within100k.send(frame(TEXT, deflated(`4${"x".repeat(LIMIT - 1)}`), { reserved: COMPRESSED }));
      await until(() => messages.length === 1, "the message at the limit");
      const over = await open();
      over.send(frame(TEXT, deflated(`4${"x".repeat(LIMIT)}`), { reserved: COMPRESSED }));
      expect(await over.closeCode()).toBe(1009);
      const bomb = await open();
      const before = process.memoryUsage().rss;
      const payload = deflated(Buffer.alloc(100_000_000));
      bomb.send(frame(BINARY, payload, { reserved: COMPRESSED }));
      expect(await bomb.closeCode()).toBe(1009);
      expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
    });

    it.each([
      ["data that is not deflated", frame(TEXT, "4abc\xff\xff\xff", { reserved: COMPRESSED })],
      ["a compressed ping", frame(PING, deflated("x"), { reserved: COMPRESSED })],
      [
        "text that inflates to no UTF-8",
        frame(TEXT, deflated(Buffer.from([0x34, 0xff])), { reserved: COMPRESSED }),
      ],
      [
        "the bit on a continuation",
        Buffer.concat([
          frame(TEXT, deflated("4a"), { reserved: COMPRESSED, isFinal: false }),
          frame(0, "", { reserved: COMPRESSED }),
        ]),
      ],
    ])("closes on %s (SEC §5)", async (_, bytes) => {
      const websocket = await open();
      const { closed } = engine.latest();
      websocket.send(bytes);
      expect([1002, 1007]).toContain(await websocket.closeCode());
      expect((await within(closed, "close")).reason).toBe("transport error");
    });

    it("closes on a compressed frame that was never agreed to (SEC §5)", async () => {
      const websocket = await RawWebSocket.open(engine.url, PATH);
      await websocket.nextFrame();
      websocket.send(frame(TEXT, deflated("4a"), { reserved: COMPRESSED }));
      expect(await websocket.closeCode()).toBe(1002);
    });

    it.each([
      "permessage-deflate; client_max_window_bits",
      "permessage-deflate; client_max_window_bits=9; server_max_window_bits=9",
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
      "x-unknown, permessage-deflate",
    ])("agrees to the offer %s", async (offer) => {
      const websocket = await open(offer);
      expect(websocket.head.toLowerCase()).toContain("sec-websocket-extensions: permessage-deflate");
      websocket.send(frame(TEXT, deflated("4hello", 9), { reserved: COMPRESSED }));
      const { messages } = engine.latest();
      await until(() => messages.length === 1, "the message");
    });

    it.each([
      "permessage-deflate; server_max_window_bits=7",
      "permessage-deflate; server_max_window_bits=16",
      "permessage-deflate; server_max_window_bits=x",
      "permessage-deflate; nonsense",
      "permessage-deflate; server_no_context_takeover=1",
      "permessage-deflate; client_max_window_bits=8; client_max_window_bits=9",
      "permessage-deflate; =",
      ",,,",
    ])("does not agree to the offer %s (CVE-2026-2229)", async (offer) => {
      const websocket = await RawWebSocket.open(engine.url, PATH, { "Sec-WebSocket-Extensions": offer });
      expect(websocket.head).toMatch(/^HTTP\/1.1 (101|400) /);
      expect(websocket.head.toLowerCase()).not.toContain("sec-websocket-extensions: permessage-deflate");
    });
  });
}

/** The payload of a compressed message: raw deflate without its last four bytes (RFC 7692 §7.2.1). */
function deflated(data: string | Uint8Array, windowBits: number = 15): Buffer {
  const bytes = deflateRawSync(Buffer.from(data), { windowBits, finishFlush: 2 });
  return bytes.subarray(0, bytes.length - 4);
}
