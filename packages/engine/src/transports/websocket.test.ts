import type { EnginePacket } from "@tautline/protocol/engine-packet";
import { describe, expect, it } from "vitest";
import { OutboundPacket } from "../outbound-packet.ts";
import { RecordingLink } from "../testing/recording-link.ts";
import { testBase64 } from "../testing/test-runtime.ts";
import { WebSocketTransport } from "./websocket.ts";

function open(protocol: 3 | 4 = 4, supportsBinary = true) {
  const link = new RecordingLink();
  const log: unknown[] = [];
  const transport = new WebSocketTransport(
    link,
    { sid: "sid", protocol, supportsBinary, report: () => {} },
    testBase64,
  );
  transport.owner = {
    onMessage: (data) => log.push({ message: data }),
    onPacket: (packet: EnginePacket) => log.push(packet),
    onDrain: () => log.push("drain"),
    onTransportClose: () => log.push("closed"),
    onTransportError: (error) => log.push(error.message),
  };
  transport.start();
  return { link, log, transport };
}
const binary = () => new OutboundPacket("message", Uint8Array.of(0xca, 0xfe, 0));

describe("WebSocketTransport", () => {
  it("takes messages and other packets apart (EIO §51)", () => {
    const { link, log } = open();
    link.sink?.onText("4up");
    link.sink?.onText("4");
    link.sink?.onBinary(Uint8Array.of(1));
    link.sink?.onBinary(new Uint8Array(0));
    link.sink?.onText("byv4A");
    link.sink?.onText("3");
    expect(log).toEqual([
      { message: "up" },
      { message: undefined },
      { message: Uint8Array.of(1) },
      { message: new Uint8Array(0) },
      { message: Uint8Array.of(0xca, 0xfe, 0) },
      { type: "pong" },
    ]);
  });

  it("reports what it cannot decode", () => {
    const { link, log } = open();
    link.sink?.onText("");
    link.sink?.onText("z");
    expect(log).toEqual(Array(2).fill({ type: "error", data: "parser error" }));
  });

  it("tells packet listeners of each packet, messages included", () => {
    const { link, transport } = open();
    const packets: EnginePacket[] = [];
    transport.on("packet", (packet) => packets.push(packet));
    link.sink?.onText("4a");
    link.sink?.onBinary(Uint8Array.of(1));
    expect(packets).toEqual([
      { type: "message", data: "a" },
      { type: "message", data: Uint8Array.of(1) },
    ]);
  });

  it("writes a batch at once, in the form of the session", () => {
    for (const [protocol, supportsBinary, form] of [
      [4, true, Uint8Array.of(0xca, 0xfe, 0)],
      [4, false, "byv4A"],
      [3, true, Uint8Array.of(4, 0xca, 0xfe, 0)],
      [3, false, "b4yv4A"],
    ] as const) {
      const { link, transport } = open(protocol, supportsBinary);
      transport.send([new OutboundPacket("message", "tick"), binary()]);
      expect(link.batches).toEqual([["4tick", form]]);
    }
  });

  it("reads the type byte of revision 3, and ignores bytes that name no type (EIO §5.1)", () => {
    const { link, log } = open(3);
    link.sink?.onBinary(Uint8Array.of(4, 0xca, 0xfe, 0));
    link.sink?.onBinary(Uint8Array.of(9, 1));
    link.sink?.onBinary(new Uint8Array(0));
    link.sink?.onText("b4yv4A");
    expect(log).toEqual(Array(2).fill({ message: Uint8Array.of(0xca, 0xfe, 0) }));
  });

  it("passes on that the link can take more", () => {
    const { link, log, transport } = open();
    link.isWritable = false;
    expect(transport.writable).toBe(false);
    link.isWritable = true;
    link.sink?.onDrain();
    expect(log).toEqual(["drain"]);
  });

  it("counts what the link holds", () => {
    const { link, transport } = open();
    link.bufferedBytes = 7;
    expect(transport.bufferedBytes).toBe(7);
  });

  it("is closed as soon as it closes, and says so once (EIO §14.1)", () => {
    const { link, log, transport } = open();
    transport.close();
    link.sink?.onClose(1005, "");
    transport.close();
    expect(link.endings).toEqual(["close"]);
    expect(log).toEqual(["closed"]);
  });

  it("CVE-2022-21676: an error of the link is a value, and one after the end is ignored", () => {
    const { link, log, transport } = open();
    link.sink?.onError(new Error("invalid frame"));
    expect(log).toEqual(["websocket error"]);
    transport.close();
    link.sink?.onError(new Error("late"));
    expect(log).toEqual(["websocket error", "closed"]);
  });

  it("cuts the link when told to", () => {
    const { link, transport } = open();
    transport.terminate();
    expect(link.endings).toEqual(["terminate"]);
    expect(transport.readyState).toBe("closed");
  });
});
