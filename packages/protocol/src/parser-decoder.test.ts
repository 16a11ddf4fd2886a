import { describe, expect, it } from "vitest";
import { ParserDecoder } from "./parser-decoder.ts";
import type { DecodeResult } from "./socket-decoder.ts";
import type { SocketPacket } from "./socket-packet.ts";

const packet: SocketPacket = { type: 2, nsp: "/", data: ["e"], id: undefined };

/** A decoder that is told by each message what comes of it, and what it has emitted. */
function createDecoder(): { decoder: ParserDecoder; add: (result: DecodeResult) => void; resets: number[] } {
  const resets: number[] = [];
  let next: DecodeResult = packet;
  const decoder = new ParserDecoder({ push: () => next, reset: () => void resets.push(1) });
  const add = (result: DecodeResult): void => {
    next = result;
    decoder.add("message");
  };
  return { decoder, add, resets };
}

describe("ParserDecoder", () => {
  it("emits what is decoded, and throws what is wrong", () => {
    const { decoder, add } = createDecoder();
    const emitted: SocketPacket[] = [];
    decoder.on("decoded", (one) => emitted.push(one));
    add({ type: "pending" });
    expect(emitted).toEqual([]);
    add(packet);
    expect(emitted).toEqual([packet]);
    expect(() => add({ type: "error", message: "invalid payload" })).toThrow(new Error("invalid payload"));
  });

  it("forgets what is incomplete when it is destroyed", () => {
    const { decoder, resets } = createDecoder();
    decoder.destroy();
    expect(resets).toEqual([1]);
  });

  it.each(["on", "addListener", "addEventListener"] as const)("adds a listener by %s", (add) => {
    const { decoder } = createDecoder();
    const listener = (): void => {};
    expect(decoder[add]("decoded", listener)).toBe(decoder);
    expect(decoder.listeners("decoded")).toEqual([listener]);
    expect(decoder.hasListeners("decoded")).toBe(true);
  });

  it.each(["off", "removeListener", "removeEventListener"] as const)("removes a listener by %s", (remove) => {
    const { decoder } = createDecoder();
    const [kept, removed, other] = [() => {}, () => {}, () => {}];
    decoder.on("decoded", kept).on("decoded", removed).on("other", other);
    decoder[remove]("decoded", removed);
    expect(decoder.listeners("decoded")).toEqual([kept]);
    decoder[remove]("decoded");
    expect(decoder.hasListeners("decoded")).toBe(false);
    expect(decoder.listeners("other")).toEqual([other]);
    decoder.removeAllListeners();
    expect(decoder.hasListeners("other")).toBe(false);
  });

  it("calls listeners in order, those of `once` a single time, over the list as it was", () => {
    const { decoder, add } = createDecoder();
    const calls: string[] = [];
    decoder.once("decoded", () => {
      calls.push("once");
      decoder.on("decoded", () => calls.push("late"));
    });
    decoder.on("decoded", () => calls.push("always"));
    add(packet);
    expect(calls).toEqual(["once", "always"]);
    add(packet);
    expect(calls).toEqual(["once", "always", "always", "late"]);
  });

  it("has no listeners for the names of an object's prototype", () => {
    const { decoder } = createDecoder();
    expect(decoder.hasListeners("constructor")).toBe(false);
    expect(() => decoder.emit("__proto__", packet)).not.toThrow();
  });
});
