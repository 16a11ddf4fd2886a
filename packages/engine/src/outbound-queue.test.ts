import { describe, expect, it } from "vitest";
import { OutboundPacket } from "./outbound-packet.ts";
import { OutboundQueue } from "./outbound-queue.ts";

describe("OutboundQueue", () => {
  it("hands out everything in order and is empty afterwards", () => {
    const queue = new OutboundQueue();
    const packets = ["a", "b", "c"].map((text) => new OutboundPacket("message", text));
    for (const packet of packets) queue.push(packet);
    expect(queue.take()).toEqual(packets);
    expect(queue.packets).toEqual([]);
    expect(queue.byteLength).toBe(0);
  });

  it("says when it is long: past 64 KiB, not at it (design §2.5)", () => {
    const queue = new OutboundQueue();
    expect(queue.push(new OutboundPacket("message", "x".repeat(65_535)))).toBe(false);
    expect(queue.push(new OutboundPacket("message"))).toBe(true);
    queue.take();
    expect(queue.push(new OutboundPacket("message"))).toBe(false);
  });

  it("counts every byte, whenever it is asked (SEC §4)", () => {
    const queue = new OutboundQueue();
    queue.push(new OutboundPacket("message", "☕"));
    expect(queue.byteLength).toBe(4);
    queue.push(new OutboundPacket("message", new Uint8Array(100)));
    expect(queue.byteLength).toBe(104);
    expect(queue.byteLength).toBe(104);
  });
});
